/// The leading part of an SVD by block subspace iteration (Bauer 1957; Halko, Martinsson and Tropp 2011).
///
/// `decompose` iterates until the residual is small, from a Gaussian block or from given vectors; `track` does one iteration
/// from the last call's right singular vectors, which is enough for a matrix that changes little from call to call; `follow`
/// does half of one, which is enough where it changes very little, as weights do in a step of training.
///
/// An iteration, for a block of l = min(D + oversampling + `guards`, m, n) rows that span a guess of the leading right
/// singular vectors:
///
///     Y = A blockᵀ,  Q = qr(Y)            m×l, by Householder
///     Z = Qᵀ A                            l×n, so that A ≈ Q Z
///     U, S, Vᵀ = SVD of Q Z               the Ritz values and vectors; Vᵀ is the next block
///
/// What holds of a result, with σ the singular values of A and ρ the result's `residual`:
///
///     sᵢ ≤ σᵢ,   |sᵢ − some σ| ≤ ρ,   ‖A − U S Vᵀ‖₂ ≤ σ_{D+1} + 1.5 ρ
///
/// all but for rounding, the last with the probability of a Gaussian block of l rows finding the leading D directions. The
/// values are within ρ² / (σ_D − σ_{l+1}) of the leading σ where there is such a gap.
public struct SubspaceSVD<Scalar: BLASScalar>: Sendable {
  /// D: how many singular values are asked for.
  public let rank: Int
  /// How many more directions are iterated, so that the last ones asked for converge too.
  public let oversampling: Int
  /// `decompose` ends when ρ ≤ `tolerance` · s_{D+1}, or where that is less than rounding, ρ ≤ 4 max(m, n) ε s₁.
  public let tolerance: Scalar
  /// Iterations from a Gaussian block before the first Ritz values are looked at.
  public let powerIterations: Int
  /// `decompose` ends with the full SVD where the residual is not small after so many iterations, or will not be by the rate
  /// at which it falls, as the values hardly fall off.
  public let maximumIterations: Int
  /// Right singular vectors to go on from, l×n; `nil` before the first call, and after a matrix of zeros, which has none.
  public internal(set) var start: Matrix<Scalar>?
  /// Left singular vectors, l×m: after a call of `follow` that found them, which the next one goes on from.
  public internal(set) var left: Matrix<Scalar>?
  /// Whether the next call of `follow` does both halves of an iteration, as the vectors have turned too far for one; also where
  /// it is not known.
  public internal(set) var needsWholeIteration = true
  /// Calls of `track` and `follow` from `start` on; the guards' streams go by it.
  public internal(set) var calls = 0
  let seed: UInt64
  let stream: String
  /// Of the last matrix, where there was one: `follow` is not for one of another shape.
  var rows: Int?

  /// - Parameters:
  ///   - tolerance: by default √ε, so that the values, whose error goes with the square, are right to rounding.
  ///   - powerIterations: 2 suffice where values fall off at all (Halko, Martinsson and Tropp 2011, section 4.5).
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

  /// Makes `vectors` the start of the next call: k×n, k ≤ n, rows of any length that span a guess of the leading right
  /// singular vectors. Rows beyond l are left out, missing ones drawn.
  public mutating func start(from vectors: Matrix<Scalar>) {
    begin(from: vectors.orthonormalizingRows().q, calls: 0, rows: nil)
  }

  /// Goes on where another with the same settings was: from its `start` (k×n, orthonormal rows), `left` (k×m, the same),
  /// `needsWholeIteration` and `calls`, bit for bit.
  public mutating func resume(start: Matrix<Scalar>?, left: Matrix<Scalar>?, needsWholeIteration: Bool, calls: Int) {
    precondition(calls >= 0)
    (self.start, self.left, self.needsWholeIteration, self.calls, rows) = (start, left, needsWholeIteration, calls, nil)
  }

  /// The SVD of A (m×n) to rank min(D, m, n), to the `tolerance`; afterwards `start` holds what the next call begins with.
  ///
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

  /// The SVD of A (m×n), little different from the last call's matrix, to rank min(D, m, n), by one iteration from `start`.
  ///
  /// Where the new vectors lie far outside the old block, a direction had been lost: then there are more iterations, and the
  /// result says so. Without a fitting start, or with a matrix whose squares would overflow or vanish, it is `decompose(_:)`.
  /// - Parameter workers: share the products with A; the bits do not depend on them.
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public mutating func track(
    _ a: some LinearMap<Scalar>, workers: Workers = Workers(count: 1)
  ) throws(LinearAlgebraError) -> SubspaceResult<Scalar> {
    // A matrix of ordinary size needs no scaling, and a pass over it to find out would cost as much as half a product.
    // One with NaN in it ends here too: it has no largest value.
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
