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
  /// A cold start that has not converged after so many iterations, as the values hardly fall off, ends with the full SVD.
  public let maximumIterations: Int
  /// Right singular vectors of the last call, l×n; `nil` before the first, and after a matrix of zeros, which has none.
  public private(set) var start: Matrix<Scalar>?
  /// How many rows the matrix had that `start` belongs to.
  private var startRows = 0
  private let seed: UInt64
  private let stream: String

  /// - Parameter stream: the name of the random stream of `seed` that a cold start's Gaussian block is drawn from.
  public init(
    rank: Int, oversampling: Int = 10, tolerance: Scalar? = nil, maximumIterations: Int = 500, seed: UInt64,
    stream: String = "subspace"
  ) {
    precondition(rank >= 1 && oversampling >= 0 && maximumIterations >= 1)
    (self.rank, self.oversampling, self.maximumIterations) = (rank, oversampling, maximumIterations)
    (self.seed, self.stream) = (seed, stream)
    self.tolerance = tolerance ?? 4 * Scalar.ulpOfOne
  }

  /// The SVD of A (m×n) to rank min(D, m, n); afterwards `start` holds what the next call begins with.
  ///
  /// - Parameter iterations: how many to do from a warm start; without one, as many as it takes.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public mutating func decompose(_ a: Matrix<Scalar>, iterations: Int = 1) throws(LinearAlgebraError) -> SVD<Scalar> {
    precondition(iterations >= 1)
    // A start that belongs to a matrix of another shape says nothing about this one.
    if var guess = start, guess.columns == a.columns, startRows == a.rows {
      for _ in 1..<iterations { guess = advanced(guess, a) }
      // A matrix of ordinary size needs no scaling, and a pass over it to find out would cost as much as half a product.
      // One with NaN in it ends here too: it has no largest value.
      if let (svd, next) = try? iterated(guess, a), let largest = svd.singularValues.first, Self.ordinary.contains(largest) {
        start = next
        return svd
      }
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
    let (svd, guess) = try converged(a.map { $0 / scale }, width: width)
    (start, startRows) = (svd.singularValues[0] > 0 ? guess : nil, a.rows)
    return SVD(u: svd.u, singularValues: try svd.singularValues.scaledBack(by: scale), vT: svd.vT)
  }

  /// Iterations from a Gaussian start until the values settle; and the start for the next call.
  private func converged(
    _ a: Matrix<Scalar>, width: Int
  ) throws(LinearAlgebraError) -> (svd: SVD<Scalar>, next: Matrix<Scalar>) {
    var stream = RandomStream(seed: seed, name: stream)
    var guess = Matrix<Scalar>.normal(rows: width, columns: a.columns, from: &stream).orthonormalizingRows().q
    var last: [Scalar] = []
    for _ in 0..<maximumIterations {
      let (svd, next) = try iterated(guess, a)
      let moved = zip(svd.singularValues, last).map { abs($0 - $1) }.max() ?? .infinity
      if moved <= tolerance * svd.singularValues[0] { return (svd, next) }
      (guess, last) = (next, svd.singularValues)
    }
    let full = try LAPACKSVD.decompose(a)
    return (full.truncated(to: min(rank, width)), full.vT.rowSlice(0..<width))
  }

  /// One iteration without the small SVD.
  private func advanced(_ start: Matrix<Scalar>, _ a: Matrix<Scalar>) -> Matrix<Scalar> {
    let q = Matrix.product(start, a, transposeB: true).orthonormalizingRows().q
    return (q * a).orthonormalizingRows().q
  }

  /// One iteration, and the SVD of A's projection.
  private func iterated(
    _ start: Matrix<Scalar>, _ a: Matrix<Scalar>
  ) throws(LinearAlgebraError) -> (svd: SVD<Scalar>, next: Matrix<Scalar>) {
    // Transposed throughout: bases are kept as rows, which is how LAPACK's QR can take them in place.
    let qT = Matrix.product(start, a, transposeB: true).orthonormalizingRows().q
    let (basis, small) = (qT * a).orthonormalizingRows()
    // A ≈ Q Z, Z = small · basis, small = U' S V'ᵀ: so U = Q U' and Vᵀ = V'ᵀ basis.
    let inner = try LAPACKSVD.decompose(small)
    let vT = inner.vT * basis
    let kept = min(rank, vT.rows)
    let u = Matrix.product(qT, transposeA: true, inner.u.columnSlice(0..<kept))
    return (SVD(u: u, singularValues: Array(inner.singularValues[..<kept]), vT: vT.rowSlice(0..<kept)), vT)
  }
}
