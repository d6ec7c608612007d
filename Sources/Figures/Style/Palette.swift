/// Greys that are visible in print.
enum Palette {
  static let text = "#222222"
  static let quiet = "#555555"
  static let axis = "#666666"
  static let grid = "#dddddd"
}
