import LinearAlgebra
import NeuralNetwork
import Testing

@testable import Compression

@Suite struct ErrorFeedbackTests {
  static let workers = Workers(count: 2)

  static func rows(_ m: Int, _ n: Int, seed: UInt64 = 1) -> Matrix<Double> {
    var stream = RandomStream(seed: seed, name: "rows")
    return .normal(rows: m, columns: n, from: &stream)
  }

  static func quantise(_ a: Matrix<Double>, _ metric: Matrix<Double>, bits: Int) throws -> QuantisedMatrix {
    try ErrorFeedback.quantise(a, metric: metric, bits: bits, workers: workers)
  }

  /// (a − q) C (a − q)ᵀ of each row.
  static func errors(_ a: Matrix<Double>, _ quantised: QuantisedMatrix, _ metric: Matrix<Double>) -> [Double] {
    let e = a - quantised.matrix(of: Double.self), product = e * metric
    return (0..<a.rows).map { row in (0..<a.columns).reduce(0) { $0 + e[row, $1] * product[row, $1] } }
  }

  /// The codes and scales of GPTQ as it is published, in plain loops.
  @Test(arguments: [MetricFamily.identity, .covariance, .activations, .gradedAndCorrelated])
  func reference(family: MetricFamily) throws {
    for (m, n) in [(3, 1), (5, 7), (6, 33), (2, 70)] {
      for bits in QuantisedMatrix.widths {
        let a = Self.rows(m, n), metric = family.matrix(n)
        let quantised = try Self.quantise(a, metric, bits: bits)
        let naive = NaiveErrorFeedback(metric: metric, bits: bits, damping: FeedbackFactor.damping)
        for row in 0..<m {
          let (codes, scale) = naive.quantised((0..<n).map { a[row, $0] })
          #expect(quantised.codes[row * n..<(row + 1) * n].map { Int($0) } == codes, "\(m)×\(n), \(bits) bits, row \(row)")
          #expect(Double(quantised.scales[row]) == scale, "\(m)×\(n), \(bits) bits, row \(row)")
        }
      }
    }
  }

  /// No row has a larger error than the same row plainly rounded with the best of the same scales.
  @Test(arguments: MetricFamily.allCases)
  func neverWorseThanRounding(family: MetricFamily) throws {
    for (m, n) in [(1, 1), (9, 5), (5, 33), (3, 90)] {
      for bits in QuantisedMatrix.widths {
        let a = Self.rows(m, n), metric = family.matrix(n)
        let naive = NaiveErrorFeedback(metric: metric, bits: bits, damping: FeedbackFactor.damping)
        for (row, error) in Self.errors(a, try Self.quantise(a, metric, bits: bits), metric).enumerated() {
          let rounded = naive.roundingError((0..<n).map { a[row, $0] })
          // Rounding errors of the sums themselves.
          let noise = 1e-13 * metric.maxNorm * Double(n * n)
          #expect(error <= rounded * (1 + 1e-12) + noise, "\(m)×\(n), \(bits) bits, row \(row)")
        }
      }
    }
  }

  /// Where inputs are correlated, feedback leaves a fraction of the error of rounding.
  @Test func feedbackPays() throws {
    let a = Self.rows(4, 96), metric = MetricFamily.activations.matrix(96)
    for (bits, share) in [(2, 0.3), (3, 0.3), (4, 0.3), (8, 0.3)] {
      let naive = NaiveErrorFeedback(metric: metric, bits: bits, damping: FeedbackFactor.damping)
      let rounded = (0..<4).map { row in naive.roundingError((0..<96).map { a[row, $0] }) }.reduce(0, +)
      let error = Self.errors(a, try Self.quantise(a, metric, bits: bits), metric).reduce(0, +)
      #expect(error < share * rounded, "\(bits) bits: \(error / rounded)")
    }
  }

  /// More bits, smaller error.
  @Test(arguments: MetricFamily.allCases.filter(\.isDefinite))
  func moreBits(family: MetricFamily) throws {
    for (m, n) in [(4, 20), (5, 65)] {
      let a = Self.rows(m, n), metric = family.matrix(n)
      let errors = try QuantisedMatrix.widths.map { bits in
        Self.errors(a, try Self.quantise(a, metric, bits: bits), metric)
      }
      for (fewer, more) in zip(errors, errors.dropFirst()) {
        for row in 0..<m { #expect(more[row] < 0.6 * fewer[row], "\(m)×\(n), row \(row)") }
      }
      #expect(errors[0].allSatisfy { $0 > 0 })
    }
  }

  /// The same bits with any number of threads.
  @Test func threads() throws {
    let a = Self.rows(37, 70), metric = MetricFamily.activations.matrix(70)
    let one = try ErrorFeedback.quantise(a, metric: metric, bits: 3, workers: Workers(count: 1))
    for count in [2, 3, 8] {
      #expect(try ErrorFeedback.quantise(a, metric: metric, bits: 3, workers: Workers(count: count)) == one)
    }
  }

  /// Rows are independent of each other: each alone gives what all together give.
  @Test func rowByRow() throws {
    let a = Self.rows(7, 20), metric = MetricFamily.covariance.matrix(20)
    let all = try Self.quantise(a, metric, bits: 4)
    for row in 0..<7 {
      let alone = try Self.quantise(a.rowSlice(row..<row + 1), metric, bits: 4)
      #expect(alone.codes == Array(all.codes[row * 20..<(row + 1) * 20]) && alone.scales == [all.scales[row]])
    }
  }

  /// Columns in another order give the same codes in that order.
  @Test func permutedColumns() throws {
    let n = 40, a = Self.rows(3, n), metric = MetricFamily.covariance.matrix(n)
    var stream = RandomStream(seed: 3, name: "order")
    let order = stream.permutation(n)
    let plain = try Self.quantise(a, metric, bits: 3)
    let permuted = try Self.quantise(
      Matrix(rows: 3, columns: n) { a[$0, order[$1]] }, Matrix(rows: n, columns: n) { metric[order[$0], order[$1]] }, bits: 3
    )
    #expect(permuted.scales == plain.scales)
    #expect(permuted.codes == (0..<3).flatMap { row in order.map { plain.codes[row * n + $0] } })
  }

  /// The size of the metric does not matter, and that of a row is in its scale. Powers of two keep all digits.
  @Test func sizes() throws {
    let a = Self.rows(3, 30), metric = MetricFamily.activations.matrix(30)
    let plain = try Self.quantise(a, metric, bits: 4)
    for size in [0x1p-300, 0x1p-20, 0x1p40, 0x1p300] {
      #expect(try Self.quantise(a, metric.map { $0 * size }, bits: 4) == plain, "\(size)")
    }
    let larger = try Self.quantise(a.map { $0 * 8 }, metric, bits: 4)
    #expect(larger.codes == plain.codes && larger.scales == plain.scales.map { $0 * 8 })
  }

  /// A row of zeros has the smallest scale; and where nothing varies, any codes are right.
  @Test func zeros() throws {
    let zero = try Self.quantise(Matrix(rows: 2, columns: 9), MetricFamily.covariance.matrix(9), bits: 2)
    #expect(zero.scales == [QuantisedMatrix.smallestScale, QuantisedMatrix.smallestScale])
    #expect(zero.matrix(of: Double.self).maxNorm < 1e-7)
    let a = Self.rows(3, 9)
    let rounded = try Self.quantise(a, MetricFamily.zero.matrix(9), bits: 8)
    #expect((rounded.matrix(of: Double.self) - a).maxNorm < 0.005 * a.maxNorm)
    #expect(try Self.quantise(Matrix(rows: 0, columns: 4), .identity(4), bits: 3).codes.isEmpty)
  }

  @Test func valuesThatAreNotFinite() {
    var a = Self.rows(3, 4)
    a[2, 1] = .nan
    #expect(throws: LinearAlgebraError.self) { try Self.quantise(a, .identity(4), bits: 3) }
    var metric = Matrix<Double>.identity(4)
    metric[1, 2] = .infinity
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 2, value: .infinity)) {
      try Self.quantise(Self.rows(3, 4), metric, bits: 3)
    }
    // Scales have 16 bits.
    #expect(throws: LinearAlgebraError.overflow(precision: "Float16")) {
      try Self.quantise(Self.rows(3, 4).map { $0 * 1e6 }, .identity(4), bits: 3)
    }
  }
}
