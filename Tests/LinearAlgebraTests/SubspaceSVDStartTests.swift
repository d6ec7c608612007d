import LinearAlgebra
import Testing
import TestSupport

/// What the last call leaves behind must not spoil the next, whatever it was.
@Suite struct SubspaceSVDStartTests {
  /// As many columns, so the old start fits, but with more rows than the new matrix has, or with too few directions.
  @Test(arguments: [(50, 4), (4, 50), (12, 50), (50, 12), (0, 50), (50, 0)])
  func anotherNumberOfRows(_ first: Int, _ second: Int) throws {
    var subspace = SubspaceSVD<Double>(rank: 6, oversampling: 5, seed: 1)
    _ = try subspace.decompose(Self.normal(rows: first, columns: 20))
    let a: Matrix<Double> = Self.normal(rows: second, columns: 20)
    let svd = try subspace.decompose(a)
    let best = try LAPACKSVD.decompose(a).truncated(to: min(6, second))
    try #require(svd.rank == best.rank)
    #expect(Scaled(a).distance(svd.singularValues, best.singularValues) < 50)
  }

  /// LAPACK's QR has no answer for NaN: it must not get that far.
  @Test(arguments: [Float.nan, .infinity, -.infinity], [1, 3])
  func notFiniteAfterAWarmStart(_ value: Float, iterations: Int) throws {
    var subspace = SubspaceSVD<Float>(rank: 3, oversampling: 2, seed: 1)
    let good: Matrix<Float> = Self.normal(rows: 9, columns: 8)
    _ = try subspace.decompose(good)
    var bad = good
    bad[5, 2] = value
    let error = #expect(throws: LinearAlgebraError.self) { try subspace.decompose(bad, iterations: iterations) }
    #expect(error.map(String.init(describing:)) == """
      matrix: found \(Double(value)) in row 5, column 2, expected finite numbers
      """)
    // And the next matrix is none the worse for it.
    let svd = try subspace.decompose(good)
    let values = try Array(LAPACKSVD.singularValues(of: good)[..<3])
    #expect(Scaled(good).distance(svd.singularValues, values) < 50)
  }

  /// From one end of the exponents to the other, from zero and back.
  @Test(arguments: Precision.allCases) func anotherScale(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let a: Matrix<Scalar> = Self.normal(rows: 20, columns: 12)
      let expected = try Array(LAPACKSVD.singularValues(of: a)[..<4])
      let (tiny, huge) = (Scalar.leastNormalMagnitude, Scalar.greatestFiniteMagnitude)
      var subspace = SubspaceSVD<Scalar>(rank: 4, oversampling: 4, seed: 1)
      for factor in [1, tiny, huge / 64, 0, 1, huge / 64, tiny / 8, 1] as [Scalar] {
        let scaled = a.map { $0 * factor }
        let svd = try subspace.decompose(scaled)
        let ratios = ErrorRatios(svd, of: scaled)
        #expect(ratios.orthogonalityOfU < 50 && ratios.orthogonalityOfV < 50, "\(factor)")
        #expect(Scaled(scaled).distance(svd.singularValues, expected.map { $0 * factor }) < 50, "\(factor)")
      }
    }
    try check(precision.type)
  }

  /// Values that fall off so slowly that 500 iterations do not suffice are those of the full SVD.
  @Test(arguments: Precision.allCases) func aFlatSpectrum(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var stream = RandomStream(seed: 1, name: "flat")
      let values = (0..<100).map { 1 - 1e-4 * Double($0) }
      let a = Matrix<Double>.prescribing(values, rows: 100, columns: 100, from: &stream).map { Scalar($0) }
      for (rank, oversampling) in [(20, 10), (5, 3), (3, 0)] {
        var subspace = SubspaceSVD<Scalar>(rank: rank, oversampling: oversampling, seed: 1)
        for start in ["cold", "warm"] {
          let svd = try subspace.decompose(a)
          #expect(Scaled(a).distance(svd.singularValues, values[..<rank].map { Scalar($0) }) < 50, "\(rank), \(start) start")
          #expect(ErrorRatios(svd, of: a).orthogonalityOfV < 50)
        }
      }
    }
    try check(precision.type)
  }

  /// Several iterations from a warm start do not drown values of 1e-10 of the first, whose squares are below ε.
  @Test func iterationsKeepTheSmallValues() throws {
    let a = SVDCase(.geometric, rows: 40, columns: 30, precision: .double, seed: 5).matrix(Double.self)
    var subspace = SubspaceSVD<Double>(rank: 16, oversampling: 4, seed: 1)
    _ = try subspace.decompose(a)
    let svd = try subspace.decompose(a, iterations: 5)
    let best = try Array(LAPACKSVD.singularValues(of: a)[..<16])
    #expect(Scaled(a).distance(svd.singularValues, best) < 50)
  }

  private static func normal<Scalar: BLASScalar>(rows: Int, columns: Int) -> Matrix<Scalar> {
    var stream = RandomStream(seed: UInt64(rows), name: "normal")
    return .normal(rows: rows, columns: columns, from: &stream)
  }
}
