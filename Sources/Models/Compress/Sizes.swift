import Foundation

/// A size of a file: bytes, or a share of the file before.
public enum FileSize: Sendable, Equatable {
  case bytes(Int)
  case share(Double)

  /// Units of bytes, by their names without regard to case.
  private static let units = [
    "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
  ]

  /// `40%`, `12MB`, `1.5 GiB`, `300000`; `nil` for other text, and for no size.
  public init?(_ text: String) {
    let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
    let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    guard let value = Double(number), value > 0, value.isFinite else { return nil }
    if unit == "%" {
      self = .share(value / 100)
    } else if let factor = Self.units[unit], value * Double(factor) < 1e18 {
      self = .bytes(Int(value * Double(factor)))
    } else {
      return nil
    }
  }

  /// In bytes.
  func bytes(of before: Int) -> Int {
    switch self {
    case .bytes(let bytes): bytes
    case .share(let share): Int(min(share * Double(before), 1e18))
    }
  }
}

/// Sizes as people read them.
public enum Sizes {
  /// `912 B`, `45.1 kB`, `90.9 MB`, `1.25 GB`: decimal units.
  public static func text(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return unit == 0 ? "\(bytes) B" : "\(digits(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)) \(units[unit])"
  }

  /// `41.3 %`
  public static func percent(_ bytes: Int, of whole: Int) -> String {
    "\(digits(100 * Double(bytes) / Double(max(1, whole)), 1)) %"
  }

  private static func digits(_ value: Double, _ count: Int) -> String { String(format: "%.\(count)f", value) }
}
