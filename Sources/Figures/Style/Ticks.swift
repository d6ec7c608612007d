import Foundation

/// The marks of an axis with their texts, as arguments of gnuplot's `set xtics`.
enum Ticks {
  /// Marks at 1, 2 and 5 times the powers of ten; at the powers alone if there would be more than eight.
  static func logarithmic(
    from low: Double, to high: Double, powersOnly: Bool = false, label: (Double) -> String = number
  ) -> String {
    // gnuplot reports what is wrong with such an axis.
    guard low > 0, low.isFinite, high.isFinite, low <= high else { return "()" }
    let powers = Int(floor(log10(low)))...Int(ceil(log10(high)))
    let fine = powers.flatMap { power in [1.0, 2, 5].map { $0 * pow(10, Double(power)) } }
    let inside = fine.filter { low...high ~= $0 }
    let whole = powers.map { pow(10, Double($0)) }.filter { low...high ~= $0 }
    let shown = inside.count <= 8 && !powersOnly ? inside : whole
    return list(shown.map { ($0, label($0)) })
  }

  /// Marks at each of `values`, on a logarithmic axis; a text that would touch the previous one is left out.
  static func values(_ values: [Int]) -> String {
    let sorted = Set(values).sorted()
    let span = log(Double(max(sorted.last ?? 1, 2))) - log(Double(max(sorted.first ?? 1, 1)))
    var last = -Double.infinity
    return list(
      sorted.map { value in
        let position = log(Double(max(value, 1)))
        guard position - last >= 0.05 * span else { return (Double(value), "") }
        last = position
        return (Double(value), "\(value)")
      })
  }

  /// A count in k (thousands) or M (millions).
  static func count(_ value: Double) -> String {
    switch value {
    case 1e6...: number(value / 1e6) + " M"
    case 1e3...: number(value / 1e3) + " k"
    default: number(value)
    }
  }

  /// Seconds in s, ms or µs.
  static func duration(_ seconds: Double) -> String { duration(seconds, number: number) }

  static func duration(_ seconds: Double, number: (Double) -> String) -> String {
    switch seconds {
    case 0.9995...: number(seconds) + " s"
    case 0.9995e-3...: number(seconds * 1e3) + " ms"
    default: number(seconds * 1e6) + " µs"
    }
  }

  /// A decimal without trailing zeros.
  static func number(_ value: Double) -> String { String(format: "%g", value) }

  /// At least three digits, and all digits before the point.
  static func threeDigits(_ value: Double) -> String {
    let decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3
    return String(format: "%.\(decimals)f", value)
  }

  private static func list(_ marks: [(Double, String)]) -> String {
    "(" + marks.map { "\(quoted($0.1)) \($0.0)" }.joined(separator: ", ") + ")"
  }
}
