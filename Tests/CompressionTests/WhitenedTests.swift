import LinearAlgebra
import Testing
import TestSupport

@testable import Compression

/// `OutputCovariance`: the best projection of a layer's outputs.
@Suite struct WhitenedTests {
  private let m = 11
  private let n = 14
  private let workers = Workers(count: 2)
  private let w: Matrix<Double>

  init() {
    var stream = RandomStream(seed: 3, name: "weights")
    w = Matrix.normal(rows: m, columns: n, from: &stream)
  }

  private func covariance(of family: InputFamily) -> Matrix<Double> { family.covariance(width: n, seed: 5) }

  private func map(_ outputs: OutputCovariance, rank: Int) throws -> Matrix<Double> {
    let (u, v) = try outputs.factors(rank: rank)
    return u * v
  }

  /// E ‖(W − Ŵ)(x − μ)‖² = Σ_{i>r} λ_i, as a ratio in ε, for every rank, also above that of W C^½.
  @Test(arguments: InputFamily.allCases) func errorIsTheSumOfTheRest(family: InputFamily) throws {
    let c = covariance(of: family)
    let outputs = OutputCovariance(weights: w, c: c, workers: workers)
    let values = try outputs.values()
    #expect(values.count == m && zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
    let whole = expectedError(w, c)
    #expect(abs(values.reduce(0, +) - whole) <= 50 * Double(n) * .ulpOfOne * whole)
    for rank in 0...m {
      let error = expectedError(w - (try map(outputs, rank: rank)), c)
      #expect(abs(error - values[rank...].reduce(0, +)) <= 50 * Double(n) * .ulpOfOne * whole, "rank \(rank)")
    }
  }

  /// Random maps, the truncated SVD, and the map itself, changed a little, are no better.
  @Test(arguments: InputFamily.allCases) func noOtherMapIsBetter(family: InputFamily) throws {
    let c = covariance(of: family)
    let outputs = OutputCovariance(weights: w, c: c, workers: workers)
    let slack = 50 * Double(n) * .ulpOfOne * expectedError(w, c)
    var stream = RandomStream(seed: 7, name: "other maps")
    for rank in [1, 3, 6, 10] {
      let (u, v) = try outputs.factors(rank: rank)
      let error = expectedError(w - u * v, c)
      let truncated = try JacobiSVD.decompose(w).truncated(to: rank).product
      #expect(error <= expectedError(w - truncated, c) + slack)
      for _ in 0..<20 {
        let (du, dv) = (
          Matrix<Double>.normal(rows: m, columns: rank, from: &stream),
          Matrix<Double>.normal(rows: rank, columns: n, from: &stream)
        )
        // The best V for a random U is no better either.
        let q = du.transposed.orthonormalizingRows().q
        let projected = Matrix.product(q, transposeA: true, q * w)
        for step in [1e-6, 1e-3, 0.1] {
          let near = (u + du.map { $0 * step }) * (v + dv.map { $0 * step })
          #expect(error <= expectedError(w - near, c) + slack)
        }
        #expect(error <= expectedError(w - projected, c) + slack)
      }
    }
  }

  /// With C = I it is the truncated SVD.
  @Test func identityGivesTheTruncatedSVD() throws {
    let outputs = OutputCovariance(weights: w, c: .identity(n), workers: workers)
    let svd = try JacobiSVD.decompose(w)
    for rank in 1...m {
      let difference = try map(outputs, rank: rank) - svd.truncated(to: rank).product
      #expect(difference.maxNorm < 1e-12, "rank \(rank)")
    }
    for (value, singular) in zip(try outputs.values(), svd.singularValues) {
      #expect(abs(value - singular * singular) < 1e-12 * svd.singularValues[0] * svd.singularValues[0])
    }
  }

  /// Q W for orthogonal Q gives Q Ŵ.
  @Test func orthogonalChangeOfTheOutputs() throws {
    var stream = RandomStream(seed: 11, name: "orthogonal")
    let q = Matrix<Double>.normal(rows: m, columns: m, from: &stream).orthonormalizingRows().q
    let c = covariance(of: .fullRank)
    for rank in [1, 4, 9] {
      let map = try map(OutputCovariance(weights: w, c: c, workers: workers), rank: rank)
      let turned = try self.map(OutputCovariance(weights: q * w, c: c, workers: workers), rank: rank)
      #expect((q * map - turned).maxNorm < 1e-11)
    }
  }

  /// Inputs A x with W A⁻¹ give Ŵ A⁻¹: the outputs are the same. The truncated SVD of W A⁻¹ is another map.
  @Test func invertibleChangeOfTheInputs() throws {
    var stream = RandomStream(seed: 13, name: "invertible")
    let scales = (0..<n).map { _ in stream.uniform(in: 0.2...5) }
    let q = Matrix<Double>.normal(rows: n, columns: n, from: &stream).orthonormalizingRows().q
    // A = diag(s) Q, A⁻¹ = Qᵀ diag(1/s).
    let a = q.scalingRows(by: scales)
    let inverse = q.transposed.scalingColumns(by: scales.map { 1 / $0 })
    let c = covariance(of: .fullRank)
    let changed = OutputCovariance(
      weights: w * inverse, c: Matrix.product(a * c, a, transposeB: true), workers: workers)
    for rank in [1, 4, 9] {
      let map = try map(OutputCovariance(weights: w, c: c, workers: workers), rank: rank)
      #expect((try self.map(changed, rank: rank) * a - map).maxNorm < 1e-10)
      let truncated = try JacobiSVD.decompose(w).truncated(to: rank).product
      let other = try JacobiSVD.decompose(w * inverse).truncated(to: rank).product * a
      #expect((other - truncated).maxNorm > 0.01)
    }
  }
}
