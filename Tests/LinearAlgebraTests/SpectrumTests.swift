import Foundation
import LinearAlgebra
import Testing

@Suite struct SpectrumTests {
  @Test func energy() {
    let spectrum = Spectrum([3, 2, 1] as [Float])
    #expect(spectrum.energy(keptAt: 0) == 0 && spectrum.energy(keptAt: 3) == 1)
    #expect(abs(spectrum.energy(keptAt: 1) - 9 / 14) < 1e-15)
    #expect(abs(spectrum.energy(keptAt: 2) - 13 / 14) < 1e-15)
    #expect(abs(spectrum.norm(droppedAt: 1) - 5.squareRoot()) < 1e-15)
    #expect(spectrum.norm(droppedAt: 3) == 0)
  }

  /// The effective rank is k for k equal values, 1 for one value, and 2^1.5 for (1/2, 1/4, 1/4).
  @Test func effectiveRank() {
    #expect(abs(Spectrum([7, 7, 7, 7] as [Double]).effectiveRank - 4) < 1e-14)
    #expect(Spectrum([5, 0, 0] as [Double]).effectiveRank == 1)
    #expect(abs(Spectrum([2, 1, 1] as [Double]).effectiveRank - pow(2, 1.5)) < 1e-14)
  }

  /// It does not depend on the scale, up to the limits of the format.
  @Test func scale() {
    for factor: Double in [0x1p-1060, 1e-200, 1, 1e200, Double.greatestFiniteMagnitude / 4] {
      let spectrum = Spectrum([4 * factor, 4 * factor, 0])
      #expect(abs(spectrum.effectiveRank - 2) < 1e-14, "\(factor)")
      #expect(abs(spectrum.energy(keptAt: 1) - 0.5) < 1e-15, "\(factor)")
      #expect(abs(spectrum.norm(droppedAt: 1) / factor - 4) < 1e-14, "\(factor)")
    }
  }

  @Test func zerosAndNothing() {
    let zero = Spectrum([0, 0] as [Double])
    #expect(zero.effectiveRank == 0 && zero.energy(keptAt: 0) == 1 && zero.norm(droppedAt: 0) == 0)
    let empty = Spectrum([] as [Double])
    #expect(empty.effectiveRank == 0 && empty.energy(keptAt: 0) == 1 && empty.norm(droppedAt: 0) == 0)
  }

  /// All values from the Gram matrix are as good as LAPACK's in single precision, against those in double precision.
  @Test(arguments: BlockKrylovSVDTests.Falloff.allCases)
  func allValues(_ falloff: BlockKrylovSVDTests.Falloff) throws {
    func check<Scalar: BLASScalar>(_ rows: Int, _ columns: Int, scale: Scalar) throws {
      let a = falloff.matrix(rows: rows, columns: columns, Scalar.self).map { $0 * scale }
      let known = try LAPACKSVD.singularValues(of: a.map { Double($0) })
      func error(_ spectrum: Spectrum) -> Double { zip(spectrum.values, known).map { abs($0 - $1) }.max() ?? .nan }
      let ours = try Spectrum.all(of: a, workers: Workers(count: 2))
      let isSame = try ours == Spectrum.all(of: a, workers: Workers(count: 1))
      #expect(ours.values.count == min(rows, columns) && isSame)
      let lapack = error(Spectrum(try LAPACKSVD.singularValues(of: a)))
      let bound = (Double(max(rows, columns)).squareRoot() * Double.ulpOfOne).squareRoot()
      #expect(error(ours) <= bound * known[0] && error(ours) <= max(lapack, 0.5 * Double(Scalar.ulpOfOne) * known[0]))
    }
    for scale: Float in [0x1p-120, 1, 0x1p+120] {
      try check(150, 90, scale: scale)
      try check(300, 300, scale: scale)
    }
    try check(90, 150, scale: 1.0)
    try check(64, 1600, scale: Float(1))
    try check(1600, 1600, scale: Float(1))
  }

  @Test func allValuesOfNothing() throws {
    #expect(try Spectrum.all(of: Matrix<Float>(rows: 0, columns: 4), workers: Workers(count: 1)).values == [])
    #expect(try Spectrum.all(of: Matrix<Float>(rows: 2, columns: 4), workers: Workers(count: 1)).values == [0, 0])
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1, value: .infinity)) {
      try Spectrum.all(of: Matrix<Float>(rows: 1, columns: 2, elements: [1, .infinity]), workers: Workers(count: 1))
    }
  }
}
