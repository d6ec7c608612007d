// What an iteration begins with.

extension SubspaceSVD {
  /// Directions in the block beside those asked for and the oversampling. From time to time `track` draws them anew, so that
  /// a singular vector which the block has lost, or never had, is found.
  public static var guards: Int { 2 }
  /// The guards are left to grow for as many calls: drawn anew in each, they would never stand out from small values.
  static var guardPeriod: Int { 8 }
  /// How many iterations a call of `track` makes at most.
  static var recoveryIterations: Int { 10 }

  /// Whether there is a start, of as many columns as A. The rows of the matrix that it comes from do not matter.
  func fits(_ a: some LinearMap<Scalar>) -> Bool {
    start?.columns == a.columns && min(a.rows, a.columns) > 0
  }

  /// A block of l rows for A (m×n): those of `start` as far as they fit, then Gaussian ones; and of it, what was in `start`.
  ///
  /// - Parameter drawingGuards: whether the last rows are Gaussian in any case.
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
