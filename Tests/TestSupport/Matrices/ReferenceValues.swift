import LinearAlgebra

/// Singular values to more digits than the precision under test has: one-sided Jacobi (Hestenes 1958) without scaling, in
/// `Double` for `Float` and in `Float80` for `Double`.
public enum ReferenceValues {
  /// |σᵢ − sᵢ| / sᵢ for values σ, descending, of A, and s those of the reference.
  public static func relativeErrors(_ values: [Float], of a: Matrix<Float>) -> [Double]? {
    zip(values, hestenes(columns(a, in: Double.self))).map { abs(Double($0) - $1) / $1 }
  }

  /// The same in `Double`; `nil` where there is no `Float80`.
  public static func relativeErrors(_ values: [Double], of a: Matrix<Double>) -> [Double]? {
    #if arch(x86_64)
      return zip(values, hestenes(columns(a, in: Float80.self))).map { Double(abs(Float80($0) - $1) / $1) }
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
