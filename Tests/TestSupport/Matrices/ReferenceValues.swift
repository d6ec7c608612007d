import LinearAlgebra

/// Singular values to more digits than the precision under test has: one-sided Jacobi (Hestenes 1958) without scaling, in
/// `Double` for `Float` and in `Float80` for `Double`.
public enum ReferenceValues {
  /// |σᵢ − sᵢ| / sᵢ for the descending values σ of A, with s of the reference; `nil` for `Double` where there is no `Float80`.
  public static func relativeErrors<Scalar: BLASScalar>(_ values: [Scalar], of a: Matrix<Scalar>) -> [Double]? {
    func errors<Wide: BinaryFloatingPoint>(in _: Wide.Type) -> [Double] {
      zip(values, hestenes(columns(a, in: Wide.self))).map { Double(abs(Wide($0) - $1) / $1) }
    }
    if Scalar.self == Float.self { return errors(in: Double.self) }
    #if arch(x86_64)
      return errors(in: Float80.self)
    #else
      return nil
    #endif
  }

  /// The columns of A, or of Aᵀ if there are fewer of those.
  @inline(__always)
  private static func columns<Scalar: BLASScalar, Wide: BinaryFloatingPoint>(
    _ a: Matrix<Scalar>, in _: Wide.Type
  ) -> [[Wide]] {
    let tall = a.rows >= a.columns ? a : a.transposed
    return (0..<tall.columns).map { j in (0..<tall.rows).map { Wide(tall[$0, j]) } }
  }

  @inline(__always)
  private static func hestenes<Wide: BinaryFloatingPoint>(_ columns: [[Wide]]) -> [Wide] {
    var a = columns
    for _ in 0..<100 {
      var rotated = false
      for p in a.indices {
        for q in a.indices.dropFirst(p + 1) {
          let (alpha, beta, gamma) = (dot(a[p], a[p]), dot(a[q], a[q]), dot(a[p], a[q]))
          guard gamma.magnitude > 4 * Wide.ulpOfOne * alpha.squareRoot() * beta.squareRoot() else { continue }
          rotated = true
          let zeta = (beta - alpha) / (2 * gamma)
          let t = (zeta < 0 ? -1 : 1) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          for i in a[p].indices { (a[p][i], a[q][i]) = (c * a[p][i] - c * t * a[q][i], c * t * a[p][i] + c * a[q][i]) }
        }
      }
      if !rotated { return a.map { dot($0, $0).squareRoot() }.sorted(by: >) }
    }
    // Not converged: NaN fails every comparison.
    return a.map { _ in .nan }
  }

  @inline(__always)
  private static func dot<Wide: BinaryFloatingPoint>(_ x: [Wide], _ y: [Wide]) -> Wide {
    var sum: Wide = 0
    for i in x.indices { sum += x[i] * y[i] }
    return sum
  }
}
