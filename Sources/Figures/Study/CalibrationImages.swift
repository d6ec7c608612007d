import Results

extension FigureCatalog {
  /// Test accuracy against the number of calibration images, a line for each way to choose ranks and each D.
  @Sendable static func calibrationImages(_ rows: StudyResults, _ title: StudyTitle) -> Figure? {
    let groups = rows.results.byNetwork()
    let matched = groups.filter {
      ($0.key.experiment, $0.key.method, $0.key.bits) == (.part4, .matched, 32) && $0.key.calibrationImages != nil
    }
    let lines = Dictionary(grouping: matched) { "\($0.key.titleWithRank)" }.values
      .map { $0.sorted { images($0) < images($1) } }
      .filter { Set($0.map(images)).count > 1 }
      .sorted { ($0[0].key.rank ?? 0, $0[0].key.title) < ($1[0].key.rank ?? 0, $1[0].key.title) }
    let counts = lines.flatMap { $0.map(images) }
    guard let least = counts.min(), let most = counts.max() else { return nil }

    let baseline = groups.first { $0.key.method == .dense }
    let (low, high) = (0.8 * least, 1.25 * most)
    let shown = lines.flatMap { $0 } + [baseline].compactMap { $0 }
    var plot = AccuracyPlot(
      Figure(name: "calibration-images", title: "Test accuracy by calibration images", subtitle: title.text),
      scale: AccuracyScale(holding: shown.compactMap { $0.interval(of: \.testAccuracy) }),
      x: "calibration images (log scale)", from: low, to: high,
      ticks: Ticks.values(counts.map { Int($0) }, from: low, to: high, pixels: AccuracyPlot.leastWidth))
    if let baseline { plot.addLine(at: baseline, style: PlotStyle(of: baseline.key).line, title: baseline.key.title) }
    for (index, line) in lines.enumerated() {
      plot.addPoints(
        of: line, style: PlotStyle(index, of: lines.count), title: line[0].key.titleWithRank, isJoined: true, x: images)
    }
    return plot.finished()
  }

  private static func images(_ group: NetworkGroup<ResultRow>) -> Double { Double(group.key.calibrationImages ?? 1) }
}
