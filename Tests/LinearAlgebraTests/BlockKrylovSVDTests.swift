@testable import LinearAlgebra
import Testing
import TestSupport

/// What `BlockKrylovSVD` promises beyond the properties of every SVD: nearly the least residual, from few products.
@Suite struct BlockKrylovSVDTests {
  /// Singular values σ₁ … σ_n as they occur in large matrices.
  enum Falloff: String, CaseIterable, Sendable {
    /// A power law above noise, as in trained transformers.
    case powerLawAndNoise
    case powerLaw
    case geometric
    /// Forty equal values, above a hundred equal ones.
    case clustered
    /// Thirty values above noise.
    case lowRankAndNoise
    /// Nearly equal ones.
    case flat
    /// The singular values of a normal matrix.
    case normal
    /// More zeros than others.
    case rankDeficient

    func values(_ n: Int) -> [Double] { (0..<n).map { value($0, of: n) } }

    private func value(_ i: Int, of n: Int) -> Double {
      let (place, rest) = (Double(i + 1), 1 - Double(i) / Double(n))
      switch self {
      case .powerLawAndNoise: return (64 / (place * place) + rest * rest).squareRoot()
      case .powerLaw: return 1 / place
      case .geometric: return Elementary.exp(-0.1 * place)
      case .clustered: return i < 40 ? 10 : i < 140 ? 3 : 0.1 * rest
      case .lowRankAndNoise: return i < 30 ? 5 - 0.1 * place : 0.1 * rest
      case .flat: return 1 + 0.001 * rest
      case .normal: return 2 * (1 - Elementary.exp(2 * Elementary.log(Double(i) / Double(n) + 1e-9) / 3)).squareRoot()
      case .rankDeficient: return 3 * i < n ? rest : 0
      }
    }

    func matrix<Scalar: BLASScalar>(rows: Int, columns: Int, _: Scalar.Type) -> Matrix<Scalar> {
      var stream = RandomStream(seed: 7, name: rawValue)
      let a = Matrix<Double>.prescribing(values(min(rows, columns)), rows: rows, columns: columns, from: &stream)
      return a.map { Scalar($0) }
    }
  }

  /// Whether ‖A − U S Vᵀ‖ is within 10⁻⁴ of the least, or within rounding, and `residual` says how large it is.
  private func expectNearLeast<Scalar: BLASScalar>(
    _ result: KrylovResult<Scalar>, of a: Matrix<Scalar>, _ spectrum: Spectrum, _ comment: Comment
  ) {
    let rank = result.svd.rank
    let (errors, least) = (SVDErrorRatios(result.svd, of: a, spectrum: spectrum), spectrum.norm(droppedAt: rank))
    let rounding = 30 * Double(Scalar.ulpOfOne) * result.norm
    #expect(errors.residual <= 1.0001 * least + rounding && errors.residual >= least - rounding, comment)
    #expect(abs(result.residual - errors.residual) <= 1e-5 * errors.residual + rounding, comment)
    #expect(errors.orthogonalityOfU < 50 && errors.orthogonalityOfV < 50, comment)
    let squares = abs(spectrum.norm(droppedAt: 0) / result.norm - 1)
    #expect(squares < 16 * Double(Scalar.ulpOfOne), comment)
    #expect(abs(result.energy(keptAt: rank) - spectrum.energy(keptAt: rank)) < 1e-4, comment)
  }

  @Test(arguments: Falloff.allCases) func theResidualIsNearlyTheLeast(_ falloff: Falloff) throws {
    func check<Scalar: BLASScalar>(_ rows: Int, _ columns: Int, ranks: [Int], _: Scalar.Type) throws {
      let a = falloff.matrix(rows: rows, columns: columns, Scalar.self)
      let spectrum = Spectrum(try LAPACKSVD.singularValues(of: a.map { Double($0) }))
      for rank in ranks {
        for share in [0.6, 1] {
          let plan = KrylovPlan(share: share)
          let result = try BlockKrylovSVD.decompose(a, rank: rank, seed: 1, workers: Workers(count: 2), plan: plan)
          expectNearLeast(
            result, of: a, spectrum, "\(falloff) \(rows)×\(columns) \(Scalar.self) rank \(rank) share \(share)")
        }
      }
    }
    try check(240, 200, ranks: [1, 10, 47, 150], Float.self)
    try check(200, 240, ranks: [10, 47], Double.self)
    try check(600, 600, ranks: [12, 64], Float.self)
  }

  /// Matrices large enough for a Krylov space are not decomposed otherwise.
  @Test func largeMatricesTakeFewBlocks() throws {
    let a = Falloff.powerLawAndNoise.matrix(rows: 1024, columns: 900, Float.self)
    let spectrum = Spectrum(Falloff.powerLawAndNoise.values(900))
    for (rank, most) in [(16, 12), (64, 26)] {
      let result = try BlockKrylovSVD.decompose(a, rank: rank, workers: Workers(count: 2))
      expectNearLeast(result, of: a, spectrum, "rank \(rank)")
      let (iterations, isFull) = (result.iterations, result.isFull)
      #expect(iterations <= most && !isFull)
    }
  }

  /// (I − 2 u uᵀ) diag(σ) (I − 2 v vᵀ), whose singular values are known at any size.
  @Test func aSizeOf4096() throws {
    let n = 4096
    let values = Falloff.powerLawAndNoise.values(n)
    var stream = RandomStream(seed: 9, name: "reflections")
    let uv = Matrix<Double>.normal(rows: 2, columns: n, from: &stream)
    let (u, v) = (unit(uv.rowSlice(0..<1)), unit(uv.rowSlice(1..<2)))
    let inner = (0..<n).reduce(0.0) { $0 + u[$1] * values[$1] * v[$1] }
    let a = Matrix<Float>(rows: n, columns: n) { i, j in
      let left = (i == j ? values[i] : 0) - 2 * values[i] * v[i] * v[j]
      return Float(left - 2 * u[i] * (u[j] * values[j] - 2 * inner * v[j]))
    }
    let result = try BlockKrylovSVD.decompose(a, rank: 128, workers: Workers(count: 2))
    let (ratio, isFull) = (result.residual / Spectrum(values).norm(droppedAt: 128), result.isFull)
    #expect(abs(ratio - 1) < 1e-4 && !isFull)
  }

  private func unit(_ row: Matrix<Double>) -> [Double] { row.map { $0 / row.frobeniusNorm }.elements }

  @Test func trainedWeights() throws {
    let a = SVDCase(.trained, rows: 400, columns: 300, scale: .one, precision: .float, seed: 3).matrix(Float.self)
    let spectrum = Spectrum(try LAPACKSVD.singularValues(of: a.map { Double($0) }))
    for rank in [5, 20] {
      expectNearLeast(
        try BlockKrylovSVD.decompose(a, rank: rank, workers: Workers(count: 2)), of: a, spectrum, "rank \(rank)")
    }
  }

  @Test func theSameBitsForAnyNumberOfThreads() throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let a = Falloff.powerLawAndNoise.matrix(rows: 300, columns: 420, Scalar.self)
      for rank in [20, 200] {
        let one = try BlockKrylovSVD.decompose(a, rank: rank, workers: Workers(count: 1))
        for count in [2, 3, 8] {
          let isSame = try BlockKrylovSVD.decompose(a, rank: rank, workers: Workers(count: count)) == one
          #expect(isSame, "\(count) threads, rank \(rank)")
        }
        let again = try Workers(count: 2).map([1, 2]) { _ in
          try BlockKrylovSVD.decompose(a, rank: rank, workers: Workers(count: 1))
        }
        let areSame = again.allSatisfy { $0 == one }
        #expect(areSame)
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// Where the first seventeen values are equal, a block of sixteen finds the last of them by rounding errors only.
  @Test(arguments: [17, 40]) func moreEqualValuesThanABlockHas(_ count: Int) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var stream = RandomStream(seed: 5, name: "equal values")
      let values = (0..<400).map { $0 < count ? 10 : 1 - Double($0) / 400 }
      let a = Matrix<Double>.prescribing(values, rows: 400, columns: 400, from: &stream).map { Scalar($0) }
      let result = try BlockKrylovSVD.decompose(a, rank: 48, workers: Workers(count: 2))
      expectNearLeast(result, of: a, Spectrum(values), "\(count), \(Scalar.self)")
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// The rest is below the rounding of a Gram matrix: √ε ‖A‖.
  @Test(arguments: [0.6, 1]) func aSmallRestInDoublePrecision(share: Double) throws {
    var stream = RandomStream(seed: 6, name: "small rest")
    let values = (0..<120).map { Elementary.exp(-0.4 * Double($0)) }
    for (rows, columns) in [(120, 150), (150, 120)] {
      let a = Matrix<Double>.prescribing(values, rows: rows, columns: columns, from: &stream)
      for rank in [20, 30] {
        let result = try BlockKrylovSVD.decompose(
          a, rank: rank, seed: 1, workers: Workers(count: 2), plan: KrylovPlan(block: 8, share: share))
        let isFull = result.isFull
        #expect(!isFull || share < 1)
        let left = (a - result.svd.product).frobeniusNorm
        #expect(abs(left / Spectrum(values).norm(droppedAt: rank) - 1) < 1e-4)
      }
    }
  }

  @Test func zeros() throws {
    let result = try BlockKrylovSVD.decompose(Matrix<Float>(rows: 5, columns: 3), rank: 2, workers: Workers(count: 1))
    #expect(
      result.svd.singularValues == [0, 0] && result.norm == 0 && result.residual == 0 && result.energy(keptAt: 1) == 1)
  }
}
