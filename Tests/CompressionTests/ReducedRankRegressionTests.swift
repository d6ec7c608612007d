import LinearAlgebra
import Testing
import TestSupport

@testable import Compression

/// The best maps from x̂ to y, checked against a naive solution and against each other.
@Suite struct ReducedRankRegressionTests {
  private let m = 9
  private let n = 12
  private let workers = Workers(count: 2)

  /// Statistics of y = W x and x̂ = x and an error.
  private struct Statistics {
    let w, c, k, outputs: Matrix<Double>

    /// E ‖y − Ŵ x̂‖² of centred y and x̂ = tr(Cov(y)) − 2 tr(Ŵ Kᵀ) + tr(Ŵ Ĉ Ŵᵀ).
    func error(_ map: Matrix<Double>) -> Double {
      let variance = (0..<outputs.rows).reduce(0) { $0 + outputs[$1, $1] }
      return variance - 2 * zip(map.elements, k.elements).reduce(0) { $0 + $1.0 * $1.1 } + expectedError(map, c)
    }

    var variance: Double { (0..<outputs.rows).reduce(0) { $0 + outputs[$1, $1] } }
  }

  private func statistics(of family: InputFamily, error: Double) -> Statistics {
    var stream = RandomStream(seed: 17, name: "regression/\(family.rawValue)")
    let w = Matrix<Double>.normal(rows: m, columns: n, from: &stream)
    let x = family.inputs(width: n, seed: 19)
    // Errors of the layers before are larger where x is.
    let noise = Matrix<Double>.normal(rows: x.rows, columns: n, from: &stream)
    let seen = Matrix(rows: x.rows, columns: n) { x[$0, $1] * (1 + error * noise[$0, $1]) }
    let y = Matrix.product(x, w, transposeB: true)
    return Statistics(
      w: w, c: InputFamily.covariance(of: seen, with: seen), k: InputFamily.covariance(of: y, with: seen),
      outputs: InputFamily.covariance(of: y, with: y))
  }

  /// Ŵ by the definition, in plain loops: W* by Gaussian elimination, and the truncated SVD of W* (Ĉ + ρ I)^½ by Jacobi rotations.
  private func naive(_ s: Statistics, ridge: Double, rank: Int) throws -> Matrix<Double> {
    let regularised = Matrix(rows: n, columns: n) { s.c[$0, $1] + ($0 == $1 ? ridge : 0) }
    let map = solve(regularised, rowsOf: s.k)
    let eigen = try JacobiSVD.decompose(regularised)
    let root = eigen.u.scalingColumns(by: eigen.singularValues.map { $0.squareRoot() }) * eigen.u.transposed
    let u = try JacobiSVD.decompose(map * root).truncated(to: rank).u
    return u * (u.transposed * map)
  }

  @Test(arguments: [InputFamily.fullRank, .constantInputs, .fewImages]) func agreesWithTheDefinition(family: InputFamily)
    throws
  {
    let s = statistics(of: family, error: 0.3)
    let regression = try ReducedRankRegression(k: s.k, c: s.c, workers: workers)
    let trace = (0..<n).reduce(0) { $0 + s.c[$1, $1] }
    #expect(abs(regression.ridge - 1e-3 * trace / Double(n)) < 1e-12 * trace)
    for rank in 1...m {
      let (u, v) = try regression.factors(rank: rank)
      let expected = try naive(s, ridge: regression.ridge, rank: rank)
      #expect((u * v - expected).maxNorm < 1e-8 * expected.maxNorm, "rank \(rank)")
    }
    #expect(
      (regression.map - solve(Matrix(rows: n, columns: n) { s.c[$0, $1] + ($0 == $1 ? regression.ridge : 0) }, rowsOf: s.k))
        .maxNorm < 1e-8)
  }

  /// Error + ρ ‖Ŵ‖² is the least of all maps of the rank: so the error is at most that of any other, such as `whitened`, and
  /// ρ (‖other‖² − ‖Ŵ‖²).
  @Test(arguments: InputFamily.allCases, [0, 0.05, 0.5]) func noOtherMapIsBetter(family: InputFamily, error: Double) throws {
    let s = statistics(of: family, error: error)
    let regression = try ReducedRankRegression(k: s.k, c: s.c, workers: workers)
    func objective(_ map: Matrix<Double>) -> Double { s.error(map) + regression.ridge * squares(map) }
    let slack = 1e-10 * (s.variance + regression.ridge * squares(s.w))
    let whitened = OutputCovariance(weights: s.w, c: s.c, workers: workers)
    var stream = RandomStream(seed: 23, name: "other maps")
    for rank in [1, 3, 6, m] {
      let (u, v) = try regression.factors(rank: rank)
      let (a, b) = try whitened.factors(rank: rank)
      let least = objective(u * v)
      #expect(least <= objective(a * b) + slack)
      #expect(s.error(u * v) <= s.error(a * b) + regression.ridge * (squares(a * b) - squares(u * v)) + slack)
      #expect(least <= objective(try JacobiSVD.decompose(s.w).truncated(to: rank).product) + slack)
      for _ in 0..<20 {
        let du = Matrix<Double>.normal(rows: m, columns: rank, from: &stream)
        let dv = Matrix<Double>.normal(rows: rank, columns: n, from: &stream)
        for step in [1e-6, 1e-3, 0.1] {
          #expect(least <= objective((u + du.map { $0 * step }) * (v + dv.map { $0 * step })) + slack)
        }
      }
    }
  }

  /// With x̂ = x and full rank, the layer comes out but for the ridge: the error is at most ρ ‖W‖².
  @Test(arguments: InputFamily.allCases) func reproducesTheLayer(family: InputFamily) throws {
    let s = statistics(of: family, error: 0)
    let regression = try ReducedRankRegression(k: s.k, c: s.c, workers: workers)
    let (u, v) = try regression.factors(rank: m)
    let slack = 1e-10 * s.variance
    for map in [u * v, regression.map] { #expect(s.error(map) <= regression.ridge * squares(s.w) + slack) }
    // W* = W Ĉ (Ĉ + ρ I)⁻¹ = W − ρ W (Ĉ + ρ I)⁻¹.
    guard regression.ridge > 0 else { return }
    let ridge = solve(Matrix(rows: n, columns: n) { s.c[$0, $1] + ($0 == $1 ? regression.ridge : 0) }, rowsOf: s.w)
    #expect((regression.map + ridge.map { $0 * regression.ridge } - s.w).maxNorm < 1e-9 * s.w.maxNorm)
  }
}
