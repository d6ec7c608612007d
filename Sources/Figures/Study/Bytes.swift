import Foundation
import Results

extension FigureCatalog {
  /// The size of every network's file, as bars.
  @Sendable static func bytes(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.results.byNetwork()
    guard !groups.isEmpty else { return nil }

    let step = 26
    let bottom = 72 + step * groups.count + 8
    let largest = groups.map { Double($0.rows[0].bytes) }.max() ?? 1
    let (unit, size, inFull) = largest < 1e6 ? ("kB", 1e3, "1,000") : ("MB", 1e6, "1,000,000")
    var figure = Figure(name: "bytes", title: "Bytes on disk", of: title.withoutSeeds, height: bottom + 60)
    figure.place(
      left: 225, right: 780, top: 72, bottom: bottom,
      x: "size of the file (\(unit), \(inFull) bytes); percentages are of the baseline")
    figure.add("set border 1")
    figure.add("unset grid")
    figure.add("set grid xtics lc rgb '\(Palette.grid)' lt 1 lw 0.6")
    figure.add("set xrange [0:\(1.3 * largest / size)]")
    figure.add("set yrange [\(Double(groups.count) - 0.4):-0.6]")
    let names = groups.enumerated().map { "\(quoted($1.key.legendWithRank)) \($0)" }
    figure.add("set ytics (\(names.joined(separator: ", "))) scale 0")

    var plots: [String] = []
    for (row, group) in groups.enumerated() {
      // The same for every seed.
      let length = Double(group.rows[0].bytes) / size
      let text = "\(Self.threeDigits(length)) \(unit), \(Self.percent(group.rows[0].byteRatio)) %"
      figure.add("set label \(quoted(text)) at \(length), \(row) left offset 0.7,0 font ',13' tc rgb '\(Palette.text)'")
      let block = figure.add([[0], [Double(row)], [0], [length], [Double(row) - 0.36], [Double(row) + 0.36]])
      plots.append("\(block) using 1:2:3:4:5:6 with boxxyerror \(PlotStyle(of: group.key).fill) notitle")
    }
    figure.add("plot " + plots.joined(separator: ", "))
    return figure
  }

  private static func percent(_ ratio: Double) -> String { threeDigits(100 * ratio) }

  /// At least three digits, and all before the point.
  static func threeDigits(_ value: Double) -> String {
    let decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3
    return String(format: "%.\(decimals)f", value)
  }
}
