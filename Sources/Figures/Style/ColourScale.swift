import Foundation

/// Colours from dark to light whose lightness rises evenly, so that their order is visible in grey and to all kinds of colour
/// vision: nine of viridis (Smith and van der Walt 2015), and what lies between them.
enum ColourScale {
  private static let anchors: [[Double]] = [
    [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
  ]

  /// The colour at `position`, from 0 (dark) to 1 (light), as `#rrggbb`.
  static func colour(_ position: Double) -> String { hex(mixed(position)) }

  /// The same as a number, for `lc rgb variable`.
  static func number(_ position: Double) -> Double {
    mixed(position).reduce(0) { 256 * $0 + $1.rounded() }
  }

  /// Whether black text is easier to read on the colour than white: by its luminance (ITU-R BT.709).
  static func isLight(_ position: Double) -> Bool {
    zip(mixed(position), [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 } > 128
  }

  /// `colour`, `#rrggbb`, mixed with a share of white.
  static func lighter(_ colour: String, by share: Double) -> String {
    let number = Int(colour.dropFirst(), radix: 16) ?? 0
    return hex([16, 8, 0].map { Double(number >> $0 & 255) * (1 - share) + 255 * share })
  }

  private static func mixed(_ position: Double) -> [Double] {
    let place = min(max(position, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(place), anchors.count - 2)
    return zip(anchors[index], anchors[index + 1]).map { $0 + (place - Double(index)) * ($1 - $0) }
  }

  private static func hex(_ parts: [Double]) -> String {
    "#" + parts.map { String(format: "%02X", Int($0.rounded())) }.joined()
  }
}
