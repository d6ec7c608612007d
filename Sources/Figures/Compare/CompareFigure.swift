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

  /// A bar for each row, from 1 to the ratio, with the ratio and both times at its end.
  @Sendable static func ratios(_ rows: [CompareRow], _ manifest: CompareManifest?) -> Figure? {
    let rows = rows.filter { Ticks.drawable.contains($0.ratio) }
    guard let least = rows.map(\.ratio).min() else { return nil }

    var figure = Figure(
      name: compareName, title: "Times of PyTorch and NumPy relative to lowrank", subtitle: subtitle(rows, manifest),
      height: Figure.height(bars: rows.count))
    figure.add("set arrow from 1, graph 0 to 1, graph 1 nohead front lc rgb '\(Palette.text)' lw 1.5")
    figure.plot(
      rows.map { row in
        Bar(
          name: "\(row.work.title): \(row.peer.title)", from: min(1, row.ratio), to: max(1, row.ratio), text: row.text,
          style: PlotStyle(of: row.peer))
      }, x: "their time divided by ours (log scale): above 1, lowrank is faster", from: min(0.9, 0.7 * least),
      isLogarithmic: true)
    return figure
  }

  private static func subtitle(_ rows: [CompareRow], _ manifest: CompareManifest?) -> String {
    let (fewest, most) = (rows.map(\.runs).min() ?? 0, rows.map(\.runs).max() ?? 0)
    let peers = manifest.map {
      "; \($0.ours.machine), PyTorch \(titleText($0.peers.torch)), NumPy \(titleText($0.peers.numpy))"
    }
    return "medians of \(fewest < most ? "\(fewest) to " : "")\(most) runs\(peers ?? "")"
  }
}

extension CompareRow {
  /// The text at the end of the row's bar.
  fileprivate var text: String { "\(Ticks.threeDigits(ratio)) × \(Self.duration(ours)) = \(Self.duration(theirs))" }

  private static func duration(_ seconds: Double) -> String { Ticks.duration(seconds, number: Ticks.threeDigits) }
}

extension CompareRow.Work {
  fileprivate var title: String {
    switch self {
    case .denseEpoch: "dense training"
    case .dynamicEveryStep: Method.dynamic.title(.step)
    case .fullSVDFiveLayers: "full SVD of W1 … W5"
    case .truncatedSVDRank20: "SVD to D = 20"
    }
  }
}

extension CompareRow.Peer {
  fileprivate var title: String {
    switch self {
    case .pytorch: "PyTorch"
    case .pytorchRandomised: "svd_lowrank"
    case .pytorchEqualError: "at equal error"
    case .numpy: "NumPy"
    }
  }
}
