import Foundation
import Results

extension FigureCatalog {
  /// The singular values of every compressed layer before and after dynamic SVD, one panel for each layer.
  @Sendable static func spectra(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let shown = rows.spectra.filter { $0.singularValue > 0 && $0.singularValue.isFinite }
    let layers = Set(shown.map(\.layer)).sorted()
    guard !layers.isEmpty else { return nil }

    let groups = shown.byNetwork()
    let plotStyles = plotStyles(of: groups.map(\.key))
    let ranks = Set(groups.compactMap(\.key.rank)).sorted()
    let indices = max(shown.map(\.index).max() ?? 1, 2)
    let values = shown.map(\.singularValue).sorted()
    // The smallest hundredth of the values is left out: it would take most of the axis.
    let high = 1.5 * (values.last ?? 1)
    let low = max(0.7 * values[values.count / 100], 1e-5 * high)
    // One panel more, for the key.
    let grid = PanelGrid(count: layers.count + 1, columns: [1, 3].contains(layers.count) ? 2 : layers.count < 9 ? 3 : 4)

    let hasAfter = groups.contains { $0.key.method == .dynamic }
    let heading = hasAfter ? "Singular values before and after dynamic SVD" : "Singular values"
    var figure = Figure(name: "spectra", title: heading, subtitle: title.withoutRange.text, height: grid.height)
    figure.add("set logscale xy")
    figure.add("set xrange [1:\(indices)]")
    figure.add("set yrange [\(low):\(high)]")
    figure.add("set xtics \(Ticks.logarithmic(from: 1, to: Double(indices)))")
    figure.add("set multiplot")
    for rank in ranks {
      figure.add("set arrow from \(rank), graph 0 to \(rank), graph 1 nohead lc rgb '\(Palette.quiet)' lw 1.2")
    }
    for (index, layer) in layers.enumerated() {
      let below = grid.isLowest(index) ? "index (log scale)" : ""
      grid.place(index, in: &figure, x: below, y: grid.isLeftmost(index) ? "singular value (log)" : "")
      figure.add("set label 'W\(layer)' at graph 0.96, graph 0.9 right tc rgb '\(Palette.text)'")
      let labels = grid.isLeftmost(index) ? Ticks.number : { _ in "" }
      figure.add("set ytics \(Ticks.logarithmic(from: low, to: high, powersOnly: true, label: labels))")
      let plots = zip(groups, plotStyles).map { group, style in
        let line = Self.medians(of: group.rows.filter { $0.layer == layer })
        return "\(figure.addData([line.map(\.index), line.map(\.value)])) using 1:2 with lines \(style.line)"
      }
      figure.plot(plots)
      figure.add("unset label")
    }
    grid.place(layers.count, in: &figure)
    let layout = "vertical at graph -0.12, graph 0.45 left center samplen 2 spacing 1.5"
    figure.addKey(keyEntries(of: groups, ranks: ranks), layout: layout)
    return figure
  }

  private static func keyEntries(of groups: [NetworkGroup<SpectrumRow>], ranks: [Int]) -> [String] {
    var entries = zip(groups, plotStyles(of: groups.map(\.key))).map { group, style in
      // There is no room for the method, which the figure's title names.
      let rank = ranks.count > 1 ? ", D = \(group.key.rank ?? 0)" : ""
      let title = group.key.cadence.map { "SVD every \($0.rawValue)\(rank)" } ?? group.key.title
      let name = "\(group.key.method == .dense ? "before" : "after"): \(title)"
      return "with lines \(style.line) title \(quoted(name))"
    }
    if !ranks.isEmpty {
      let names = ranks.map { "\($0)" }.joined(separator: ", ")
      entries.append("with lines lc rgb '\(Palette.quiet)' lw 1.2 title 'D = \(names)'")
    }
    return entries
  }

  /// The median over the seeds of each singular value.
  private static func medians(of rows: [SpectrumRow]) -> [(index: Double, value: Double)] {
    Dictionary(grouping: rows, by: \.index).sorted { $0.key < $1.key }.compactMap { index, rows in
      Spread(rows.map(\.singularValue)).map { (Double(index), $0.median) }
    }
  }
}

/// Panels of equal size in rows and columns.
struct PanelGrid {
  let count: Int
  let columns: Int

  private static let (top, left, gap, foot, panel) = (72, 92, 38, 62, 175)
  private var rows: Int { (count + columns - 1) / columns }

  var height: Int { Self.top + rows * Self.panel + (rows - 1) * Self.gap + Self.foot }

  /// Sets the place of panel `index`, counted along the rows.
  func place(_ index: Int, in figure: inout Figure, x: String = "", y: String = "") {
    let width = (Figure.width - Self.left - 20 - (columns - 1) * Self.gap) / columns
    let left = Self.left + index % columns * (width + Self.gap)
    let top = Self.top + index / columns * (Self.panel + Self.gap)
    figure.place(left: left, right: left + width, top: top, bottom: top + Self.panel, x: x, y: y, gap: 76)
  }

  func isLeftmost(_ index: Int) -> Bool { index % columns == 0 }

  /// Whether no panel with an axis lies below; the last panel is the key.
  func isLowest(_ index: Int) -> Bool { index + columns >= count - 1 }
}
