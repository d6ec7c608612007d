import Results

extension FigureCatalog {
  /// The largest of the three error ratios against the size, under the threshold that LAPACK's tests have.
  @Sendable static func svdErrorBySize(_ rows: [SVDSizeRow], _ title: SVDTitle) -> Figure? {
    let panels = SVDPanels(rows, value: \.worstRatio)
    guard let least = panels.points.map(\.value).min(), let greatest = panels.points.map(\.value).max() else { return nil }

    let threshold = 50.0
    var figure = Figure(name: "svd-error-by-size", title: "Errors of the SVDs by size", subtitle: title.errors)
    panels.draw(
      in: &figure, from: 0.6 * least, to: 4 * max(threshold, greatest), y: "largest of the three error ratios (log)",
      gap: 66, label: Ticks.number, threshold: threshold)
    return figure
  }
}
