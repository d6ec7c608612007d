import Files
import Foundation

extension FigureCatalog {
  /// Draws the singular values of a model's matrices as small panels, in the format that the suffix of `path` says.
  ///
  /// Up to 24 matrices have a panel each. More of them share a panel if their names differ in numbers only, such as those of the
  /// layers of a transformer; then the colour is the layer. If that makes too many panels, the smallest are left out, and the
  /// figure says how many.
  /// - Parameters:
  ///   - model: its name, for the title.
  ///   - spectra: in the order of the panels.
  ///   - path: ends in `.svg`, `.png` or `.pdf`.
  ///   - log: takes gnuplot's warnings.
  /// - Throws: `FileError` for another suffix, no matrix, or a file that cannot be written; `GnuplotError` if gnuplot is missing
  ///   or stops. Then an earlier file stays as it was.
  public static func draw(
    model: String, spectra: [LayerSpectrum], to path: String, log: (String) -> Void = { _ in }
  ) throws {
    _ = try terminal(of: path)
    guard !spectra.isEmpty else { throw FileError(path: path, found: "no matrix to draw", expected: "at least one") }
    try draw(modelSpectra(model, spectra), to: path, log: log)
  }

  /// Draws one figure to one file, in the format that its suffix says.
  static func draw(_ figure: Figure, to path: String, log: (String) -> Void) throws {
    let terminal = try terminal(of: path)
    do {
      let (bytes, warnings) = try figure.draw(on: terminal)
      if !warnings.isEmpty { log("\(path): gnuplot: \(warnings)") }
      try AtomicFile.write(terminal.withoutTime(bytes), to: path)
    } catch let error as GnuplotError {
      throw GnuplotError(figure: path, reason: error.reason)
    }
  }

  /// Checks before a long work that a figure can be written to `path`.
  /// - Throws: `FileError` for a suffix that is not the name of a format, or a file that cannot be written.
  public static func probe(figure path: String) throws(FileError) {
    _ = try terminal(of: path)
    try AtomicFile.probe(file: path)
  }

  private static func terminal(of path: String) throws(FileError) -> GnuplotTerminal {
    let suffix = URL(fileURLWithPath: path).pathExtension
    guard let terminal = GnuplotTerminal(rawValue: suffix.lowercased()) else {
      throw FileError(
        path: path, found: suffix.isEmpty ? "no suffix" : "the suffix .\(suffix)", expected: ".svg, .png or .pdf")
    }
    return terminal
  }

  /// A panel for each group of matrices: σᵢ / σ₁ on a logarithmic axis against i as a share of all, which matrices of every shape
  /// have in common.
  static func modelSpectra(_ model: String, _ spectra: [LayerSpectrum]) -> Figure {
    let all = SpectrumGroup.groups(of: spectra, atMost: mostPanels)
    let groups = SpectrumGroup.largest(mostPanels, of: all)
    let layers = groups.flatMap(\.layers)
    // The axis ends below the marks: what is there does not matter, and would take most of it.
    let marked = layers.compactMap { layer in layer.rank(ofEnergy: 0.99).flatMap { layer.ratios?[$0 - 1] } }
    let height = groups.count == 1 ? 300 : groups.count < 4 ? 200 : 120
    let part = GridPart(name: "relative value", holding: [1, (marked.min() ?? 1) / 10], height: height)
    let grid = PanelGrid(count: groups.count, parts: [part], mostColumns: 3, titleLines: 2)

    let heading = shortened("Singular values of " + printable(model), size: 18, width: Double(Figure.width) - 40)
    let more = all.count - groups.count
    var figure = Figure(
      name: "", title: heading, subtitle: subtitle(spectra.count, groups, more: more), height: grid.height)
    figure.add("set logscale y")
    figure.add("set xrange [0:100]")
    figure.add("set multiplot")
    let scale = DepthScale(holding: groups.compactMap(\.depths).flatMap { $0 })
    for ((index, group), name) in zip(groups.enumerated(), names(of: groups, width: grid.width)) {
      let marks = Ticks(marks: [0, 25, 50, 75, 100].map { ($0, Ticks.number($0)) })
      grid.place(index, part: 0, in: &figure, x: "rank, % of min(m, n)", xMarks: marks)
      grid.addTitle(index, name, group.shape, in: &figure)
      figure.plot(group, scale, above: part.low, steps: grid.width)
    }
    let marks = SpectrumMark.allCases.filter { mark in layers.contains { mark.rank(of: $0) != nil } }
    figure.addKey(
      [KeyEntry(title: "break-even rank mn/(m + n)", line: breakEvenLine)]
        + marks.map { KeyEntry(title: $0.title, points: $0.points(colour: "'\(Palette.text)'")) }
        + [scale.entry].compactMap { $0 })
    return figure
  }

  private static let mostPanels = 24
  fileprivate static let breakEvenLine = "lc rgb '\(Palette.quiet)' lw 0.8"

  /// The groups' names as they fit above panels of this width; an ending that all weights have says nothing.
  private static func names(of groups: [SpectrumGroup], width: Int) -> [String] {
    let (names, ending) = (groups.map { printable($0.name) }, ".weight")
    let isCommon = names.allSatisfy { $0.hasSuffix(ending) }
    return shortened(
      isCommon ? names.map { String($0.dropLast(ending.count)) } : names, size: 13, width: Double(width) + 24)
  }

  private static func subtitle(_ count: Int, _ groups: [SpectrumGroup], more: Int) -> String {
    let areTogether = groups.contains { $0.layers.count > 1 }
    let largest = "the \(groups.count) largest\(areTogether ? " groups" : ""), and \(more) more that are not shown"
    return "\(count) \(count == 1 ? "matrix" : "matrices")"
      + (areTogether ? ", together where names differ only in numbers" : "") + (more > 0 ? ": \(largest)" : "")
      + "; relative to the largest value of each (log scale)"
  }
}

extension Figure {
  /// Plots the lines of a group, with their marks and break-even ranks.
  /// - Parameters:
  ///   - low: the lower end of the y axis.
  ///   - steps: at most so many points a line.
  fileprivate mutating func plot(_ group: SpectrumGroup, _ scale: DepthScale, above low: Double, steps: Int) {
    let isAlone = group.layers.count == 1
    let positions = group.depths?.map(scale.position)
    // A matrix that is zero has nothing to be relative to.
    let lines = group.layers.enumerated().compactMap { index, layer in
      layer.ratios.map { (layer: layer, ratios: $0, position: positions?[index]) }
    }
    let shares = Set(lines.map { 100 * $0.layer.breakEven / Double($0.ratios.count) }).sorted()
    // Of many shapes, the least and the greatest are enough.
    for share in shares.count > 3 ? [shares[0], shares[shares.count - 1]] : shares {
      add("set arrow from \(share), graph 0 to \(share), graph 1 nohead back \(FigureCatalog.breakEvenLine)")
    }
    var plots: [String] = []
    // One point makes no line; it has marks.
    for (_, ratios, position) in lines where ratios.count > 1 {
      let step = { $0 * steps / ratios.count }
      let kept = ratios.indices.filter { $0 == ratios.count - 1 || $0 == 0 || step($0) > step($0 - 1) }
      // A logarithmic axis has no 0: the line leaves it.
      let block = addData([
        kept.map { 100 * Double($0 + 1) / Double(ratios.count) }, kept.map { max(ratios[$0], low / 100) },
      ])
      let colour = position.map(ColourScale.colour) ?? Palette.text
      plots.append("\(block) using 1:2 with lines lc rgb '\(colour)' lw \(isAlone ? 2 : 1) notitle")
    }
    for mark in SpectrumMark.allCases {
      let marked = lines.compactMap { line in mark.rank(of: line.layer).map { (line, $0) } }
      guard !marked.isEmpty else { continue }
      let block = addData([
        marked.map { 100 * Double($1) / Double($0.ratios.count) }, marked.map { max($0.ratios[$1 - 1], low) },
        marked.map { line, _ in line.position.map(ColourScale.number) ?? 0 },
      ])
      let style = mark.points(colour: positions == nil ? "'\(Palette.text)'" : "variable", isAlone: isAlone)
      plots.append("\(block) using 1:2:3 with points \(style) notitle")
    }
    if lines.isEmpty {
      add("set label 'all values are 0' at graph 0.5, graph 0.5 center tc rgb '\(Palette.quiet)'")
      plots = ["NaN with lines lw 1 notitle"]
    }
    plot(plots)
    add("unset label")
    add("unset arrow")
  }
}
