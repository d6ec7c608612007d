import Foundation
import Results

extension FigureCatalog {
  /// The figure of the comparison with PyTorch and NumPy, by file name without extension.
  public static let compareName = "ratios"

  /// Draws the peers' times divided by ours, as SVG, PNG and PDF.
  /// - Parameters:
  ///   - table: `compare.csv`; its manifest is the `.json` beside it.
  ///   - folder: where the figure goes, `figures/compare`.
  /// - Returns: the paths written.
  /// - Throws: as `draw(results:to:log:isCancelled:)`, which has the other parameters as well.
  public static func draw(
    compare table: String, to folder: String, log: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> [String] {
    let (rows, manifest): ([CompareRow], CompareManifest?) = try read(table)
    return try draw([(compareName, ratios)], rows, manifest, from: table, to: folder, log: log, isCancelled: isCancelled)
  }

  /// A bar for each row, from 1 to the ratio, with the ratio and both times at its end. With several processors, the name of each
  /// is above its bars.
  @Sendable static func ratios(_ rows: [CompareRow], _ manifest: CompareManifest?) -> Figure? {
    let rows = rows.filter { Ticks.drawable.contains($0.ratio) }
    guard let least = rows.map(\.ratio).min() else { return nil }
    let processors = rows.enumerated().filter { place, row in !rows[..<place].contains { $0.processor == row.processor } }
    let bars = processors.flatMap { _, first -> [Bar] in
      let style = PlotStyle(of: first.peer)
      let name = Bar(name: "on \(titleText(first.processor)):", from: 1, to: 1, text: "", style: style)
      return (processors.count > 1 ? [name] : []) + rows.filter { $0.processor == first.processor }.map(bar)
    }
    var figure = Figure(
      name: compareName, title: "Times of PyTorch and NumPy relative to lowrank", subtitle: subtitle(rows, manifest),
      height: Figure.height(bars: bars.count))
    figure.add("set arrow from 1, graph 0 to 1, graph 1 nohead front lc rgb '\(Palette.text)' lw 1.5")
    figure.plot(
      bars, x: "their time divided by ours (log scale): above 1, lowrank is faster", from: min(0.9, 0.7 * least),
      isLogarithmic: true)
    return figure
  }

  private static func bar(_ row: CompareRow) -> Bar {
    Bar(
      name: "\(row.work.title): \(row.peer.title)", from: min(1, row.ratio), to: max(1, row.ratio), text: row.text,
      style: PlotStyle(of: row.peer))
  }

  private static func subtitle(_ rows: [CompareRow], _ manifest: CompareManifest?) -> String {
    let (fewest, most) = (rows.map(\.runs).min() ?? 0, rows.map(\.runs).max() ?? 0)
    let processors = Set(rows.map(\.processor))
    let machines = (manifest?.machines ?? []).filter { processors.contains($0.ours.processor) }
    let versions = machines.map { "PyTorch \(titleText($0.peers.torch)), NumPy \(titleText($0.peers.numpy))" }
    let facts = machines.map(\.ours.machine) + versions.enumerated().filter { !versions[..<$0].contains($1) }.map(\.element)
    return (["medians of \(fewest < most ? "\(fewest) to " : "")\(most) runs"] + facts).joined(separator: "; ")
  }
}

extension CompareRow {
  /// The text at the end of the row's bar.
  fileprivate var text: String {
    "\(Ticks.threeDigits(ratio)) × \(Self.duration(ours.median)) = \(Self.duration(theirs.median))\(isNoisy ? " (noisy)" : "")"
  }

  private static func duration(_ seconds: Double) -> String { Ticks.duration(seconds, number: Ticks.threeDigits) }
}

extension CompareRow.Work {
  fileprivate var title: String {
    switch self {
    case .denseEpoch: "dense training"
    case .denseEpochWithoutZeros: "the same without zeros"
    case .dynamicEveryStep: Method.dynamic.title(.step)
    case .dynamicEveryStepWithoutZeros: "the same without zeros"
    case .fullSVDFiveLayers: "full SVD of W1 … W5"
    case .truncatedSVDTrack: "SVD to D = 20, an iteration"
    case .truncatedSVDFollow: "half an iteration"
    case .krylovSVD2048: "SVD to D = 128 of 2048×2048"
    case .krylovSVD4096: "of 4096×4096"
    }
  }
}

extension CompareRow.Peer {
  fileprivate var title: String {
    switch self {
    case .pytorch: "PyTorch"
    case .pytorchRandomised: "svd_lowrank"
    case .pytorchEqualError: "at equal error"
    case .pytorchWarm: "warm start in PyTorch"
    case .numpy: "NumPy"
    }
  }
}
