import Foundation
import Results

extension Figures {
  /// The singular values of every compressed layer before and after dynamic SVD, a panel a layer.
  @Sendable static func spectra(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let shown = rows.spectra.filter { $0.singularValue > 0 && $0.singularValue.isFinite }
    let layers = Set(shown.map(\.layer)).sorted()
    guard !layers.isEmpty else { return nil }

    let groups = series(grouped(shown)).compactMap(\.first)
    let ranks = Set(groups.compactMap(\.key.rank)).sorted()
    let values = shown.map(\.singularValue)
    // Below a ten-millionth of the largest there is only rounding.
    let high = 1.5 * (values.max() ?? 1)
    let low = max(0.7 * (values.min() ?? 1), 1e-7 * high)
    let columns = layers.count < 2 ? 2 : layers.count < 4 ? 2 : layers.count < 9 ? 3 : 4
    let grid = PanelGrid(count: layers.count + 1, columns: columns)

    let name = title.text.replacing("median and range of", with: "median of")
    var figure = Figure(name: "spectra", title: "Singular values before and after dynamic SVD",
      of: StudyTitle(text: name), height: grid.height)
    figure.add("set logscale xy")
    figure.add("set xrange [1:\(shown.map(\.index).max() ?? 1)]")
    figure.add("set yrange [\(low):\(high)]")
    figure.add("set xtics \(Ticks.logarithmic(from: 1, to: Double(shown.map(\.index).max() ?? 1), powersOnly: true))")
    figure.add("set ytics \(Ticks.logarithmic(from: low, to: high, powersOnly: true))")
    figure.add("unset key")
    figure.add("set multiplot")
    for rank in ranks {
      figure.add("set arrow from \(rank), graph 0 to \(rank), graph 1 nohead lc rgb '\(Ink.quiet)' dt 3 lw 1.2")
    }
    for (index, layer) in layers.enumerated() {
      grid.place(index, in: &figure)
      figure.add("set label 3 'W\(layer)' at graph 0.96, graph 0.9 right tc rgb '\(Ink.text)'")
      figure.add(grid.isLeftmost(index) ? "set ylabel 'singular value'" : "unset ylabel")
      figure.add(grid.isLowest(index) ? "set xlabel 'index (log scale)'" : "unset xlabel")
      let plots = groups.map { group in
        let line = Self.medians(of: shown.filter { $0.layer == layer && $0.key.isSameKind(as: group.key) })
        return "\(figure.add([line.map(\.index), line.map(\.value)])) using 1:2 with lines \(Look(of: group.key).line)"
      }
      figure.add("plot " + plots.joined(separator: ", "))
      figure.add("unset label")
    }
    figure.addKey(of: groups, ranks: ranks, at: layers.count, in: grid)
    figure.add("unset multiplot")
    return figure
  }

  /// The median over the seeds of each singular value.
  private static func medians(of rows: [SpectrumRow]) -> [(index: Double, value: Double)] {
    Dictionary(grouping: rows, by: \.index).sorted { $0.key < $1.key }.compactMap { index, rows in
      Spread(rows.map(\.singularValue)).map { (Double(index), $0.median) }
    }
  }
}

extension NetworkKey {
  fileprivate func isSameKind(as other: NetworkKey) -> Bool { (method, cadence) == (other.method, other.cadence) }
}

extension Figure {
  /// The key in a panel of its own, where it hides nothing.
  fileprivate mutating func addKey(of groups: [Group<SpectrumRow>], ranks: [Int], at index: Int, in grid: PanelGrid) {
    grid.place(index, in: &self)
    for command in ["border", "tics", "grid", "xlabel", "ylabel", "arrow", "logscale"] { add("unset \(command)") }
    add("set xrange [0:1]")
    add("set yrange [0:1]")
    add("set key at graph 0.5, graph 0.5 center center vertical Left reverse samplen 3 spacing 1.5")
    var entries = groups.map { group in
      let name = group.key.method == .dense ? "before (baseline)" : "after (\(group.key.legend))"
      return "keyentry with lines \(Look(of: group.key).line) title \(quoted(name))"
    }
    if !ranks.isEmpty {
      let names = ranks.map { "\($0)" }.joined(separator: ", ")
      entries.append("keyentry with lines lc rgb '\(Ink.quiet)' dt 3 lw 1.2 title 'D = \(names)'")
    }
    add("plot " + entries.joined(separator: ", "))
  }
}

/// Panels of equal size in rows and columns, with room for labels on the left and below.
struct PanelGrid {
  let count: Int
  let columns: Int

  private static let (top, left, gap, foot, panel) = (72, 75, 38, 50, 175)
  private var rows: Int { (count + columns - 1) / columns }

  var height: Int { Self.top + rows * Self.panel + (rows - 1) * Self.gap + Self.foot }

  /// Adds the place of panel `index` to `figure`, counted along the rows.
  func place(_ index: Int, in figure: inout Figure) {
    let width = (Figure.width - Self.left - 20 - (columns - 1) * Self.gap) / columns
    let left = Self.left + index % columns * (width + Self.gap)
    let top = Self.top + index / columns * (Self.panel + Self.gap)
    figure.place(left: left, right: left + width, top: top, bottom: top + Self.panel)
  }

  func isLeftmost(_ index: Int) -> Bool { index % columns == 0 }

  /// Whether no panel with an axis lies below; the last panel is the key.
  func isLowest(_ index: Int) -> Bool { index + columns >= count - 1 }
}
