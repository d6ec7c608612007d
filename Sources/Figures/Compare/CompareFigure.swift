import Foundation
import Results

extension FigureCatalog {
  /// The figure of the comparison with PyTorch and NumPy, by file name without extension.
  public static let compareName = "ratios"

  /// Draws how many times as long as ours the peers' work takes, as SVG, PNG and PDF.
  /// - Parameters:
  ///   - table: `compare.csv`; what made it is in a `.json` beside it, if that is there.
  ///   - folder: where the figure goes, `figures/compare`; it is made if it is missing.
  ///   - log: takes a line if there is nothing to draw, and gnuplot's warnings.
  ///   - isCancelled: asked before the figure.
  /// - Returns: the paths written.
  /// - Throws: as `draw(results:to:log:isCancelled:)`.
  public static func draw(
    compare table: String, to folder: String, log: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> [String] {
    precondition(table.hasSuffix(".csv"))
    let rows = try CompareRow.read(from: table)
    let manifest = try CompareManifest.readIfPresent(from: table.dropLast("csv".count) + "json")
    return try draw(
      [(compareName, { ratios(rows, manifest) })], from: table, to: folder, log: log, isCancelled: isCancelled)
  }

  /// A bar a row, from 1 to the ratio, with the ratio and both times at its end.
  static func ratios(_ rows: [CompareRow], _ manifest: CompareManifest?) -> Figure? {
    let rows = rows.filter { $0.ratio > 0 && $0.ratio.isFinite }
    guard let least = rows.map(\.ratio).min(), let greatest = rows.map(\.ratio).max() else { return nil }

    let bottom = 72 + 30 * rows.count + 8
    var figure = Figure(
      name: compareName, title: "Time of PyTorch and NumPy over ours", subtitle: subtitle(rows, manifest),
      height: bottom + 60)
    figure.place(
      left: 290, right: 780, top: 72, bottom: bottom, x: "their time over ours (log scale); above 1 lowrank is faster")
    figure.add("set border 1")
    figure.add("unset grid")
    figure.add("set grid xtics lc rgb '\(Palette.grid)' lt 1 lw 0.6")
    figure.add("set logscale x")
    let low = min(0.9, 0.7 * least)
    // The longest bar leaves room for its text.
    let high = low * pow(1.3 * max(greatest, 1) / low, 1.7)
    figure.add("set xrange [\(low):\(high)]")
    figure.add("set yrange [\(Double(rows.count) - 0.4):-0.6]")
    figure.add("set xtics \(Ticks.logarithmic(from: low, to: 1.3 * max(greatest, 1)))")
    let names = rows.enumerated().map { "\(quoted("\($1.work.legend): \($1.peer.legend)")) \($0)" }
    figure.add("set ytics (\(names.joined(separator: ", "))) scale 0")

    var plots: [String] = []
    for (index, row) in rows.enumerated() {
      figure.add(
        "set label \(quoted(row.label)) at \(max(row.ratio, 1)), \(index) left offset 0.7,0 "
          + "font ',13' tc rgb '\(Palette.text)'")
      let (from, to) = (min(1, row.ratio), max(1, row.ratio))
      let block = figure.add([[1], [Double(index)], [from], [to], [Double(index) - 0.34], [Double(index) + 0.34]])
      plots.append("\(block) using 1:2:3:4:5:6 with boxxyerror \(PlotStyle(of: row.peer).fill) notitle")
    }
    figure.add("set arrow from 1, graph 0 to 1, graph 1 nohead front lc rgb '\(Palette.text)' lw 1.5")
    figure.add("plot " + plots.joined(separator: ", "))
    return figure
  }

  private static func subtitle(_ rows: [CompareRow], _ manifest: CompareManifest?) -> String {
    let (least, most) = (rows.map(\.runs).min() ?? 0, rows.map(\.runs).max() ?? 0)
    let turns = least < most ? "\(least) to \(most)" : "\(most)"
    let made = manifest.map { manifest in
      let (ours, peers) = (manifest.ours, manifest.peers)
      return "; \(printable(ours.processor)), \(ours.threads) thread\(ours.threads == 1 ? "" : "s"), "
        + "PyTorch \(printable(peers.torch)), NumPy \(printable(peers.numpy))"
    }
    return "medians of \(turns) turns\(made ?? "")"
  }
}

extension CompareRow {
  /// At the end of its bar.
  fileprivate var label: String { "\(FigureCatalog.threeDigits(ratio)) × \(Self.duration(ours)) = \(Self.duration(theirs))" }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case 0.9995...: FigureCatalog.threeDigits(seconds) + " s"
    case 0.9995e-3...: FigureCatalog.threeDigits(seconds * 1e3) + " ms"
    default: FigureCatalog.threeDigits(seconds * 1e6) + " µs"
    }
  }
}

extension CompareRow.Work {
  /// In a figure.
  fileprivate var legend: String {
    switch self {
    case .denseEpoch: "dense training"
    case .dynamicEveryStep: "dynamic SVD in each step"
    case .fullSVDFiveLayers: "full SVD of W1 … W5"
    case .truncatedSVDRank20: "SVD to D = 20"
    }
  }
}

extension CompareRow.Peer {
  /// In a figure.
  fileprivate var legend: String {
    switch self {
    case .pytorch: "PyTorch"
    case .pytorchRandomised: "svd_lowrank"
    case .pytorchEqualError: "at equal error"
    case .numpy: "NumPy"
    }
  }
}
