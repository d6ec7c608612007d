// The block that an iteration begins with.

extension SubspaceSVD {
  /// Number of directions in the block beyond D and the oversampling. `track` and `follow` draw them again from time to time,
  /// so that a singular vector which the block does not contain is found.
  public static var guards: Int { 2 }
  /// Calls between two draws of the guards. Drawn in each call, they could not grow beyond the small values.
  static var guardPeriod: Int { 8 }
  /// The most iterations of a call of `track` or `follow`.
  static var recoveryIterations: Int { 10 }

  /// Whether there is a start with as many columns as A.
  func fits(_ a: some LinearMap<Scalar>) -> Bool { start?.columns == a.columns && min(a.rows, a.columns) > 0 }

  /// A block of l rows for A (m×n): rows of `start`, then Gaussian ones; and the part of it that comes from `start`.
  ///
  /// - Parameter drawingGuards: whether the last rows are Gaussian even where `start` has enough rows.
  func block(for a: some LinearMap<Scalar>, drawingGuards: Bool) -> (block: Matrix<Scalar>, known: Matrix<Scalar>) {
    let width = min(rank + oversampling + Self.guards, a.rows, a.columns)
    let most = drawingGuards ? max(min(rank, width), width - Self.guards) : width
    let known = fits(a) ? start.map { $0.rowSlice(0..<min($0.rows, most)) } : nil
    guard let known else {
      var cold = RandomStream(seed: seed, name: stream)
      return (.normal(rows: width, columns: a.columns, from: &cold), Matrix(rows: 0, columns: a.columns))
    }
    guard known.rows < width else { return (known, known) }
    var drawn = RandomStream(seed: seed, name: "\(stream)/guards/\(calls)")
    return (known.appendingRows(.normal(rows: width - known.rows, columns: a.columns, from: &drawn)), known)
  }
}
