import Results

extension FigureCatalog {
  /// The time of one SVD against the size of the matrix.
  @Sendable static func svdTimeBySize(_ rows: [SVDSizeRow], _ title: SVDTitle) -> Figure? {
    let panels = SVDPanels(rows, value: \.seconds)
    guard let least = panels.points.map(\.value).min(), let greatest = panels.points.map(\.value).max() else { return nil }

    var figure = Figure(name: "svd-time-by-size", title: "Time of an SVD by size", subtitle: title.times)
    panels.draw(
      in: &figure, from: 0.6 * least, to: 1.7 * greatest, y: "time of one SVD (log)", text: Ticks.duration
    ) { row in
      // More than half of the runs, so that the median is one of them.
      2 * (row.fullSVDs ?? 0) > row.runs ? "+ full SVD" : nil
    }
    return figure
  }
}
