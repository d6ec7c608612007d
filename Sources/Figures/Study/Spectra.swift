import Foundation
import Results

extension FigureCatalog {
  /// The singular values of every compressed layer before and after dynamic SVD, and what they became relative to before.
  @Sendable static func spectra(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let shown = rows.spectra.filter { Ticks.drawable.contains($0.singularValue) }
    let layers = Set(shown.map(\.layer)).sorted()
    guard !layers.isEmpty else { return nil }

    let groups = shown.byNetwork()
    let styles = plotStyles(of: groups.map(\.key))
    // A rank a layer is no D.
    let ranks = Set(groups.filter { [nil, .uniform].contains($0.key.allocation) }.compactMap(\.key.rank)).sorted()
    let before = Dictionary(
      shown.filter { $0.key.method == .dense }.map { (SingularValue(of: $0), $0.singularValue) }, uniquingKeysWith: { $1 })
    // The same seed before and after.
    let ratio = { (row: SpectrumRow) in before[SingularValue(of: row)].map { row.singularValue / $0 } }
    let hasRatios = shown.contains { $0.key.method == .dynamic && ratio($0) != nil }

    // The axes hold what is at least a hundredth of the matrix's largest value: the rest would take most of them.
    let greatest = Dictionary(grouping: shown, by: \.layer).mapValues { $0.map(\.singularValue).max() ?? 0 }
    let large = shown.filter { $0.singularValue >= 0.01 * greatest[$0.layer, default: 0] }
    var parts = [
      GridPart(name: "singular value", holding: large.map(\.singularValue), height: hasRatios ? 115 : 175)
    ]
    if hasRatios { parts.append(GridPart(name: "after / before", holding: [1] + large.compactMap(ratio), height: 115)) }
    let grid = PanelGrid(count: layers.count, parts: parts)

    let heading = hasRatios ? "Singular values before and after dynamic SVD" : "Singular values"
    var figure = Figure(
      name: "spectra", title: heading, subtitle: title.text + "; all axes are logarithmic", height: grid.height)
    figure.add("set logscale xy")
    let indices = max(shown.map(\.index).max() ?? 1, 2)
    figure.add("set xrange [1:\(indices)]")
    let widest = "\(Int(pow(10, floor(log10(Double(indices))))))"
    let marks = Ticks.logarithmic(from: 1, to: Double(indices), atMost: Ticks.most(pixels: grid.width, widest: widest))
    figure.add("set multiplot")
    for rank in ranks where rank <= indices {
      figure.add("set arrow from \(rank), graph 0 to \(rank), graph 1 nohead lc rgb '\(Palette.quiet)' lw 0.8")
    }
    for (index, layer) in layers.enumerated() {
      for part in grid.parts.indices {
        grid.place(index, part: part, in: &figure, x: "index", xMarks: marks)
        if part == 0 { figure.add("set label 'W\(layer)' at graph 0, graph 1.09 left tc rgb '\(Palette.text)'") }
        let value = part == 0 ? { $0.singularValue } : ratio
        let lines = groups.map { group in intervals(of: group.rows.filter { $0.layer == layer }, value: value) }
        figure.plot(
          zip(lines, styles).compactMap { figure.addBand($0, $1) } + zip(lines, styles).map { figure.addLine($0, $1) })
        figure.add("unset label")
      }
    }
    figure.addKey(keyEntries(of: groups, styles: styles, ranks: ranks))
    return figure
  }

  private static func keyEntries(
    of groups: [NetworkGroup<SpectrumRow>], styles: [PlotStyle], ranks: [Int]
  ) -> [KeyEntry] {
    let entries = zip(groups, styles).map { group, style in
      KeyEntry(title: "\(group.key.method == .dense ? "before" : "after"): \(group.key.titleWithRank)", line: style.line)
    }
    let names = ranks.count > 8 ? "\(ranks[0]) … \(ranks[ranks.count - 1])" : ranks.map { "\($0)" }.joined(separator: ", ")
    return entries + (ranks.isEmpty ? [] : [KeyEntry(title: "D = \(names)", line: "lc rgb '\(Palette.quiet)' lw 0.8")])
  }

  /// The mean over the seeds of `value` at each index, with its interval; without those that have none.
  private static func intervals(
    of rows: [SpectrumRow], value: (SpectrumRow) -> Double?
  ) -> [(index: Double, value: Interval)] {
    Dictionary(grouping: rows, by: \.index).sorted { $0.key < $1.key }.compactMap { index, rows in
      Interval(rows.compactMap(value)).map { (Double(index), $0) }
    }
  }
}

extension Figure {
  /// Adds the intervals of a line as a band; `nil` if there is one seed.
  fileprivate mutating func addBand(_ line: [(index: Double, value: Interval)], _ style: PlotStyle) -> String? {
    guard line.count > 1, line.contains(where: { $0.value.count > 1 }) else { return nil }
    // Steps of 1/60 in the logarithm of the index cannot be seen, and make the file half as large.
    let steps = line.map { Int(60 * log($0.index)) }
    let line = line.indices.filter { [0, line.count - 1].contains($0) || steps[$0] != steps[$0 - 1] }.map { line[$0] }
    // A logarithmic axis has no 0; the axes of this figure end a long way above this.
    let lower = line.map { max($0.value.lower, 1e-3 * $0.value.mean) }
    let block = addData([line.map(\.index), lower, line.map(\.value.upper)])
    return "\(block) using 1:2:3 with filledcurves \(style.band) notitle"
  }

  /// One point makes no line.
  fileprivate mutating func addLine(_ line: [(index: Double, value: Interval)], _ style: PlotStyle) -> String {
    let block = addData([line.map(\.index), line.map(\.value.mean)])
    return "\(block) using 1:2 with \(line.count == 1 ? "points \(style.points)" : "lines \(style.line)") notitle"
  }
}

/// Which singular value of which seed's baseline.
private struct SingularValue: Hashable {
  let seed: UInt64
  let layer, index: Int

  init(of row: SpectrumRow) { (seed, layer, index) = (row.key.seed, row.layer, row.index) }
}
