import Foundation
import Results

extension Figures {
  /// The size of every network's file, as bars.
  @Sendable static func bytes(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = grouped(rows.results)
    guard !groups.isEmpty else { return nil }

    let step = 26
    let bottom = 72 + step * (groups.count + 1)
    let largest = groups.map { Self.megabytes($0) }.max() ?? 1
    var figure = Figure(name: "bytes", title: "Bytes on disk", of: title, height: bottom + 60)
    figure.place(left: 190, right: 780, top: 72, bottom: bottom)
    figure.add("unset key")
    figure.add("set border 1")
    figure.add("unset grid")
    figure.add("set grid xtics lc rgb '\(Ink.grid)' lt 1 lw 0.6")
    figure.add("set xlabel 'size of the weights'' file (MB, 1 MB = 1,000,000 bytes)'")
    figure.add("set xrange [0:\(1.3 * largest)]")
    figure.add("set yrange [\(Double(groups.count) + 0.5):-0.5]")
    let names = groups.enumerated().map { "\(quoted($1.key.legendWithRank)) \($0)" }
    figure.add("set ytics (\(names.joined(separator: ", "))) scale 0")

    var plots: [String] = []
    for (row, group) in groups.enumerated() {
      let size = Self.megabytes(group)
      let text = "\(Self.threeDigits(size)) MB, \(Self.percent(group.rows[0].byteRatio)) %"
      figure.add("set label \(quoted(text)) at \(size), \(row) left offset 0.7,0 font ',13' tc rgb '\(Ink.text)'")
      let block = figure.add([[0], [Double(row)], [0], [size], [Double(row) - 0.36], [Double(row) + 0.36]])
      plots.append("\(block) using 1:2:3:4:5:6 with boxxyerror \(Look(of: group.key).fill) notitle")
    }
    figure.add("plot " + plots.joined(separator: ", "))
    return figure
  }

  /// The same for every seed.
  private static func megabytes(_ group: Group<ResultRow>) -> Double { Double(group.rows[0].bytes) / 1e6 }

  private static func percent(_ ratio: Double) -> String { threeDigits(100 * ratio) }

  private static func threeDigits(_ value: Double) -> String {
    let decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3
    return String(format: "%.\(decimals)f", value)
  }
}
