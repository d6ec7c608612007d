/// Predicts the energy Σ λ of the leading directions that more rows of a Krylov space would add, from the energies of the last three
/// looks at it.
///
/// What is missing falls geometrically with the rows, x(k) ∝ exp(−ρ k), and then faster, because a larger space also tells the
/// leading directions from the others better. So the prediction is from above. For looks at a, b and c rows,
///
///     x(a) / x(b) = exp(ρ (b − a)),   x(b) / x(c) = exp(ρ (c − b))
///
/// where the differences of x are known gains.
struct KrylovConvergence {
  /// Rows between looks, as far as nothing is predicted.
  let step: Int
  /// Rows at which to look next.
  private(set) var next: Int
  /// The last energy.
  var kept: Double { seen.last?.kept ?? 0 }

  private var seen: [(rows: Int, kept: Double)] = []

  init(first: Int, step: Int) { (next, self.step) = (first, step) }

  /// Takes account of the energy `kept` by a space of `rows` rows, of `total`.
  /// - Parameter tolerance: the energy that may be missed.
  /// - Returns: whether no more than that is missing.
  mutating func isEnough(rows: Int, kept: Double, of total: Double, within tolerance: Double) -> Bool {
    seen.append((rows, kept))
    next = rows + step
    guard seen.count >= 2, let gain = gains.last else { return false }
    if gain.kept <= 0.01 * tolerance { return true }
    guard let (missing, rate) = prediction, missing <= total - kept else { return false }
    if missing <= tolerance { return true }
    // Half the way to where it is predicted to be enough, because it may be sooner; and never far twice in succession.
    if gain.rows <= step {
      next = rows + max(step, min(rows, Int(0.5 * Elementary.log(missing / tolerance) / rate)))
    }
    return false
  }

  /// The gain since the last look.
  func gain(to kept: Double) -> Double { kept - self.kept }

  /// The gains of the last two intervals, and their rows.
  private var gains: [(rows: Int, kept: Double)] {
    zip(seen, seen.dropFirst()).suffix(2).map { ($1.rows - $0.rows, $1.kept - $0.kept) }
  }

  /// x(c) and ρ; `nil` where the gains do not fall.
  private var prediction: (missing: Double, rate: Double)? {
    guard gains.count == 2, gains.allSatisfy({ $0.kept > 0 }) else { return nil }
    let (before, now) = (gains[0], gains[1])
    var (missing, rate) = (0.0, 0.0)
    for _ in 0..<8 {
      rate = Elementary.log((missing + before.kept + now.kept) / (missing + now.kept)) / Double(before.rows)
      missing = now.kept / (Elementary.exp(rate * Double(now.rows)) - 1)
    }
    return missing.isFinite && rate > 0 ? (missing, rate) : nil
  }
}
