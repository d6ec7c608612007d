import LinearAlgebra
import Testing
import TestSupport

/// The result of a call must be right whatever the call before it was.
@Suite struct SubspaceSVDStartTests {
  /// With the same number of columns the old start fits, but it may have too many or too few directions.
  @Test func anotherNumberOfRows() throws {
    for (first, second) in [(50, 4), (4, 50), (12, 50), (50, 12), (0, 50), (50, 0)] {
      var subspace = SubspaceSVD<Double>(rank: 6, oversampling: 5, seed: 1)
      _ = try subspace.decompose(Self.normal(rows: first, columns: 20))
      let a: Matrix<Double> = Self.normal(rows: second, columns: 20)
      let svd = try subspace.decompose(a).svd
      let best = try LAPACKSVD.decompose(a).truncated(to: min(6, second))
      #expect(Scaled(a).distance(svd.singularValues, best.singularValues) < ErrorRatios.bound, "\(first), \(second) rows")
    }
  }

  /// NaN must be refused before LAPACK's QR gets it.
  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func notFiniteAfterAWarmStart(_ value: Float) throws {
    var subspace = SubspaceSVD<Float>(rank: 3, oversampling: 2, seed: 1)
    let good: Matrix<Float> = Self.normal(rows: 9, columns: 8)
    _ = try subspace.decompose(good)
    var bad = good
    bad[5, 2] = value
    let error = #expect(throws: LinearAlgebraError.self) { try subspace.track(bad) }
    let expected = "matrix: found \(Double(value)) in row 5, column 2, expected finite elements"
    #expect(error.map(String.init(describing:)) == expected)
    // The next result is right.
    let svd = try subspace.track(good).svd
    let values = try Array(LAPACKSVD.singularValues(of: good)[..<3])
    #expect(Scaled(good).distance(svd.singularValues, values) < ErrorRatios.bound)
  }

  /// From the smallest to the largest exponents, to zero and back.
  @Test(arguments: Precision.allCases, [false, true]) func anotherScale(_ precision: Precision, follows: Bool) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let a: Matrix<Scalar> = Self.normal(rows: 20, columns: 12)
      let expected = try Array(LAPACKSVD.singularValues(of: a)[..<4])
      let (tiny, huge) = (Scalar.leastNormalMagnitude, Scalar.greatestFiniteMagnitude)
      var subspace = SubspaceSVD<Scalar>(rank: 4, oversampling: 4, seed: 1)
      for factor in [1, 1, tiny, huge / 64, 0, 1, 1, huge / 64, tiny / 8, 1] as [Scalar] {
        let scaled = a.map { $0 * factor }
        let svd = follows ? try subspace.follow(scaled) : try subspace.track(scaled).svd
        let ratios = ErrorRatios(svd, of: scaled)
        #expect(ratios.orthogonalityOfU < ErrorRatios.bound && ratios.orthogonalityOfV < ErrorRatios.bound, "\(factor)")
        #expect(Scaled(scaled).distance(svd.singularValues, expected.map { $0 * factor }) < ErrorRatios.bound, "\(factor)")
      }
    }
    try check(precision.type)
  }

  /// If values fall off so slowly that the iteration gives up, they are those of the full SVD.
  @Test(arguments: Precision.allCases) func aFlatSpectrum(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var stream = RandomStream(seed: 1, name: "flat")
      let values = (0..<100).map { 1 - 1e-4 * Double($0) }
      let a = Matrix<Double>.prescribing(values, rows: 100, columns: 100, from: &stream).map { Scalar($0) }
      for (rank, oversampling) in [(20, 10), (5, 3), (3, 0)] {
        var subspace = SubspaceSVD<Scalar>(rank: rank, oversampling: oversampling, seed: 1)
        for start in ["cold", "warm"] {
          let svd = try subspace.decompose(a).svd
          #expect(
            Scaled(a).distance(svd.singularValues, values[..<rank].map { Scalar($0) }) < ErrorRatios.bound,
            "\(rank), \(start) start")
          #expect(ErrorRatios(svd, of: a).orthogonalityOfV < ErrorRatios.bound)
        }
      }
    }
    try check(precision.type)
  }

  /// Iterations keep values of 1e-10 of the first, whose squares are below ε.
  @Test func iterationsKeepTheSmallValues() throws {
    let a = SVDCase(.geometric, rows: 40, columns: 30, precision: .double, seed: 5).matrix(Double.self)
    var subspace = SubspaceSVD<Double>(rank: 16, oversampling: 4, seed: 1)
    let best = try Array(LAPACKSVD.singularValues(of: a)[..<16])
    for _ in 0..<6 { #expect(try Scaled(a).distance(subspace.track(a).svd.singularValues, best) < ErrorRatios.bound) }
  }

  /// The iteration begins with given vectors; if they are the right ones, it ends at once.
  @Test func givenVectors() throws {
    let a: Matrix<Double> = Self.normal(rows: 60, columns: 50)
    let best = try LAPACKSVD.decompose(a)
    var (warm, cold) = (SubspaceSVD<Double>(rank: 4, seed: 1), SubspaceSVD<Double>(rank: 4, seed: 1))
    // Their lengths and their order do not matter.
    warm.start(from: best.vT.rowSlice(0..<16).scalingRows(by: (1...16).map { Double($0 * $0) }))
    let (fromGiven, fromGaussian) = try (warm.decompose(a), cold.decompose(a))
    #expect(fromGiven.origin == .warm && fromGaussian.origin == .cold)
    #expect(fromGiven.iterations == warm.powerIterations + 1 && fromGaussian.iterations > 3 * fromGiven.iterations)
    #expect(Scaled(a).distance(fromGiven.svd.singularValues, Array(best.singularValues[..<4])) < ErrorRatios.bound)
  }

  /// A direction exactly orthogonal to all earlier ones becomes the leading one: rounding alone would never find it. The
  /// values fall off slowly, so that it does not stand out in a random direction either.
  @Test(arguments: [1.001, 1.5, 10]) func aLostDirectionIsFound(_ value: Double) throws {
    var subspace = SubspaceSVD<Double>(rank: 5, seed: 1)
    _ = try subspace.decompose(slowlyFalling(last: 0))
    _ = try subspace.track(slowlyFalling(last: 0))
    // A start without the last coordinate.
    let start = try #require(subspace.start)
    var blind = Matrix<Double>(rows: start.rows, columns: 200) { $1 == 199 ? 0 : start[$0, $1] }
    blind = blind.orthonormalizingRows().q
    #expect((0..<blind.rows).allSatisfy { blind[$0, 199] == 0 })

    let a = slowlyFalling(last: value)
    subspace.start(from: blind)
    #expect(try abs(subspace.decompose(a).svd.singularValues[0] - value) < 1e-9)

    subspace.start(from: blind)
    let results = try (0..<40).map { _ in try subspace.track(a) }
    let found = try #require(results.firstIndex { $0.svd.singularValues[0] > 0.999 * value })
    #expect(found < 30 && results[found...].allSatisfy { $0.svd.singularValues[0] > 0.999 * value })
    #expect(results.contains { $0.origin == .recovered } && results[39].origin == .warm)
  }

  /// The same for a value that is not the first. It is in the guards alone, below the others there; without power iterations
  /// the five known values look converged.
  @Test func aLostDirectionBehindOthersIsFound() throws {
    // σ₅ would be 0.447 without the last coordinate.
    let a = slowlyFalling(last: 0.46)
    var subspace = SubspaceSVD<Double>(rank: 5, seed: 1)
    subspace.start(from: Self.unitRows(17, columns: 200))
    #expect(try abs(subspace.decompose(a).svd.singularValues[4] - 0.46) < 1e-9)
  }

  /// The same where one iteration does not lift the value over the guards' 0.4, but a few do: it must be kept from call to call.
  @Test func aLostDirectionGrowsFromCallToCall() throws {
    let n = 200
    let leading = [1, 0.707, 0.577, 0.5, 0.447]
    let a = Matrix<Double>(rows: n, columns: n) { i, j in
      i != j ? 0 : i == n - 1 ? 0.46 : i < 5 ? leading[i] : i < 17 ? 0.4 : 0.3
    }
    var subspace = SubspaceSVD<Double>(rank: 5, seed: 1)
    subspace.start(from: Self.unitRows(17, columns: n))
    let values = try (0..<40).map { _ in try subspace.track(a).svd.singularValues[4] }
    let found = try #require(values.firstIndex { abs($0 - 0.46) < 1e-6 })
    #expect(values[0] < 0.45 && values[found...].allSatisfy { abs($0 - 0.46) < 1e-6 }, "\(values)")
  }

  /// Neither a flat spectrum, whose vectors turn much from call to call, nor one that falls off counts as a lost direction.
  @Test func nothingIsFoundWhereNothingIsLost() throws {
    for family in [MatrixFamily.geometric, .normal] {
      let a = SVDCase(family, rows: 60, columns: 50, precision: .double, seed: 3).matrix(Double.self)
      var subspace = SubspaceSVD<Double>(rank: 5, seed: 1)
      let origins = try (0..<40).map { _ in try subspace.track(a).origin }
      #expect(origins[0] == .cold && origins.dropFirst().allSatisfy { $0 == .warm }, "\(family)")
    }
  }

  /// The number of iterations is bounded. After it comes the full SVD, and `origin` says so.
  @Test func iterationsAreBounded() throws {
    let a: Matrix<Double> = Self.normal(rows: 80, columns: 80)
    var subspace = SubspaceSVD<Double>(rank: 10, oversampling: 2, maximumIterations: 3, seed: 1)
    let result = try subspace.decompose(a)
    #expect(result.origin == .full && result.iterations == subspace.powerIterations + 3)
    #expect(try result.svd == LAPACKSVD.decompose(a).truncated(to: 10))
    #expect(result.residual < 1e-12)
  }

  /// If the residual falls too slowly, the iteration ends long before its bound.
  @Test func slowIterationsEndEarly() throws {
    var stream = RandomStream(seed: 1, name: "slow")
    let a = Matrix<Double>.prescribing((0..<200).map { 1 - 1e-3 * Double($0) }, rows: 200, columns: 200, from: &stream)
    var subspace = SubspaceSVD<Double>(rank: 10, seed: 1)
    let result = try subspace.decompose(a)
    #expect(result.origin == .full && result.iterations < 20, "\(result.iterations)")
    #expect(try result.svd == LAPACKSVD.decompose(a).truncated(to: 10))
  }

  /// The first `count` rows of the identity of order `columns`.
  private static func unitRows(_ count: Int, columns: Int) -> Matrix<Double> {
    Matrix(rows: count, columns: columns) { $0 == $1 ? 1 : 0 }
  }

  private static func normal<Scalar: BLASScalar>(rows: Int, columns: Int) -> Matrix<Scalar> {
    var stream = RandomStream(seed: UInt64(rows), name: "normal")
    return .normal(rows: rows, columns: columns, from: &stream)
  }
}
