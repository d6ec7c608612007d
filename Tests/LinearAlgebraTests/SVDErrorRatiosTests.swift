import LinearAlgebra
import Testing
import TestSupport

/// The ratios that the program prints, against the naive ones of the tests.
@Suite struct SVDErrorRatiosTests {
  static let cases: [SVDCase] = [MatrixFamily.normal, .kahan, .geometric, .rankDeficient, .zero].flatMap { family in
    [MatrixScale.one, .subnormal, .hugeTimesEpsilon].flatMap { scale in
      Precision.allCases.map { SVDCase(family, rows: 17, columns: 12, scale: scale, precision: $0, seed: 3) }
    }
  }

  /// Of an SVD whose errors are far above rounding, so that the ratios agree in all digits that matter.
  @Test func agreeWithTheReference() throws {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      let good = try LAPACKSVD.decompose(a)
      #expect(SVDErrorRatios(good, of: a, spectrum: Spectrum(good.singularValues)).areSmall, "\(one)")
      let svd = SVD(
        u: good.u.map { $0 * 1.01 }, singularValues: good.singularValues.map { $0 * 1.5 }, vT: good.vT.map { $0 * 1.02 })
      let reference = ErrorRatios(svd, of: a)
      let ratios = SVDErrorRatios(svd, of: a, spectrum: Spectrum(good.singularValues))
      for (ratio, expected, hasError) in [
        (ratios.residualRatio, reference.reconstruction, one.family != .zero),
        (ratios.orthogonalityOfU, reference.orthogonalityOfU, true),
        (ratios.orthogonalityOfV, reference.orthogonalityOfV, true),
      ] {
        #expect(abs(ratio - expected) <= 1e-9 * expected && (ratio > ErrorRatios.bound) == hasError, "\(one)")
      }
    }
    for one in Self.cases { try check(one, one.precision.type) }
  }

  /// The residual of a truncated SVD is that of Eckart and Young, up to rounding.
  @Test(arguments: [1, 5, 11])
  func truncated(rank: Int) throws {
    var stream = RandomStream(seed: 1, name: "matrix")
    let a = Matrix<Float>.normal(rows: 17, columns: 12, from: &stream)
    let svd = try LAPACKSVD.decompose(a)
    let spectrum = Spectrum(svd.singularValues)
    let ratios = SVDErrorRatios(svd.truncated(to: rank), of: a, spectrum: spectrum)
    #expect(ratios.areSmall && ratios.dropped == spectrum.norm(droppedAt: rank))
    #expect(abs(ratios.residual / ratios.dropped - 1) < 1e-5)
  }

  /// Each ratio shows its own kind of fault.
  @Test func faults() throws {
    var stream = RandomStream(seed: 2, name: "matrix")
    let a = Matrix<Double>.normal(rows: 9, columns: 6, from: &stream)
    let good = try LAPACKSVD.decompose(a)
    let spectrum = Spectrum(good.singularValues)
    func ratios(_ u: Matrix<Double>, _ values: [Double], _ vT: Matrix<Double>) -> SVDErrorRatios {
      SVDErrorRatios(SVD(u: u, singularValues: values, vT: vT), of: a, spectrum: spectrum)
    }
    #expect(ratios(good.u, good.singularValues, good.vT).areSmall)
    let values = ratios(good.u, good.singularValues.map { $0 * (1 + 1e-11) }, good.vT)
    #expect(values.residualRatio > ErrorRatios.bound && values.orthogonalityOfU < ErrorRatios.bound && !values.areSmall)
    let u = ratios(good.u.map { $0 * (1 + 1e-11) }, good.singularValues, good.vT)
    #expect(u.orthogonalityOfU > ErrorRatios.bound && u.orthogonalityOfV < ErrorRatios.bound && !u.areSmall)
    let v = ratios(good.u, good.singularValues, good.vT.map { $0 * (1 + 1e-11) })
    #expect(v.orthogonalityOfV > ErrorRatios.bound && v.orthogonalityOfU < ErrorRatios.bound && !v.areSmall)
    #expect(!ratios(good.u, [.nan] + good.singularValues.dropFirst(), good.vT).areSmall)
    // Directions other than the leading ones leave a larger residual.
    let wrong = SVD(
      u: good.u.columnSlice(3..<6), singularValues: Array(good.singularValues[3...]), vT: good.vT.rowSlice(3..<6))
    #expect(SVDErrorRatios(wrong, of: a, spectrum: spectrum).residualRatio > ErrorRatios.bound)
  }
}
