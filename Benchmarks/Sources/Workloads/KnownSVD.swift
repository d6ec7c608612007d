import Foundation
import LinearAlgebra

extension SVD where Scalar == Float {
  /// Random singular vectors and the values i^(−⅓): they fall off at D = 20 as those of the trained network's first layer do.
  ///
  /// - Parameter stream: the name of the random stream that U (m×k) and V (n×k) are drawn from, k = min(m, n).
  static func falling(_ m: Int, _ n: Int, stream: String) -> SVD {
    var stream = RandomStream(seed: 1, name: "benchmark/\(stream)")
    let k = min(m, n)
    let u = Matrix<Float>.normal(rows: k, columns: m, from: &stream).orthonormalizingRows().q
    let v = Matrix<Float>.normal(rows: k, columns: n, from: &stream).orthonormalizingRows().q
    return SVD(u: u.transposed, singularValues: (1...k).map { pow(Float($0), -1 / 3) }, vT: v)
  }
}
