import Foundation

/// A text in one of gnuplot's SVGs, and the rectangle that it takes at least.
struct SVGText: Hashable {
  let text: String
  let left, top, right, bottom: Double

  /// The texts of `svg`, each once: a title is drawn again with each panel.
  static func all(in svg: String) -> [SVGText] {
    let pattern =
      /<g transform="translate\(([-\d.]+),([-\d.]+)\)( rotate\([-\d.]+\))?[^>]*font-size="([\d.]+)" +text-anchor="(\w+)">\s*<text>([^<]+)</
    var seen: Set<SVGText> = []
    return svg.matches(of: pattern).compactMap { match in
      guard let x = Double(match.1), let y = Double(match.2), let size = Double(match.4) else { return nil }
      let text = SVGText(String(match.6), x: x, y: y, isRotated: match.3 != nil, size: size, anchor: match.5)
      return seen.insert(text).inserted ? text : nil
    }
  }

  private init(_ text: String, x: Double, y: Double, isRotated: Bool, size: Double, anchor: Substring) {
    self.text = text
    // Narrower than letters are on average.
    let width = size * text.unicodeScalars.reduce(0) { $0 + (0x1100...0x1FFF ~= $1.value || $1.value > 0x2E80 ? 1 : 0.45) }
    let start = anchor == "end" ? -width : anchor == "middle" ? -width / 2 : 0
    (left, right) = isRotated ? (x - 0.7 * size, x) : (x + start, x + start + width)
    (top, bottom) = isRotated ? (y - start - width, y - start) : (y - 0.7 * size, y)
  }

  func overlaps(_ other: SVGText) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }
}
