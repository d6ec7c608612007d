import LinearAlgebra
import Testing
import TestSupport

@testable import Compression

@Suite struct MomentsTests {
  /// N, n and p around the sizes of tiles and of chunks of vectors.
  static let sizes = [
    (1, 3, 2), (2, 1, 1), (30, 7, 5), (511, 20, 3), (513, 255, 2), (40, 256, 257), (40, 258, 3), (1025, 3, 258),
  ]

  @Test(arguments: sizes) func agreesWithLoops(count: Int, n: Int, p: Int) {
    var stream = RandomStream(seed: 1, name: "moments")
    let x = Matrix<Float>.normal(rows: count, columns: n, from: &stream).map { $0 + 3 }
    let z = Matrix<Float>.normal(rows: count, columns: p, from: &stream)
    let (wide, other) = (x.map(Double.init), z.map(Double.init))
    let workers = Workers(count: 2)
    let (mean, means) = (Moments.mean(of: x, workers: workers), Moments.mean(of: z, workers: workers))
    for (a, b) in zip(mean, InputFamily.mean(of: wide)) { #expect(abs(a - b) < 1e-12) }
    let own = Moments.covariance(of: x, mean: mean, workers: workers)
    #expect((own - InputFamily.covariance(of: wide, with: wide)).maxNorm < 1e-11)
    #expect(own == own.transposed)
    let cross = Moments.covariance(of: x, mean: mean, with: z, mean: means, workers: workers)
    #expect((cross - InputFamily.covariance(of: wide, with: other)).maxNorm < 1e-11)
  }

  /// A constant column has exactly its value as mean, and no covariance at all.
  @Test func constantColumns() {
    var stream = RandomStream(seed: 2, name: "moments")
    let normal = Matrix<Float>.normal(rows: 777, columns: 5, from: &stream)
    let x = Matrix<Float>(rows: 777, columns: 5) { $1 == 2 ? 0.1 : normal[$0, $1] }
    let mean = Moments.mean(of: x, workers: Workers(count: 1))
    let c = Moments.covariance(of: x, mean: mean, workers: Workers(count: 1))
    #expect(mean[2] == Double(Float(0.1)))
    for j in 0..<5 { #expect(c[2, j] == 0 && c[j, 2] == 0) }
    #expect(c[1, 1] > 0.5)
  }

  @Test(arguments: [2, 3, 8]) func sameBits(threads: Int) {
    var stream = RandomStream(seed: 3, name: "moments")
    let x = Matrix<Float>.normal(rows: 700, columns: 600, from: &stream)
    func moments(_ workers: Workers) -> (mean: [Double], own: Matrix<Double>, gram: Matrix<Double>) {
      let mean = Moments.mean(of: x, workers: workers)
      return (mean, Moments.covariance(of: x, mean: mean, workers: workers), x.map(Double.init).gram(workers: workers))
    }
    let (one, many) = (moments(Workers(count: 1)), moments(Workers(count: threads)))
    #expect(one.mean == many.mean)
    #expect(one.own == many.own)
    #expect(one.gram == many.gram)
  }

  @Test func gramAgreesWithLoops() {
    var stream = RandomStream(seed: 4, name: "moments")
    let a = Matrix<Double>.normal(rows: 259, columns: 6, from: &stream)
    let gram = a.gram(workers: Workers(count: 2))
    let naive = Matrix(rows: 259, columns: 259) { i, j in (0..<6).reduce(0) { $0 + a[i, $1] * a[j, $1] } }
    #expect((gram - naive).maxNorm < 1e-12)
  }
}
