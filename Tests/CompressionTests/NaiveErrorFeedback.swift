import LinearAlgebra
import NeuralNetwork

@testable import Compression

/// GPTQ as it is published, with the search for a scale, in plain loops.
struct NaiveErrorFeedback {
  let metric: Matrix<Double>
  let bits: Int
  /// Columns in the order in which they are rounded: by descending C_jj.
  private let order: [Int]
  /// The upper Cholesky factor of (C + damping)⁻¹ in that order.
  private let upper: [[Double]]

  init(metric: Matrix<Double>, bits: Int, damping: Double) {
    (self.metric, self.bits) = (metric, bits)
    let order = (0..<metric.rows).sorted { (metric[$0, $0], $0) > (metric[$1, $1], $1) }
    self.order = order
    let damped = order.map { i in order.map { j in metric[i, j] * (i == j ? 1 + damping : 1) } }
    upper = Self.upperCholesky(Self.inverse(damped))
  }

  /// Codes and scale of one row.
  func quantised(_ a: [Double]) -> (codes: [Int], scale: Double) {
    var best = (codes: [Int](), scale: 0.0, value: Double.infinity)
    for feedback in [true, false] {
      for scale in ScaleCandidates.scales(largest: a.map(abs).max() ?? 0, bits: bits) {
        let codes = feedback ? gptq(a, scale: scale) : a.map { code($0, scale: scale) }
        let value = error(a, codes, scale: scale)
        if value < best.value { best = (codes, scale, value) }
      }
    }
    return (best.codes, best.scale)
  }

  /// The best of plain rounding with the same scales.
  func roundingError(_ a: [Double]) -> Double {
    ScaleCandidates.scales(largest: a.map(abs).max() ?? 0, bits: bits)
      .map { scale in error(a, a.map { code($0, scale: scale) }, scale: scale) }.min() ?? .nan
  }

  /// Each column's rounding error is spread over the columns behind it: w_k ← w_k − (w_j − q_j) / T_jj · T_jk.
  private func gptq(_ a: [Double], scale: Double) -> [Int] {
    var w = order.map { a[$0] }
    var codes = [Int](repeating: 0, count: a.count)
    for j in w.indices {
      codes[order[j]] = code(w[j], scale: scale)
      let error = (w[j] - value(codes[order[j]], scale: scale)) / upper[j][j]
      for k in w.indices where k > j { w[k] -= error * upper[j][k] }
    }
    return codes
  }

  /// (a − q) C (a − q)ᵀ
  func error(_ a: [Double], _ codes: [Int], scale: Double) -> Double {
    let e = zip(a, codes).map { $0 - value($1, scale: scale) }
    var sum = 0.0
    for i in e.indices { for j in e.indices { sum += e[i] * metric[i, j] * e[j] } }
    return sum
  }

  private func value(_ code: Int, scale: Double) -> Double { (Double(code) - Double((1 << bits) - 1) / 2) * scale }

  /// The code of the nearest level.
  private func code(_ x: Double, scale: Double) -> Int {
    (0..<1 << bits).min { abs(x - value($0, scale: scale)) < abs(x - value($1, scale: scale)) } ?? 0
  }

  /// By Gauss and Jordan, without pivots, which positive definite matrices do not need.
  private static func inverse(_ matrix: [[Double]]) -> [[Double]] {
    let n = matrix.count
    var a = (0..<n).map { i in matrix[i] + (0..<n).map { i == $0 ? 1 : 0 } }
    for pivot in 0..<n {
      let p = a[pivot][pivot]
      for k in 0..<2 * n { a[pivot][k] /= p }
      for i in 0..<n where i != pivot {
        let factor = a[i][pivot]
        for k in 0..<2 * n { a[i][k] -= factor * a[pivot][k] }
      }
    }
    return a.map { Array($0[n...]) }
  }

  /// T, upper, with H = Tᵀ T.
  private static func upperCholesky(_ h: [[Double]]) -> [[Double]] {
    let n = h.count
    var t = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for i in 0..<n {
      for j in i..<n {
        let sum = (0..<i).reduce(h[i][j]) { $0 - t[$1][i] * t[$1][j] }
        t[i][j] = i == j ? sum.squareRoot() : sum / t[i][i]
      }
    }
    return t
  }
}
