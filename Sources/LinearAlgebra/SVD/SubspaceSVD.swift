/// The leading part of an SVD by block subspace iteration (Bauer 1957; Halko, Martinsson and Tropp 2011).
///
/// `decompose` iterates until the residual is small, from a Gaussian block or from given vectors. `track` does one iteration
/// from the right singular vectors of the last call: enough for a matrix that changes little from call to call. `follow` does
/// half an iteration: enough for one that changes very little, as weights do in a step of training.
///
/// An iteration, for a block of l = min(D + oversampling + `guards`, m, n) rows that approximately span the leading right
/// singular vectors:
///
///     Y = A blockᵀ,  Q = qr(Y)            m×l, by Householder
///     Z = Qᵀ A                            l×n, so that A ≈ Q Z
///     U, S, Vᵀ = SVD of Q Z               the Ritz values and vectors; Vᵀ is the next block
///
/// A result satisfies, with σ the singular values of A and ρ the `residual` of the result:
///
///     sᵢ ≤ σᵢ,   |sᵢ − some σ| ≤ ρ,   ‖A − U S Vᵀ‖₂ ≤ σ_{D+1} + 1.5 ρ
///
/// up to rounding, the last with the probability that a Gaussian block of l rows finds the leading D directions. Where there
/// is a gap, the values are within ρ² / (σ_D − σ_{l+1}) of the leading σ.
public struct SubspaceSVD<Scalar: BLASScalar>: Sendable {
  /// D: the number of singular values to compute.
  public let rank: Int
  /// Number of further directions in the block, so that the last of the D converge too.
  public let oversampling: Int
  /// `decompose` ends when ρ ≤ `tolerance` · s_{D+1}, or where that is below rounding, ρ ≤ 4 max(m, n) ε s₁.
  public let tolerance: Scalar
  /// Iterations before the first Ritz values are computed.
  public let powerIterations: Int
  /// `decompose` takes the full SVD where the residual is not small after so many iterations, or falls so slowly that it will
  /// not be.
  public let maximumIterations: Int
  /// The right singular vectors that the next call begins with, l×n; `nil` before the first call and after a matrix of zeros.
  public internal(set) var start: Matrix<Scalar>?
  /// The left singular vectors, l×m, that the next call of `follow` begins with, where the last one found them.
  public internal(set) var left: Matrix<Scalar>?
  /// Whether the next call of `follow` does both halves of an iteration: the vectors turned too far for one, or it is unknown.
  public internal(set) var needsWholeIteration = true
  /// Number of calls of `track` and `follow` since the start; it names the random streams of the guards.
  public internal(set) var calls = 0
  let seed: UInt64
  let stream: String
  /// m of the last matrix: `follow` cannot follow a matrix of another shape.
  var rows: Int?

  /// - Parameters:
  ///   - tolerance: by default √ε: the error of the values is of the order of its square, so of rounding.
  ///   - powerIterations: 2 suffice for most spectra (Halko, Martinsson and Tropp 2011, section 4.5).
  ///   - stream: the name of the random streams of `seed` that Gaussian directions are drawn from.
  public init(
    rank: Int, oversampling: Int = 10, tolerance: Scalar? = nil, powerIterations: Int = 2, maximumIterations: Int = 100,
    seed: UInt64, stream: String = "subspace"
  ) {
    precondition(rank >= 1 && oversampling >= 0 && powerIterations >= 0 && maximumIterations >= 1)
    (self.rank, self.oversampling, self.maximumIterations) = (rank, oversampling, maximumIterations)
    (self.powerIterations, self.seed, self.stream) = (powerIterations, seed, stream)
    self.tolerance = tolerance ?? Scalar.ulpOfOne.squareRoot()
  }

  /// Makes `vectors` the start of the next call: k×n, k ≤ n, rows of any norm that approximately span the leading right
  /// singular vectors. Rows beyond l are ignored, missing ones drawn.
  public mutating func start(from vectors: Matrix<Scalar>) {
    begin(from: vectors.orthonormalizingRows().q, calls: 0, rows: nil)
  }

  /// Takes the state of another value with the same settings: its `start` (k×n, orthonormal rows), `left` (k×m, the same),
  /// `needsWholeIteration` and `calls`. The next calls give the same bits.
  public mutating func resume(start: Matrix<Scalar>?, left: Matrix<Scalar>?, needsWholeIteration: Bool, calls: Int) {
    precondition(calls >= 0)
    (self.start, self.left, self.needsWholeIteration, self.calls, rows) = (start, left, needsWholeIteration, calls, nil)
  }

  /// The SVD of A (m×n) to rank min(D, m, n), to the `tolerance`. The next call begins with its vectors.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public mutating func decompose(_ a: Matrix<Scalar>) throws(LinearAlgebraError) -> SubspaceResult<Scalar> {
    try a.requireFinite()
    guard min(a.rows, a.columns) > 0 else { return .empty(rows: a.rows, columns: a.columns) }
    let scale = a.maxNorm > 0 ? Scalar.powerOfTwo(near: a.maxNorm) : 1
    let (result, next) = try converged(
      a.map { $0 / scale }, from: block(for: a, drawingGuards: true).block, origin: fits(a) ? .warm : .cold)
    begin(from: result.svd.singularValues[0] > 0 ? next : nil, calls: 0, rows: a.rows)
    return try result.scaledBack(by: scale)
  }

  /// The SVD of A (m×n), which differs little from the matrix of the last call, to rank min(D, m, n), by one iteration.
  ///
  /// Where the new vectors lie far outside the old block, a direction had been lost: then there are more iterations, and
  /// `origin` is `.recovered`. Without a start of the right size, or where squares overflow or vanish, this is `decompose(_:)`.
  /// - Parameter workers: share the products with A; the bits do not depend on them.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public mutating func track(
    _ a: some LinearMap<Scalar>, workers: Workers = Workers(count: 1)
  ) throws(LinearAlgebraError) -> SubspaceResult<Scalar> {
    // The largest value tells whether the matrix needs scaling; a pass over its elements would take as long as half a product.
    // NaN fails the comparison too.
    guard fits(a), let (result, next) = try? tracked(a, workers: workers), let largest = result.svd.singularValues.first,
      Self.ordinary.contains(largest)
    else { return try decompose(a.matrix) }
    begin(from: next, calls: calls + 1, rows: a.rows)
    return result
  }

  private mutating func begin(from start: Matrix<Scalar>?, calls: Int, rows: Int?) {
    (self.start, left, needsWholeIteration, self.calls, self.rows) = (start, nil, true, calls, rows)
  }

  /// Values whose squares and products with ε neither overflow nor vanish.
  static var ordinary: ClosedRange<Scalar> {
    let low = (Scalar.leastNormalMagnitude / Scalar.ulpOfOne).squareRoot()
    return low...(1 / low)
  }
}
