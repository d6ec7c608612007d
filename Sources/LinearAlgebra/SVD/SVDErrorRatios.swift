/// The errors of an SVD over what rounding alone explains, as in LAPACK's own tests (`xGET22`, `xORT01`).
///
/// ε is the spacing of 1 in `Scalar`, ‖·‖ the Frobenius norm. All is computed in `Double`, with A scaled by a power of two to
/// elements of about 1, so that nothing overflows or vanishes. NaN anywhere makes the ratio NaN, which is not below `bound`.
public struct SVDErrorRatios: Equatable, Sendable {
  /// Every ratio of a good SVD is below this bound, which is that of LAPACK's tests.
  public static let bound = 50.0

  /// ‖A − U S Vᵀ‖, of the size of A.
  public let residual: Double
  /// τ = √(Σ dropped σ²), which no approximation of this rank can get below (Eckart and Young 1936); 0 at full rank. Where the dropped
  /// values are not known, √(‖A‖² − Σ s²), what the kept ones leave.
  public let dropped: Double
  /// |‖A − U S Vᵀ‖ − τ| / (‖A‖ max(m, n) ε). At full rank, where τ = 0, this is LAPACK's ratio. Where the dropped values are not known,
  /// |‖A − U S Vᵀ‖² − (‖A‖² − Σ s²)| / (‖A‖² max(m, n) ε).
  public let residualRatio: Double
  /// ‖UᵀU − I‖ / (m ε)
  public let orthogonalityOfU: Double
  /// ‖VᵀV − I‖ / (n ε), of the n×D matrix V.
  public let orthogonalityOfV: Double

  /// - Parameters:
  ///   - svd: of A (m×n), whole or truncated to rank D.
  ///   - spectrum: all min(m, n) singular values of A, of which the truncated SVD dropped those from D + 1 on; `nil` where these are
  ///     not known.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init<Scalar: BLASScalar>(_ svd: SVD<Scalar>, of a: Matrix<Scalar>, spectrum: Spectrum?) {
    precondition(svd.rank <= min(a.rows, a.columns))
    precondition(spectrum.map { $0.values.count == min(a.rows, a.columns) } ?? true)
    let scale = a.maxNorm > 0 ? Double(Scalar.powerOfTwo(near: a.maxNorm)) : 1
    let epsilon = Double(Scalar.ulpOfOne)
    let scaled = a.map { Double($0) / scale }
    let u = svd.u.map { Double($0) }
    let vT = svd.vT.map { Double($0) }
    let values = svd.singularValues.map { Double($0) / scale }
    let product = u.scalingColumns(by: values) * vT

    let (left, norm) = ((scaled - product).frobeniusNorm, scaled.frobeniusNorm)
    // The spacing of subnormal values is wider than ‖A‖ ε.
    let spacing = max(norm * epsilon, Double(Scalar.leastNonzeroMagnitude) / scale) * Double(max(1, a.rows, a.columns))
    residual = left * scale
    if let spectrum {
      dropped = spectrum.norm(droppedAt: svd.rank)
      residualRatio = abs(left - dropped / scale) / spacing
    } else {
      let rest = norm * norm - values.reversed().reduce(0) { $0 + $1 * $1 }
      dropped = max(0, rest).squareRoot() * scale
      residualRatio = abs(left * left - rest) / max(norm * spacing, Double.leastNormalMagnitude)
    }
    orthogonalityOfU = Self.distanceFromIdentity(.product(u, transposeA: true, u)) / (Double(max(1, a.rows)) * epsilon)
    orthogonalityOfV = Self.distanceFromIdentity(.product(vT, vT, transposeB: true)) / (Double(max(1, a.columns)) * epsilon)
  }

  /// Whether every ratio is below `bound`.
  public var areSmall: Bool { [residualRatio, orthogonalityOfU, orthogonalityOfV].allSatisfy { $0 < Self.bound } }

  private static func distanceFromIdentity(_ gram: Matrix<Double>) -> Double { (gram - .identity(gram.rows)).frobeniusNorm }
}
