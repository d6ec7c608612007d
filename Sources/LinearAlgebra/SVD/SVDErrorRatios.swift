/// The errors of an SVD over what rounding alone explains, as in LAPACK's own tests (`xGET22`, `xORT01`).
///
/// ε is the spacing of 1 in `Scalar`, ‖·‖ the Frobenius norm. All is computed in `Double`, with A scaled by a power of two to
/// elements of about 1, so that nothing overflows or vanishes. NaN anywhere makes the ratio NaN, which is not below `bound`.
public struct SVDErrorRatios: Equatable, Sendable {
  /// Every ratio of a good SVD is below this bound, which is that of LAPACK's tests.
  public static let bound = 50.0

  /// ‖A − U S Vᵀ‖, of the size of A.
  public let residual: Double
  /// τ = √(Σ dropped σ²), which no approximation of this rank can get below (Eckart and Young 1936); 0 at full rank.
  public let dropped: Double
  /// |‖A − U S Vᵀ‖ − τ| / (‖A‖ max(m, n) ε). At full rank, where τ = 0, this is LAPACK's ratio.
  public let residualRatio: Double
  /// ‖UᵀU − I‖ / (m ε)
  public let orthogonalityOfU: Double
  /// ‖VᵀV − I‖ / (n ε), of the n×D matrix V.
  public let orthogonalityOfV: Double

  /// - Parameters:
  ///   - svd: of A (m×n), whole or truncated to rank D.
  ///   - spectrum: all min(m, n) singular values of A, of which the truncated SVD dropped those from D + 1 on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init<Scalar: BLASScalar>(_ svd: SVD<Scalar>, of a: Matrix<Scalar>, spectrum: Spectrum) {
    precondition(spectrum.values.count == min(a.rows, a.columns) && svd.rank <= spectrum.values.count)
    let scale = a.maxNorm > 0 ? Double(Scalar.powerOfTwo(near: a.maxNorm)) : 1
    let epsilon = Double(Scalar.ulpOfOne)
    let scaled = a.map { Double($0) / scale }
    let u = svd.u.map { Double($0) }
    let vT = svd.vT.map { Double($0) }
    let product = u.scalingColumns(by: svd.singularValues.map { Double($0) / scale }) * vT

    let left = (scaled - product).frobeniusNorm
    let tail = spectrum.norm(droppedAt: svd.rank) / scale
    // The spacing of subnormal values is wider than ‖A‖ ε.
    let spacing = max(scaled.frobeniusNorm * epsilon, Double(Scalar.leastNonzeroMagnitude) / scale)
    (residual, dropped) = (left * scale, tail * scale)
    residualRatio = abs(left - tail) / (spacing * Double(max(1, a.rows, a.columns)))
    orthogonalityOfU = Self.distanceFromIdentity(.product(u, transposeA: true, u)) / (Double(max(1, a.rows)) * epsilon)
    orthogonalityOfV = Self.distanceFromIdentity(.product(vT, vT, transposeB: true)) / (Double(max(1, a.columns)) * epsilon)
  }

  /// Whether every ratio is below `bound`.
  public var areSmall: Bool { [residualRatio, orthogonalityOfU, orthogonalityOfV].allSatisfy { $0 < Self.bound } }

  private static func distanceFromIdentity(_ gram: Matrix<Double>) -> Double { (gram - .identity(gram.rows)).frobeniusNorm }
}
