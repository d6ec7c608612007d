import Foundation
import Results

/// An axis of accuracies whose steps are factors of the error, 100 − accuracy.
///
/// From 90 to 99 % is as far as from 99 to 99.9 %. So a network at 70 % and the difference between 98.0 and 98.2 % are both
/// visible, which a linear axis cannot do. The marks are accuracies.
struct AccuracyScale {
  let lowest: Double
  let highest: Double
  /// The error at which 100 % is drawn: zero has no logarithm.
  private let leastError: Double
  private let hasPerfect: Bool

  /// The scale that holds `accuracies`, in percent, with a margin.
  /// - Parameter worst: where the axis begins, if that is not by what it holds.
  init(holding accuracies: [Double], from worst: Double? = nil) {
    let errors = accuracies.map { max(100 - $0, 0) }
    hasPerfect = errors.contains(0)
    leastError = min((errors.filter { $0 > 0 }.min() ?? 1) / 2, 0.5)
    let positions = errors.map { [leastError] in -log10(max($0, leastError)) }
    let (low, high) = (positions.min() ?? -2, positions.max() ?? 0)
    let margin = max(0.08 * (high - low), 0.03)
    // The next round accuracy above gets a mark if it is near.
    let above = [0.1, 0.2, 0.5, 1, 2, 5, 10].map { -log10($0) }.filter { $0 > high && $0 < high + 3 * margin }.min()
    (lowest, highest) = (
      worst.map { -log10(100 - $0) } ?? (low - 1.5 * margin), max(high + margin, (above ?? high) + 0.2 * margin)
    )
  }

  /// The scale that holds means and intervals, in percent, from 0 to 100 %: an interval may be longer than the axis.
  init(holding intervals: [Interval]) {
    self.init(holding: intervals.flatMap { [$0.mean, max($0.lower, 0)] + ($0.upper <= 100 ? [$0.upper] : []) })
  }

  /// The positions of the mean, the lower and the upper end; an end beyond 100 % is the end of the axis.
  func positions(_ interval: Interval) -> [Double] {
    [position(interval.mean), position(interval.lower), interval.upper <= 100 ? position(interval.upper) : highest]
  }

  /// The position of `accuracy` on the axis.
  func position(_ accuracy: Double) -> Double { -log10(max(100 - accuracy, leastError)) }

  /// Marks at round errors, in the coarsest steps that give at least four.
  var ticks: Ticks {
    let rows = [[10, 20, 50]] + [10, 5, 2, 1].map { Array(stride(from: 10, to: 100, by: $0)) }
    let candidates = rows.map { ticks(mantissas: $0.map { Double($0) / 10 }) }
    return Ticks(marks: candidates.first { $0.count >= 4 } ?? candidates[candidates.count - 1])
  }

  private func ticks(mantissas: [Double]) -> [(value: Double, text: String)] {
    var result: [(value: Double, text: String)] = []
    for exponent in -4...1 {
      for mantissa in mantissas {
        let error = mantissa * pow(10, Double(exponent))
        if error > leastError * 1.2 || !hasPerfect { result.append((-log10(error), Self.label(100 - error))) }
      }
    }
    result.append((-2, "0"))
    if hasPerfect { result.append((-log10(leastError), "100")) }
    // Of two whose texts would touch, such as 99 and 99.05, the rounder one stays.
    var kept: [(value: Double, text: String)] = []
    for mark in result.filter({ (lowest...highest).contains($0.value) }).sorted(by: { $0.text.count < $1.text.count })
    where !kept.contains(where: { abs($0.value - mark.value) < 0.05 * (highest - lowest) }) {
      kept.append(mark)
    }
    return kept.sorted { $0.value < $1.value }
  }

  private static func label(_ accuracy: Double) -> String {
    let text = String(format: "%.4f", accuracy)
    return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }
}
