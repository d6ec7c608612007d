import Files
import LinearAlgebra
import NeuralNetwork

/// Truncated SVDs of matrices that differ little from one to the next, each begun with the vectors of the one before.
struct TruncatedSVDs {
  private let matrices: [Matrix<Float>]
  private let workers: Workers
  private var subspace: SubspaceSVD<Float>
  private var calls = 0
  private var last: SVD<Float>?

  /// The first is done, from a cold start.
  init(of matrices: [Matrix<Float>], oversampling: Int, workers: Workers) throws {
    (self.matrices, self.workers) = (matrices, workers)
    subspace = SubspaceSVD(rank: Works.rank, oversampling: oversampling, seed: 1)
    try next()
  }

  /// The SVD of the next matrix; they are gone through up and down, so that each follows one that it is near to.
  mutating func next() throws {
    last = try subspace.track(matrices[position(of: calls)], workers: workers).svd
    calls += 1
  }

  private func position(of call: Int) -> Int {
    let period = 2 * (matrices.count - 1)
    let place = call % period
    return min(place, period - place)
  }

  /// Writes the factors of the last SVD: `u` (m×D), `singular_values` (D), `vt` (D×n).
  /// - Returns: the number of its matrix.
  func writeFactors(to path: String) throws -> Int {
    guard let last else { preconditionFailure("the first is done at once") }
    var file = SafeTensors()
    file.append("u", shape: [last.u.rows, last.u.columns], elements: last.u.elements, as: .float32)
    file.append("singular_values", shape: [last.rank], elements: last.singularValues, as: .float32)
    file.append("vt", shape: [last.vT.rows, last.vT.columns], elements: last.vT.elements, as: .float32)
    try AtomicFile.write(file.encoded, to: path)
    return position(of: calls - 1)
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
