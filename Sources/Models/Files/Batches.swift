import Files
import LinearAlgebra
import NeuralNetwork

/// Work on matrices in groups whose memory has a bound.
///
/// A group of several is shared out, a matrix a worker. A large matrix is a group of its own, and the workers share its products.
/// Neither changes a bit, so the bound may depend on anything.
struct Batches<Element> {
  /// Bytes that a group may need; a single matrix may need more.
  static var limit: Int { 128 << 20 }

  let groups: [[Element]]

  /// - Parameter memory: the bytes that the work on an element needs.
  init(_ elements: some Sequence<Element>, memory: (Element) -> Int) {
    var (groups, bytes): ([[Element]], Int) = ([], 0)
    for element in elements {
      let own = memory(element)
      if groups.isEmpty || bytes + own > Self.limit {
        groups.append([])
        bytes = 0
      }
      groups[groups.count - 1].append(element)
      bytes += own
    }
    self.groups = groups
  }

  /// `transform` of each element, in their order.
  /// - Throws: the first error.
  func map<Result>(workers: Workers, _ transform: (Element, Workers) throws -> Result) throws -> [Result] {
    try groups.flatMap { group in
      group.count == 1
        ? [try transform(group[0], workers)] : try workers.map(group) { try transform($0, Workers(count: 1)) }
    }
  }
}

/// Bytes that the work on a matrix needs.
enum Work {
  /// Its own bytes and the same as numbers; or for the spectrum the numbers, perhaps transposed, a thousand columns in `Double`, and
  /// the Gram matrix. LAPACK, for `Double`, takes a copy and its workspace.
  static func survey(_ matrix: Selection.Matrix, withSpectra: Bool) -> Int {
    let (elements, smaller, larger) =
      (matrix.rows * matrix.columns, min(matrix.rows, matrix.columns), max(matrix.rows, matrix.columns))
    let scalar = matrix.type == .float64 ? 8 : 4
    let reading = elements * (matrix.type.bits / 8 + scalar)
    guard withSpectra else { return reading }
    let spectrum = scalar == 8 ? 3 * elements * scalar : 2 * elements * scalar + 8 * smaller * (min(larger, 1024) + smaller)
    return max(reading, spectrum)
  }

  /// The same for the factors of some rank: the matrix, a scaled copy, and either the copy in panels and a basis with its image of a
  /// few times the rank, or three matrices of the smaller side in `Double`, which the Gram matrix and its eigenvectors take.
  static func factors(_ matrix: Selection.Matrix, rank: Int) -> Int {
    let scalar = matrix.type == .float64 ? 8 : 4
    let (elements, both) = (matrix.rows * matrix.columns, matrix.rows + matrix.columns)
    let smaller = min(matrix.rows, matrix.columns)
    let basis = elements * scalar + 8 * min(5 * rank, smaller) * both
    return elements * (matrix.type.bits / 8 + 2 * scalar) + max(basis, 24 * smaller * smaller) + rank * both * scalar
  }
}

/// What a long work tells of itself; threads may call it at the same time.
public struct ModelProgress: Sendable {
  /// So many matrices and bytes are done.
  let advance: @Sendable (_ matrices: Int, _ bytes: Int) -> Void

  /// Calls `advance` after each piece of work.
  public init(advance: @escaping @Sendable (_ matrices: Int, _ bytes: Int) -> Void) { self.advance = advance }
}
