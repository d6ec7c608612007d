import Results

extension FigureCatalog {
  /// The largest of the three error ratios against the size, with a line at the bound that the manifest has.
  @Sendable static func svdErrorBySize(_ rows: [SVDSizeRow], _ title: SVDTitle) -> Figure? {
    let panels = SVDPanels(rows, value: \.worstRatio)
    guard let least = panels.points.map(\.value).min(), let greatest = panels.points.map(\.value).max() else { return nil }

    var figure = Figure(name: "svd-error-by-size", title: "Errors of the SVDs by size", subtitle: title.errors)
    panels.draw(
      in: &figure, from: 0.6 * least, to: 4 * max(title.bound ?? 0, greatest), y: "largest of the three error ratios (log)",
      text: Ticks.number, threshold: title.bound)
    return figure
  }
}
