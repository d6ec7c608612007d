/// The leading part of an SVD by block subspace iteration (Bauer 1957; Halko, Martinsson and Tropp 2011), which starts from
/// the right singular vectors of the last call: for a matrix that changes little from call to call, one iteration is enough.
///
/// An iteration, for l = D + oversampling rows `start` that span a guess of the leading right singular vectors:
///
///     Y = A startᵀ,  Q = qr(Y)       m×l, by Householder
///     Z = Qᵀ A                        l×n, so that A ≈ Q Z
///     start = orthonormal rows of Z
///
/// and at the end the SVD of the small factor of Z gives U, S, Vᵀ of Q Z (Rayleigh and Ritz).
public struct SubspaceSVD<Scalar: BLASScalar>: Sendable {
  /// D: how many singular values are asked for.
  public let rank: Int
  /// How many more directions are iterated, so that the last ones asked for converge too.
  public let oversampling: Int
  /// A cold start ends when no singular value asked for moves by more than this, over σ₁, in an iteration.
  public let tolerance: Scalar
  /// A cold start that has not converged after so many iterations is an error.
  public let maximumIterations: Int
  /// Right singular vectors of the last call, l×n; `nil` before the first.
  public private(set) var start: Matrix<Scalar>?
  private let seed: UInt64

  /// - Parameter seed: of the Gaussian start, the stream `subspace`.
  public init(rank: Int, oversampling: Int = 10, tolerance: Scalar? = nil, maximumIterations: Int = 500, seed: UInt64) {
    precondition(rank >= 1 && oversampling >= 0 && maximumIterations >= 1)
    (self.rank, self.oversampling, self.maximumIterations, self.seed) = (rank, oversampling, maximumIterations, seed)
    self.tolerance = tolerance ?? 4 * Scalar.ulpOfOne
  }

  /// The SVD of A (m×n) to rank min(D, m, n); afterwards `start` holds what the next call begins with.
  ///
  /// - Parameter iterations: how many to do from a warm start; without one, as many as it takes.
  /// - Throws: `LinearAlgebraError.notFinite`; `.noConvergence` of a cold start.
  public mutating func decompose(_ a: Matrix<Scalar>, iterations: Int = 1) throws(LinearAlgebraError) -> SVD<Scalar> {
    precondition(iterations >= 1)
    if start?.columns == a.columns {
      for _ in 1..<iterations { advance(a) }
      // A matrix of ordinary size needs no scaling, and a pass over it to find out would cost as much as half a product.
      if let svd = try? finish(a), let largest = svd.singularValues.first, Self.ordinary.contains(largest) { return svd }
    }
    try a.requireFinite()
    return try coldStart(a)
  }

  /// Values whose squares and products with ε neither overflow nor vanish.
  private static var ordinary: ClosedRange<Scalar> {
    let low = (Scalar.leastNormalMagnitude / Scalar.ulpOfOne).squareRoot()
    return low...(1 / low)
  }

  private mutating func coldStart(_ a: Matrix<Scalar>) throws(LinearAlgebraError) -> SVD<Scalar> {
    let width = min(rank + oversampling, a.rows, a.columns)
    guard width > 0 else {
      return SVD(u: Matrix(rows: a.rows, columns: 0), singularValues: [], vT: Matrix(rows: 0, columns: a.columns))
    }
    let scale = a.maxNorm > 0 ? Scalar.powerOfTwo(near: a.maxNorm) : 1
    let scaled = a.map { $0 / scale }
    var stream = RandomStream(seed: seed, name: "subspace")
    start = Matrix.normal(rows: width, columns: a.columns, from: &stream).orthonormalizingRows().q
    var last: [Scalar] = []
    for _ in 0..<maximumIterations {
      let svd = try finish(scaled)
      let moved = zip(svd.singularValues, last).map { abs($0 - $1) }.max() ?? .infinity
      if moved <= tolerance * svd.singularValues[0] {
        return SVD(u: svd.u, singularValues: svd.singularValues.map { $0 * scale }, vT: svd.vT)
      }
      last = svd.singularValues
    }
    start = nil
    throw .noConvergence(routine: "subspace iteration (\(maximumIterations) iterations)")
  }

  /// One iteration without the small SVD.
  private mutating func advance(_ a: Matrix<Scalar>) {
    guard let start else { return }
    let q = Matrix.product(start, a, transposeB: true).orthonormalizingRows().q
    self.start = (q * a).orthonormalizingRows().q
  }

  /// One iteration, and the SVD of A's projection.
  private mutating func finish(_ a: Matrix<Scalar>) throws(LinearAlgebraError) -> SVD<Scalar> {
    guard let start else { preconditionFailure("no start") }
    // Transposed throughout: bases are kept as rows, which is how LAPACK's QR can take them in place.
    let qT = Matrix.product(start, a, transposeB: true).orthonormalizingRows().q
    let (basis, small) = (qT * a).orthonormalizingRows()
    // A ≈ Q Z, Z = small · basis, small = U' S V'ᵀ: so U = Q U' and Vᵀ = V'ᵀ basis.
    let inner = try LAPACKSVD.decompose(small)
    let vT = inner.vT * basis
    self.start = vT
    let kept = min(rank, vT.rows)
    let u = Matrix.product(qT, transposeA: true, inner.u.columnSlice(0..<kept))
    return SVD(u: u, singularValues: Array(inner.singularValues[..<kept]), vT: vT.rowSlice(0..<kept))
  }
}
