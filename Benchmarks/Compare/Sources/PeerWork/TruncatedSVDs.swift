import Files
import LinearAlgebra
import NeuralNetwork

/// Truncated SVDs along a sequence of matrices that is gone through once, each begun with the vectors of the one before.
struct TruncatedSVDs {
  private let matrices: [Matrix<Float>]
  private let oversampling: Int
  private let workers: Workers
  private var subspace: SubspaceSVD<Float>
  /// The number of the last matrix.
  private var position = 0
  private var last: SVD<Float>?

  /// At least two matrices.
  init(of matrices: [Matrix<Float>], oversampling: Int, workers: Workers) {
    precondition(matrices.count > 1)
    (self.matrices, self.oversampling, self.workers) = (matrices, oversampling, workers)
    subspace = Self.cold(oversampling)
  }

  private static func cold(_ oversampling: Int) -> SubspaceSVD<Float> {
    SubspaceSVD(rank: Works.rank, oversampling: oversampling, seed: 1)
  }

  /// Begins again, with the first matrix from a cold start.
  mutating func restart() throws {
    subspace = Self.cold(oversampling)
    (last, position) = (try subspace.decompose(matrices[0]).svd, 0)
  }

  /// The SVDs of the next `count` matrices, by a whole iteration each.
  mutating func track(_ count: Int) throws {
    try next(count) { subspace, matrix, workers in try subspace.track(matrix, workers: workers).svd }
  }

  /// The same by half an iteration each, as in dynamic SVD in every step.
  mutating func follow(_ count: Int) throws {
    try next(count) { subspace, matrix, workers in try subspace.follow(matrix, workers: workers) }
  }

  private mutating func next(
    _ count: Int, _ decompose: (inout SubspaceSVD<Float>, Matrix<Float>, Workers) throws -> SVD<Float>
  ) throws {
    let end = position + count
    guard last != nil, end < matrices.count else {
      throw RequestError(found: "\(count) SVDs after matrix \(position)", expected: "restart, then \(matrices.count - 1)")
    }
    for index in position + 1...end { last = try decompose(&subspace, matrices[index], workers) }
    position = end
  }

  /// Writes the factors of the last SVD: `u` (m×D), `singular_values` (D), `vt` (D×n).
  /// - Returns: the number of its matrix.
  func writeFactors(to path: String) throws -> Int {
    guard let last else { throw RequestError(found: "factors", expected: "restart before it") }
    try AtomicFile.write(last.file.encoded, to: path)
    return position
  }

  /// Writes the matrices, each under its number.
  /// - Returns: how many there are.
  func export(to path: String) throws -> Int {
    var file = SafeTensors()
    for (index, matrix) in matrices.enumerated() {
      file.append("\(index)", shape: [matrix.rows, matrix.columns], elements: matrix.elements, as: .float32)
    }
    try AtomicFile.write(file.encoded, to: path)
    return matrices.count
  }
}
