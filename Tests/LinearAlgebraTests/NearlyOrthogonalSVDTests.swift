@testable import LinearAlgebra
import Testing
import TestSupport

/// The small SVD and the QR within a subspace iteration, which leave to LAPACK what they are not made for.
@Suite struct NearlyOrthogonalSVDTests {
  /// Rows of very different lengths that are orthogonal but for a little: of every size that a block may have, odd and even, in
  /// any order.
  @Test(arguments: [1, 2, 3, 15, 16, 17, 31, 32, 33, 47, 48], Precision.allCases)
  func nearlyOrthogonalRows(_ size: Int, _ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      for turned in [0, 1e-3, 0.3] {
        var stream = RandomStream(seed: UInt64(size), name: "nearly orthogonal/\(turned)")
        let q = Matrix<Scalar>.normal(rows: size, columns: size, from: &stream).orthonormalizingRows().q
        let noise = Matrix<Scalar>.normal(rows: size, columns: size, from: &stream).map {
          $0 * Scalar(turned) / Scalar(size)
        }
        let lengths = stream.permutation(size).map { Scalar(1) / Scalar($0 + 1) }
        let a = (q + noise).scalingRows(by: lengths)
        let svd = try #require(NearlyOrthogonalSVD.decompose(a), "\(size) rows turned by \(turned)")
        #expect(zip(svd.singularValues, svd.singularValues.dropFirst()).allSatisfy { $0 >= $1 })
        let ratios = ErrorRatios(svd, of: a)
        #expect(
          ratios.reconstruction < 50 && ratios.orthogonalityOfU < 50 && ratios.orthogonalityOfV < 50 && ratios.squares < 50)
        let best = try LAPACKSVD.decompose(a).singularValues
        #expect(Scaled(a).distance(svd.singularValues, best) < 50)
      }
    }
    try check(precision.type)
  }

  static let squares = SVDCase.selected.filter {
    $0.rows == $0.columns && (1...NearlyOrthogonalSVD.mostRows).contains($0.rows)
  }

  /// Of other matrices it gives an SVD as good as any, or none.
  @Test(arguments: squares) func anyMatrix(_ one: SVDCase) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let a = one.matrix(Scalar.self)
      guard let svd = NearlyOrthogonalSVD.decompose(a) else { return }
      let ratios = ErrorRatios(svd, of: a)
      expectSmall(ratios.reconstruction, "rows turned: ‖A − U S Vᵀ‖", of: one)
      expectSmall(ratios.orthogonalityOfU, "rows turned: ‖UᵀU − I‖", of: one)
      expectSmall(ratios.orthogonalityOfV, "rows turned: ‖VVᵀ − I‖", of: one)
      expectSmall(ratios.squares, "rows turned: |√Σs² − ‖A‖|", of: one)
    }
    check(one.precision.type)
  }

  /// Zeros, what is not finite, and numbers whose squares overflow or vanish are another's.
  @Test(arguments: [0, .nan, .infinity, 1e-30, 1e30] as [Float]) func noneOfThese(_ number: Float) {
    var a = Matrix<Float>(rows: 3, columns: 3) { i, j in i == j ? 1 : 0 }
    a[1, 1] = number
    #expect(NearlyOrthogonalSVD.decompose(a) == nil)
    #expect(HouseholderQR.qr(a) == nil)
  }

  /// Ordinary rows, one and an odd and an even number of them, of lengths around whole registers: nothing is left to LAPACK.
  @Test(arguments: [1, 2, 3, 16, 17, 32, 48], Precision.allCases) func reflections(_ count: Int, _ precision: Precision)
    throws
  {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      for length in [count, count + 1, (count + 15) / 16 * 16, 100, 1024] {
        var stream = RandomStream(seed: UInt64(count * length), name: "reflections")
        let a = Matrix<Scalar>.normal(rows: count, columns: length, from: &stream)
        let (q, l) = try #require(HouseholderQR.qr(a))
        let epsilon = Double(Scalar.ulpOfOne) * Double(length)
        #expect(distanceFromOrthonormal(q.map(Double.init)) < 50 * epsilon)
        let product = naiveProduct(l.map(Double.init), q.map(Double.init))
        #expect(norm((a.map(Double.init) - product).elements) < 50 * epsilon * norm(a.map(Double.init).elements))
        for i in 0..<count { for j in i + 1..<max(i + 1, count) { #expect(l[i, j] == 0) } }
      }
    }
    try check(precision.type)
  }
}
