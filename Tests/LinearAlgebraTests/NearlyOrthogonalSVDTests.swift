@testable import LinearAlgebra
import Testing
import TestSupport

/// The small SVD and the QR of a subspace iteration. They leave other matrices to LAPACK.
@Suite struct NearlyOrthogonalSVDTests {
  /// Nearly orthogonal rows of very different lengths, in random order: odd and even sizes up to the largest of a block.
  @Test(arguments: Precision.allCases) func nearlyOrthogonalRows(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_ size: Int, _: Scalar.Type) throws {
      for turned in [0, 1e-3, 0.3] {
        var stream = RandomStream(seed: UInt64(size), name: "nearly orthogonal/\(turned)")
        let q = Matrix<Scalar>.normal(rows: size, columns: size, from: &stream).orthonormalizingRows().q
        let noise = Matrix<Scalar>.normal(rows: size, columns: size, from: &stream).map {
          $0 * Scalar(turned) / Scalar(size)
        }
        let lengths = stream.permutation(size).map { Scalar(1) / Scalar($0 + 1) }
        let a = (q + noise).scalingRows(by: lengths)
        let svd = try #require(NearlyOrthogonalSVD.decompose(a), "\(size) rows turned by \(turned)")
        #expect(zip(svd.singularValues, svd.singularValues.dropFirst()).allSatisfy { $0 >= $1 }, "\(size), \(turned)")
        let ratios = ErrorRatios(svd, of: a)
        #expect(ratios.areSmall, "\(size), \(turned)")
        let best = try LAPACKSVD.decompose(a).singularValues
        #expect(Scaled(a).distance(svd.singularValues, best) < ErrorRatios.bound, "\(size), \(turned)")
      }
    }
    for size in [1, 2, 3, 15, 16, 17, 31, 32, 33, 47, 48] { try check(size, precision.type) }
  }

  static let squares = SVDCase.groups { $0.rows == $0.columns && (1...NearlyOrthogonalSVD.mostRows).contains($0.rows) }

  /// For any other matrix the result is an SVD with small ratios, or `nil`; an SVD where the rows are nearly orthogonal.
  @Test(arguments: squares) func anyMatrix(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) {
      let a = one.matrix(Scalar.self)
      guard let svd = NearlyOrthogonalSVD.decompose(a) else {
        let isNearlyOrthogonal = [.identity, .permutation, .orthogonal].contains(one.family) && one.scale == .one
        if isNearlyOrthogonal { Issue.record("found nil, expected an SVD; LOWRANK_CASE='\(one)'") }
        return
      }
      let ratios = ErrorRatios(svd, of: a)
      expectSmall(ratios.reconstruction, "rows turned: ‖A − U S Vᵀ‖", of: one)
      expectSmall(ratios.orthogonalityOfU, "rows turned: ‖UᵀU − I‖", of: one)
      expectSmall(ratios.orthogonalityOfV, "rows turned: ‖VVᵀ − I‖", of: one)
      expectSmall(ratios.squares, "rows turned: |√Σs² − ‖A‖|", of: one)
    }
    group.run { check($0, $0.precision.type) }
  }

  /// LAPACK gets matrices with a zero row, with values that are not finite, and with values whose squares overflow or vanish.
  @Test func leftToLAPACK() {
    for value in [0, .nan, .infinity, 1e-30, 1e30] as [Float] {
      var a = Matrix<Float>(rows: 3, columns: 3) { i, j in i == j ? 1 : 0 }
      a[1, 1] = value
      #expect(NearlyOrthogonalSVD.decompose(a) == nil && HouseholderQR.qr(a) == nil, "\(value)")
    }
  }

  /// Normal rows, an odd and an even number of them, of lengths around multiples of a register: nothing is left to LAPACK.
  @Test(arguments: Precision.allCases) func reflections(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_ count: Int, _: Scalar.Type) throws {
      for length in [count, count + 1, (count + 15) / 16 * 16, 100, 1024] {
        var stream = RandomStream(seed: UInt64(count * length), name: "reflections")
        let a = Matrix<Scalar>.normal(rows: count, columns: length, from: &stream)
        let (q, l) = try #require(HouseholderQR.qr(a), "\(count)×\(length)")
        let epsilon = Double(Scalar.ulpOfOne) * Double(length)
        #expect(distanceFromOrthonormal(q.map(Double.init)) / epsilon < ErrorRatios.bound, "\(count)×\(length)")
        let residual = a.map(Double.init) - naiveProduct(l.map(Double.init), q.map(Double.init))
        let ratio = norm(residual.elements) / (epsilon * norm(a.map(Double.init).elements))
        #expect(ratio < ErrorRatios.bound, "\(count)×\(length)")
        for i in 0..<count { for j in i + 1..<max(i + 1, count) { #expect(l[i, j] == 0) } }
      }
    }
    for count in [1, 2, 3, 16, 17, 32, 48] { try check(count, precision.type) }
  }
}
