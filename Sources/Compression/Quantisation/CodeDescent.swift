import LinearAlgebra

/// Coordinate descent on the codes of one row: single codes change by one while (a − q) C (a − q)ᵀ falls.
struct CodeDescent {
  /// Whole numbers from 0 to `largestCode`.
  private(set) var codes: [Double]
  private var errors: [Double]
  private let scale: Double
  private let largestCode: Double

  /// A row, and its errors a − q with codes of this scale.
  init(row: [Double], errors: [Double], scale: Double, largestCode: Double) {
    (self.errors, self.scale, self.largestCode) = (errors, scale, largestCode)
    codes = zip(row, errors).map { a, error in ((a - error) / scale + largestCode / 2).rounded() }
  }

  /// Sweeps over all codes; a few are enough for almost all of the gain.
  private static let sweeps = 8

  mutating func run(metric: Matrix<Double>) {
    let n = codes.count
    // (a − q) C
    var products = Matrix(rows: 1, columns: n, elements: errors) * metric
    for _ in 0..<Self.sweeps {
      var changed = false
      for j in 0..<n where metric[j, j] > 0 {
        let step = products[0, j] > 0 ? 1.0 : -1.0, move = step * scale
        let change = move * (move * metric[j, j] - 2 * products[0, j])
        // Less than rounding errors is no gain.
        guard change < -1e-9 * (move * move * metric[j, j]), (0...largestCode).contains(codes[j] + step) else { continue }
        codes[j] += step
        for i in 0..<n { products[0, i] -= move * metric[j, i] }
        changed = true
      }
      guard changed else { return }
    }
  }
}
