import LinearAlgebra
import Testing
import TestSupport

/// The ratios themselves: a wrong SVD must not have small ones.
@Suite struct ErrorRatiosTests {
  static let a = Matrix<Float>(rows: 4, columns: 3) { i, j in Float((i + 1) * (j + 2) % 5) }

  /// The ratios of A's own SVD after `change` to U, S or V.
  private func ratios(
    u: (Float) -> Float = { $0 }, values: (Float) -> Float = { $0 }, vT: (Float) -> Float = { $0 }
  ) throws -> ErrorRatios {
    let svd = try JacobiSVD.decompose(Self.a)
    return ErrorRatios(SVD(u: svd.u.map(u), singularValues: svd.singularValues.map(values), vT: svd.vT.map(vT)), of: Self.a)
  }

  @Test func theRightAnswer() throws {
    let right = try ratios()
    #expect(largest([right.reconstruction, right.orthogonalityOfU, right.orthogonalityOfV, right.squares]) < 5)
  }

  @Test func slightlyWrong() throws {
    #expect(try ratios(values: { $0 * 1.0001 }).reconstruction > ErrorRatios.bound)
    #expect(try ratios(values: { $0 * 1.0001 }).squares > ErrorRatios.bound)
    #expect(try ratios(u: { $0 * 1.0001 }).orthogonalityOfU > ErrorRatios.bound)
    #expect(try ratios(vT: { $0 * 1.0001 }).orthogonalityOfV > ErrorRatios.bound)
  }

  @Test func notANumberIsNotSmall() throws {
    #expect(try ratios(values: { _ in .nan }).reconstruction.isNaN)
    #expect(try ratios(values: { _ in .nan }).squares.isNaN)
    #expect(try ratios(u: { _ in .nan }).orthogonalityOfU.isNaN)
    #expect(try ratios(vT: { _ in .nan }).orthogonalityOfV.isNaN)
    #expect(Scaled(Self.a).distance([.nan], [1]).isNaN && Scaled(Self.a).distance([1], [1, 1]) == .infinity)
    #expect(largest([1, .nan, 2]).isNaN && largest([.nan]).isNaN && largest([-1]) == 0 && largest([]) == 0)
  }

  /// The same relative error gives the same ratio at every scale.
  @Test func scaleDoesNotMatter() throws {
    func ratio(_ scale: MatrixScale) throws -> Double {
      let one = SVDCase(.normal, rows: 6, columns: 6, scale: scale, precision: .double, seed: 1)
      let a = one.matrix(Double.self)
      let svd = try LAPACKSVD.decompose(a)
      return ErrorRatios(SVD(u: svd.u, singularValues: svd.singularValues.map { $0 * 1.5 }, vT: svd.vT), of: a)
        .reconstruction
    }
    for scale in MatrixScale.allCases where scale != .subnormal {
      #expect(try abs(ratio(scale) / ratio(.one) - 1) < 1e-9, "\(scale)")
    }
  }
}
