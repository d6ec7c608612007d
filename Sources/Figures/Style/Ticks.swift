import Foundation

/// The marks of an axis with their texts.
struct Ticks {
  let marks: [(value: Double, text: String)]

  /// Values that a logarithmic axis shows: the ends of the axis and the ratio of two values are numbers as well.
  static let drawable = 1e-100...1e100

  /// The size of a text, in pixels of the SVG.
  private static let size = 15.0

  /// As arguments of gnuplot's `set xtics`.
  var list: String { "(" + marks.map { "\(quoted($0.text)) \($0.value)" }.joined(separator: ", ") + ")" }

  /// The distance from a y axis to the middle of its name.
  var gap: Int { 30 + Int(marks.map { textWidth($0.text, size: Self.size) }.max() ?? 0) }

  /// The distance from the left edge to a y axis, if it has a name.
  var margin: Int { gap + 14 }

  /// The same marks without texts.
  var unnamed: Ticks { Ticks(marks: marks.map { ($0.value, "") }) }

  /// Marks of a logarithmic axis, from two to `most`: at 1, 2 and 5 times the powers of ten if they are few enough, else at
  /// powers. A short axis has marks in equal steps.
  static func logarithmic(
    from low: Double, to high: Double, atMost most: Int = 8, text: (Double) -> String = number
  ) -> Ticks {
    // gnuplot reports what is wrong with such an axis.
    guard low > 0, low.isFinite, high.isFinite, low < high else { return Ticks(marks: []) }
    let powers = Array(Int(floor(log10(low)))...Int(ceil(log10(high))))
    let fine = powers.flatMap { power in [1.0, 2, 5].map { $0 * pow(10, Double(power)) } }.filter { low...high ~= $0 }
    let coarse = [1, 2, 5, 10, 20, 50, 100].lazy.map { step in
      powers.filter { $0 % step == 0 }.map { pow(10, Double($0)) }.filter { low...high ~= $0 }
    }
    let values = fine.count <= most ? fine : coarse.first { $0.count <= most } ?? []
    return Ticks(marks: (values.count > 1 ? values : linear(from: low, to: high, atMost: most)).map { ($0, text($0)) })
  }

  /// Marks from 0 to `last` in whole steps, whose texts have room on an axis that is `pixels` long.
  static func counts(to last: Int, pixels: Int) -> Ticks {
    let values = linear(from: 0, to: Double(last), atMost: min(most(pixels: pixels, widest: "\(last)"), 9), atLeast: 1)
    return Ticks(marks: values.map { ($0, number($0)) })
  }

  /// How many marks have room for their texts on an x axis that is `pixels` long.
  static func most(pixels: Int, widest: String) -> Int { 1 + Int(Double(pixels) / (textWidth(widest, size: size) + 8)) }

  /// From two to `most` multiples of 1, 2 or 5 times a power of ten, which is at least `least`.
  private static func linear(from low: Double, to high: Double, atMost most: Int, atLeast least: Double = 0) -> [Double] {
    let finest = max(pow(10, floor(log10((high - low) / Double(most)))), least)
    for step in [1, 2, 5, 10].map({ $0 * finest }) {
      let (first, last) = (ceil(low / step), floor(high / step))
      if last - first < Double(most), first <= last {
        return stride(from: first, through: last, by: 1).map { $0 * step }
      }
    }
    return []
  }

  /// Marks at each of `values` on a logarithmic axis from `low` to `high` that is `pixels` long. A text that would touch the
  /// one before it is left out.
  static func values(_ values: [Int], from low: Double, to high: Double, pixels: Int) -> Ticks {
    var free = -Double.infinity
    return Ticks(
      marks: Set(values).sorted().map { value in
        let middle = Double(pixels) * log(Double(max(value, 1)) / low) / log(high / low)
        let half = textWidth("\(value)", size: size) / 2
        guard middle - half >= free else { return (Double(value), "") }
        free = middle + half + 4
        return (Double(value), "\(value)")
      })
  }

  /// The same marks on a linear axis from `low` to `high` that is `pixels` long; a text that would touch the one before it, or
  /// that goes far beyond the axis, is left out.
  func fitting(from low: Double, to high: Double, pixels: Int) -> Ticks {
    var free = -Double.infinity
    return Ticks(
      marks: marks.sorted { $0.value < $1.value }.map { value, text in
        let middle = Double(pixels) * (value - low) / (high - low)
        let half = textWidth(text, size: Self.size) / 2
        guard middle - half >= max(free, -10), middle + half <= Double(pixels) + 10 else { return (value, "") }
        free = middle + half + 8
        return (value, text)
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

  /// Bytes in kB (1,000) or MB (1,000,000).
  static func bytes(_ value: Double) -> String {
    switch value {
    case 1e6...: number(value / 1e6) + " MB"
    case 1e3...: number(value / 1e3) + " kB"
    default: number(value) + " B"
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
}
