import Files
import LinearAlgebra
import NeuralNetwork

/// Truncated SVDs of large matrices whose values fall by a power law above noise, as in trained transformers.
struct LargeSVDs {
  /// D
  static let rank = 128

  private let workers: Workers
  private var matrices: [Int: Matrix<Float>] = [:]
  private var last: KrylovResult<Float>?

  init(workers: Workers) { self.workers = workers }

  /// Computes the SVD of the matrix of `size` rows and columns `count` times.
  mutating func decompose(size: Int, count: Int) throws {
    guard let matrix = matrices[size] else {
      throw RequestError(found: "an SVD of size \(size)", expected: "large before it")
    }
    for _ in 0..<count { last = try BlockKrylovSVD.decompose(matrix, rank: Self.rank, workers: workers) }
  }

  /// Makes the matrix 8 Σ j^−0.7 uⱼ vⱼᵀ + N / (2 √n), j = 1 … n / 8, with orthonormal u and v and standard normals N, and writes it.
  mutating func export(size n: Int, to path: String) throws {
    var stream = RandomStream(seed: 1, name: "large/\(n)")
    let (u, v) = (Self.basis(n, &stream), Self.basis(n, &stream))
    let values = (1...u.rows).map { Float(8 * Elementary.exp(-0.7 * Elementary.log(Double($0)))) }
    let noise = Matrix<Float>.normal(rows: n, columns: n, from: &stream).map { $0 / (2 * Float(n).squareRoot()) }
    let matrix = Matrix.product(u, transposeA: true, v.scalingRows(by: values)) + noise
    matrices[n] = matrix
    var file = SafeTensors()
    file.append("matrix", shape: [n, n], elements: matrix.elements, as: .float32)
    try AtomicFile.write(file.encoded, to: path)
  }

  /// Writes the factors of the last SVD.
  func writeFactors(to path: String) throws {
    guard let last else { throw RequestError(found: "large_factors", expected: "an SVD before it") }
    try AtomicFile.write(last.svd.file.encoded, to: path)
  }

  private static func basis(_ n: Int, _ stream: inout RandomStream) -> Matrix<Float> {
    Matrix.normal(rows: n / 8, columns: n, from: &stream).orthonormalizingRows().q
  }
}

extension SVD where Scalar == Float {
  /// The factors as `u` (m×D), `singular_values` (D) and `vt` (D×n).
  var file: SafeTensors {
    var file = SafeTensors()
    file.append("u", shape: [u.rows, u.columns], elements: u.elements, as: .float32)
    file.append("singular_values", shape: [rank], elements: singularValues, as: .float32)
    file.append("vt", shape: [vT.rows, vT.columns], elements: vT.elements, as: .float32)
    return file
  }
}
