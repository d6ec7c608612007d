import Foundation
import Results

/// A figure of test accuracies over a logarithmic x axis, with the key below.
struct AccuracyPlot {
  private var figure: Figure
  private let scale: AccuracyScale
  private let (low, high): (Double, Double)
  private let left: Int
  private var plots: [String] = []
  private var entries: [KeyEntry] = []
  /// The places of the labels, in pixels.
  private var labels: [(x: ClosedRange<Double>, y: Double)] = []

  private static let (right, top, bottom) = (780, 72, 390)
  /// The width of the plot is at least this, in pixels.
  static let leastWidth = 670

  /// - Parameters:
  ///   - figure: has a title and nothing else.
  ///   - groups: all networks; the y axis holds them.
  ///   - ticks: the marks of the x axis, which is called `x` and goes from `low` to `high`.
  init(_ figure: Figure, of groups: [NetworkGroup<ResultRow>], x: String, from low: Double, to high: Double, ticks: Ticks) {
    self.figure = figure
    scale = AccuracyScale(holding: groups.flatMap(\.rows).map(\.testAccuracy).filter(\.isFinite))
    let marks = scale.ticks
    (self.low, self.high, left) = (low, high, marks.margin)
    self.figure.place(
      left: left, right: Self.right, top: Self.top, bottom: Self.bottom, x: x, y: "test accuracy (%), error on a log scale",
      marks: marks)
    self.figure.add("set logscale x")
    self.figure.add("set xrange [\(low):\(high)]")
    self.figure.add("set xtics \(ticks.list)")
    self.figure.add("set yrange [\(scale.lowest):\(scale.highest)]")
    self.figure.add("set ytics \(marks.list)")
  }

  /// Adds a horizontal line at the accuracy of `group`, with an entry in the key if it has a `title`.
  mutating func addLine(at group: NetworkGroup<ResultRow>, style: String, title: String? = nil) {
    guard let spread = group.spread(of: \.testAccuracy) else { return }
    plots.append("\(scale.position(spread.median)) with lines \(style) notitle")
    if let title { entries.append(KeyEntry(title: title, line: style)) }
  }

  /// Adds a point for each network at its `x`, with a bar from the minimum to the maximum if there are several seeds.
  /// Truncated networks are joined by a line: only these exist for a whole row of ranks.
  mutating func addPoints(of series: [NetworkGroup<ResultRow>], x: (NetworkGroup<ResultRow>) -> Double) {
    let key = series[0].key
    let style = PlotStyle(of: key)
    let isJoined = key.method == .truncated
    let marks = isJoined ? "with linespoints \(style.linePoints)" : "with points \(style.points)"
    entries.append(KeyEntry(title: key.title, line: isJoined ? style.line : nil, points: style.points))
    let points = series.compactMap { group in group.spread(of: \.testAccuracy).map { (x: x(group), spread: $0) } }
    guard !points.isEmpty else { return }
    let heights = [\Spread.median, \.minimum, \.maximum].map { value in
      points.map { scale.position($0.spread[keyPath: value]) }
    }
    let block = figure.addData([points.map(\.x)] + heights)
    // The bars go first: gnuplot clears the place of their points.
    if points.contains(where: { $0.spread.count > 1 }) {
      plots.append("\(block) using 1:2:3:4 with yerrorbars \(style.bars) notitle")
    }
    plots.append("\(block) using 1:2 \(marks) notitle")
  }

  /// Writes `text` of the rank and the accuracy below the point of each truncated network, but over no other text.
  mutating func addLabels(
    to groups: [NetworkGroup<ResultRow>], x: (NetworkGroup<ResultRow>) -> Double, text: (Int, Double) -> String
  ) {
    for group in groups where group.key.method == .truncated {
      guard let rank = group.key.rank, let accuracy = group.spread(of: \.testAccuracy)?.median else { continue }
      let text = text(rank, accuracy)
      guard takesPlace(x: x(group), y: scale.position(accuracy), width: textWidth(text, size: 12)) else { continue }
      figure.add(
        "set label '\(text)' at \(x(group)), \(scale.position(accuracy)) "
          + "left offset graph 0.008,-0.045 font ',12' tc rgb '\(PlotStyle(of: group.key).colour)'")
    }
  }

  /// Keeps the place of a label to the right of a point; whether no label was there.
  private mutating func takesPlace(x: Double, y: Double, width: Double) -> Bool {
    let start = Double(Self.right - left) * log(x / low) / log(high / low)
    let place = (x: start...start + width, y: Double(Self.bottom - Self.top) * y / (scale.highest - scale.lowest))
    guard !labels.contains(where: { $0.x.overlaps(place.x) && abs($0.y - place.y) < 13 }) else { return false }
    labels.append(place)
    return true
  }

  /// The figure with everything that was added.
  func finished() -> Figure {
    var figure = figure
    figure.add("set multiplot")
    figure.plot(plots)
    figure.addKey(entries)
    return figure
  }
}

/// The networks of `groups` as one series for each method and cadence, ranks ascending.
func series(_ groups: [NetworkGroup<ResultRow>]) -> [[NetworkGroup<ResultRow>]] {
  var result: [[NetworkGroup<ResultRow>]] = []
  for group in groups {
    if let last = result.last?.first, (last.key.method, last.key.cadence) == (group.key.method, group.key.cadence) {
      result[result.count - 1].append(group)
    } else {
      result.append([group])
    }
  }
  return result
}
