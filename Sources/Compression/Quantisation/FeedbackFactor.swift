import LinearAlgebra

/// A metric C, and its factor by which errors are fed back, with the columns in the order of ascending C_jj.
struct FeedbackFactor {
  /// Column j here is column `order[j]` of the matrix. The last is rounded first.
  let order: [Int]
  /// C: n×n.
  let metric: Matrix<Double>
  /// F_ij = L_ij / L_jj, how much of the error of column i is added to column j < i, in pieces.
  let blocks: [Block]

  /// Some columns that follow each other.
  struct Block {
    let columns: Range<Int>
    /// F for the errors of these columns, zero on the diagonal and above.
    let within: Matrix<Double>
    /// F for the errors of all columns behind these.
    let behind: Matrix<Double>
  }

  /// Columns of a block: those behind it are fed back by one product, those within it one by one.
  private static let blockSize = 32

  /// The diagonal grows by this part of itself, so that a singular metric has a factor too.
  static let damping = 1e-4

  /// Factors C (n×n), damped. Where C_jj is 0, nothing is fed back to column j or from it.
  init(of unordered: Matrix<Double>) {
    let n = unordered.rows
    let order = (0..<n).sorted { (unordered[$0, $0], $0) < (unordered[$1, $1], $1) }
    let metric = Matrix(rows: n, columns: n) { unordered[order[$0], order[$1]] }
    // C is scaled to a unit diagonal, so that large and small columns are damped alike. Its elements are then within −1 … 1.
    let roots = (0..<n).map { metric[$0, $0] > 0 ? metric[$0, $0].squareRoot() : 0 }
    var damping = Self.damping
    func factored() -> Cholesky? {
      Cholesky(
        of: Matrix(rows: n, columns: n) { i, j in
          let size = roots[i] * roots[j]
          return i == j ? 1 + damping : size > 0 ? max(-1, min(1, metric[i, j] / size)) : 0
        })
    }
    var factor = factored()
    while n > 0, factor == nil {
      damping *= 10
      factor = factored()
    }
    let lower = factor?.lower ?? metric
    (self.order, self.metric) = (order, metric)
    func feedback(from rows: Range<Int>, to columns: Range<Int>) -> Matrix<Double> {
      Matrix(rows: rows.count, columns: columns.count) {
        let (i, j) = (rows.lowerBound + $0, columns.lowerBound + $1)
        return i > j && roots[j] > 0 ? lower[i, j] / lower[j, j] * (roots[i] / roots[j]) : 0
      }
    }
    blocks = stride(from: 0, to: n, by: Self.blockSize).map { start in
      let columns = start..<min(n, start + Self.blockSize)
      return Block(
        columns: columns, within: feedback(from: columns, to: columns),
        behind: feedback(from: columns.upperBound..<n, to: columns))
    }
  }
}
