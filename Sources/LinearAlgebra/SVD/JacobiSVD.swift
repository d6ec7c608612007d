/// The reference SVD: one-sided Jacobi (Hestenes 1958; de Rijk 1989; Demmel and Veselić 1992), in plain Swift.
///
/// Pairs of columns of A are rotated until all are orthogonal. Then A V = U diag(S): the columns' norms are the singular
/// values, the columns over their norms are U, and the rotations' product is V.
/// Slow: O(m n²) a sweep, and about ten sweeps.
public enum JacobiSVD {
  /// The thin SVD of A (m×n): `u` m×k, `vT` k×n, k = min(m, n).
  /// - Throws: `LinearAlgebraError.notFinite`; `.noConvergence` after 60 sweeps; `.overflow`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func decompose<Scalar>(_ a: Matrix<Scalar>) throws(LinearAlgebraError) -> SVD<Scalar> {
    try a.requireFinite()
    guard a.rows >= a.columns else {
      // A = U S Vᵀ where Aᵀ = V S Uᵀ.
      let svd = try decompose(a.transposed)
      return SVD(u: svd.vT.transposed, singularValues: svd.singularValues, vT: svd.u.transposed)
    }
    let (m, n) = (a.rows, a.columns)
    let scale = a.maxNorm > 0 ? Scalar.powerOfTwo(near: a.maxNorm) : 1
    // `columns` holds the columns of A, `v` those of V, each contiguous.
    var columns = (0..<n).map { j in (0..<m).map { i in a[i, j] / scale } }
    var v = (0..<n).map { j in (0..<n).map { i -> Scalar in i == j ? 1 : 0 } }
    try orthogonalize(&columns, &v)

    let norms = columns.map(norm)
    let order = (0..<n).sorted { norms[$0] > norms[$1] }
    var u = order.map { j in norms[j] > negligible() ? columns[j].map { $0 / norms[j] } : [] }
    completeBasis(&u, length: m)
    return SVD(
      u: Matrix(rows: m, columns: n) { i, j in u[j][i] }, singularValues: try order.map { norms[$0] }.scaledBack(by: scale),
      vT: Matrix(rows: n, columns: n) { i, j in v[order[i]][j] })
  }

  /// Sweeps over all pairs until none needs a rotation.
  @inline(__always)
  private static func orthogonalize<Scalar: BinaryFloatingPoint>(
    _ columns: inout [[Scalar]], _ v: inout [[Scalar]]
  ) throws(LinearAlgebraError) {
    let n = columns.count
    let tolerance = Scalar.ulpOfOne * Scalar(max(1, columns.first?.count ?? 1)).squareRoot()
    for _ in 0..<60 {
      var rotated = false
      for p in 0..<max(0, n - 1) {
        for q in (p + 1)..<n {
          let (normP, normQ) = (norm(columns[p]), norm(columns[q]))
          guard min(normP, normQ) > negligible() else { continue }
          let cosine = dot(columns[p], columns[q], normP, normQ)
          guard cosine.magnitude > tolerance else { continue }
          rotated = true
          // tan of the angle that makes them orthogonal: the smaller root of t² + 2 ζ t − 1 = 0. Where one column is so
          // small that ζ² overflows, the root is 1 / (2 ζ).
          let zeta = (normQ / normP - normP / normQ) / (2 * cosine)
          let root = zeta.magnitude + (1 + zeta * zeta).squareRoot()
          let tangent = (zeta < 0 ? -1 : 1) / (root.isFinite ? root : 2 * zeta.magnitude)
          let c = 1 / (1 + tangent * tangent).squareRoot()
          let s = c * tangent
          rotate(&columns, p, q, s, s / (1 + c))
          rotate(&v, p, q, s, s / (1 + c))
        }
      }
      if !rotated { return }
    }
    throw .noConvergence(routine: "one-sided Jacobi (60 sweeps)")
  }

  /// A column of this norm or less counts as zero where the largest elements are about 1: its singular value is below ε ‖A‖.
  /// Its elements may be subnormal, with too few digits to be made orthogonal.
  @inline(__always)
  private static func negligible<Scalar: BinaryFloatingPoint>() -> Scalar { .leastNormalMagnitude / .ulpOfOne }

  /// (x, y) ← (c x − s y, s x + c y) for rows p and q, with c = 1 − s τ, τ = s / (1 + c) (Rutishauser 1966).
  ///
  /// c itself is rounded, mostly to 1, so that every rotation would lengthen both rows: ‖VᵀV − I‖ / (n ε) would grow with n.
  @inline(__always)
  private static func rotate<Scalar: BinaryFloatingPoint>(
    _ rows: inout [[Scalar]], _ p: Int, _ q: Int, _ s: Scalar, _ tau: Scalar
  ) {
    for i in rows[p].indices {
      let (x, y) = (rows[p][i], rows[q][i])
      rows[p][i] = x - s * (y + tau * x)
      rows[q][i] = y + s * (x - tau * y)
    }
  }

  /// ‖x‖₂, scaled so that squares neither overflow nor vanish.
  @inline(__always)
  private static func norm<Scalar: BinaryFloatingPoint>(_ x: [Scalar]) -> Scalar {
    var largest: Scalar = 0
    for element in x { largest = max(largest, element.magnitude) }
    guard largest > 0 else { return 0 }
    let scale = Scalar.powerOfTwo(near: largest)
    var sum: Scalar = 0
    for element in x { sum += (element / scale) * (element / scale) }
    return sum.squareRoot() * scale
  }

  /// The cosine of the angle between x and y, whose norms are given.
  @inline(__always)
  private static func dot<Scalar: BinaryFloatingPoint>(_ x: [Scalar], _ y: [Scalar], _ normX: Scalar, _ normY: Scalar)
    -> Scalar
  {
    var sum: Scalar = 0
    for i in x.indices { sum += (x[i] / normX) * (y[i] / normY) }
    return sum
  }

  /// Fills the empty vectors of `basis` so that all are orthonormal: with the unit vector farthest from the span so far, made
  /// orthogonal to it twice ("twice is enough", Kahan).
  @inline(__always)
  private static func completeBasis<Scalar: BinaryFloatingPoint>(_ basis: inout [[Scalar]], length: Int) {
    for missing in basis.indices where basis[missing].isEmpty {
      var covered = [Scalar](repeating: 0, count: length)
      for vector in basis where !vector.isEmpty { for i in 0..<length { covered[i] += vector[i] * vector[i] } }
      let farthest = covered.indices.min { covered[$0] < covered[$1] }
      var candidate = [Scalar](repeating: 0, count: length)
      if let farthest { candidate[farthest] = 1 }
      for _ in 0..<2 {
        for vector in basis where !vector.isEmpty {
          var projection: Scalar = 0
          for i in 0..<length { projection += vector[i] * candidate[i] }
          for i in 0..<length { candidate[i] -= projection * vector[i] }
        }
      }
      let length = norm(candidate)
      basis[missing] = candidate.map { $0 / length }
    }
  }
}
