@testable import LinearAlgebra
import Testing
import TestSupport

/// What `BlockKrylovSVD` promises beyond the properties of every SVD.
@Suite struct BlockKrylovSVDTests {
  /// A's spectrum decays like a trained layer's: a power law above noise.
  @Test func theResidualIsNearTheLeast() throws {
    var stream = RandomStream(seed: 3, name: "krylov test")
    let values = (1...600).map { i in
      let (signal, noise) = (8 / Double(i), 1 - Double(i) / 600)
      return (signal * signal + noise).squareRoot()
    }
    let a = Matrix<Double>.prescribing(values, rows: 700, columns: 600, from: &stream).map { Float($0) }
    let result = try BlockKrylovSVD.decompose(a, rank: 16, workers: Workers(count: 2))
    let isFull = result.isFull
    #expect(!isFull)
    let ratio = result.residual / Spectrum(values).norm(droppedAt: 16)
    #expect(abs(ratio - 1) < 1e-4)
    let spectrum = try Spectrum.all(of: a, workers: Workers(count: 2))
    #expect(zip(spectrum.values, values).allSatisfy { abs($0 - $1) < 1e-6 * values[0] })
  }
}
