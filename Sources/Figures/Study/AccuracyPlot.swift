import Foundation
import Results

/// A figure of test accuracies over a logarithmic x axis, with the key below.
struct AccuracyPlot {
  private var figure: Figure
  let scale: AccuracyScale
  let (low, high): (Double, Double)
  private let (left, bottom): (Int, Int)
  private var plots: [String] = []
  private var entries: [KeyEntry] = []
  private var places = TextPlaces()

  private static let (right, top) = (780, 72)
  /// The width of the plot is at least this, in pixels.
  static let leastWidth = 670

  /// - Parameters:
  ///   - figure: has a title and nothing else.
  ///   - scale: of the y axis.
  ///   - ticks: the marks of the x axis, which is called `x` and goes from `low` to `high`.
  init(_ figure: Figure, scale: AccuracyScale, x: String, from low: Double, to high: Double, ticks: Ticks) {
    self.figure = figure
    self.scale = scale
    let marks = scale.ticks
    (self.low, self.high, left, bottom) = (low, high, marks.margin, figure.height - 58)
    self.figure.place(
      left: left, right: Self.right, top: Self.top, bottom: bottom, x: x, y: "test accuracy (%), error on a log scale",
      marks: marks)
    self.figure.add("set logscale x")
    self.figure.add("set xrange [\(low):\(high)]")
    self.figure.add("set xtics \(ticks.list)")
    self.figure.add("set yrange [\(scale.lowest):\(scale.highest)]")
    self.figure.add("set ytics \(marks.list)")
  }

  /// Adds a horizontal line at the mean accuracy of `group`, on a band over the 95 % interval if there are several seeds; with an
  /// entry in the key if it has a `title`.
  mutating func addLine(at group: NetworkGroup<ResultRow>, style: String, title: String? = nil) {
    guard let accuracy = group.interval(of: \.testAccuracy) else { return }
    if accuracy.count > 1 {
      let ends = scale.positions(accuracy).dropFirst()
      let block = figure.addData([[low, high]] + ends.map { [$0, $0] })
      plots.append("\(block) using 1:2:3 with filledcurves \(PlotStyle(of: group.key).lightBand) notitle")
    }
    plots.append("\(scale.position(accuracy.mean)) with lines \(style) notitle")
    if let title { entries.append(KeyEntry(title: title, line: style)) }
  }

  /// Adds a line through points, without a point at each.
  mutating func addLine(_ points: [(x: Double, accuracy: Double)], style: String, title: String) {
    let block = figure.addData([points.map(\.x), points.map { scale.position($0.accuracy) }])
    plots.append("\(block) using 1:2 with lines \(style) notitle")
    entries.append(KeyEntry(title: title, line: style))
  }

  /// Adds bars to points that are added without.
  mutating func addBars(_ points: [(x: Double, accuracy: Double, ends: [Double])], style: String) {
    guard !points.isEmpty else { return }
    let ends = (0..<2).map { end in points.map { scale.position($0.ends[end]) } }
    let block = figure.addData([points.map(\.x), points.map { scale.position($0.accuracy) }] + ends)
    plots.append("\(block) using 1:2:3:4 with yerrorbars \(style) notitle")
    for point in points { places.take(from: pixels(point.x, point.ends[0]), to: pixels(point.x, point.ends[1])) }
  }

  /// Adds points without bars.
  mutating func addPoints(_ points: [(x: Double, accuracy: Double)], style: String, title: String) {
    let block = figure.addData([points.map(\.x), points.map { scale.position($0.accuracy) }])
    plots.append("\(block) using 1:2 with points \(style) notitle")
    entries.append(KeyEntry(title: title, points: style))
    for point in points { places.take(at: pixels(point.x, point.accuracy)) }
  }

  /// Adds a point for each network at its `x`, with a bar over the 95 % interval if there are several seeds; with an entry in the
  /// key if it has a `title`.
  mutating func addPoints(
    of series: [NetworkGroup<ResultRow>], style: PlotStyle, title: String?, isJoined: Bool,
    x: (NetworkGroup<ResultRow>) -> Double
  ) {
    let marks = isJoined ? "with linespoints \(style.linePoints)" : "with points \(style.points)"
    if let title { entries.append(KeyEntry(title: title, line: isJoined ? style.line : nil, points: style.points)) }
    let points = series.compactMap { group in group.interval(of: \.testAccuracy).map { (x: x(group), accuracy: $0) } }
    guard !points.isEmpty else { return }
    let positions = points.map { scale.positions($0.accuracy) }
    let block = figure.addData([points.map(\.x)] + (0..<3).map { column in positions.map { $0[column] } })
    // The bars go first: gnuplot clears the place of their points.
    if points.contains(where: { $0.accuracy.count > 1 }) {
      plots.append("\(block) using 1:2:3:4 with yerrorbars \(style.bars) notitle")
    }
    plots.append("\(block) using 1:2 \(marks) notitle")
    let middles = points.map { pixels($0.x, $0.accuracy.mean) }
    for middle in middles { places.take(at: middle) }
    if isJoined { for (start, end) in zip(middles, middles.dropFirst()) { places.take(from: start, to: end) } }
    for point in points {
      places.take(from: pixels(point.x, max(point.accuracy.lower, 0)), to: pixels(point.x, point.accuracy.upper))
    }
  }

  /// Writes `text` beside a point, where it lies on no other text and on no point that was added before; not at all if there is
  /// no such place.
  /// - Parameter hasLeader: whether it may stand further away, with a line to the point.
  mutating func addText(
    _ text: String, x: Double, accuracy: Double, colour: String, size: Int = 12, hasLeader: Bool = false
  ) {
    let box = TextPlaces.Box(left: Double(left), top: Double(Self.top), right: Double(Self.right), bottom: Double(bottom))
    let point = pixels(x, accuracy)
    guard (box.left...box.right).contains(point.x), (box.top...box.bottom).contains(point.y),
      let place = places.place(
        width: textWidth(text, size: Double(size)), height: Double(size), beside: point, inside: box,
        distances: hasLeader ? [1, 2.5, 4, 6, 9] : [1])
    else { return }
    let middle = (place.top + place.bottom) / 2
    figure.addText(text, left: place.left, middle: middle, size: size, colour: colour)
    let end = place.end(near: point)
    guard hypot(end.x - point.x, end.y - point.y) > 14 else { return }
    figure.addLeader(from: end, to: point, colour: colour)
    places.take(from: end, to: point)
  }

  private func pixels(_ x: Double, _ accuracy: Double) -> (x: Double, y: Double) {
    let across = log(x / low) / log(high / low)
    let up = (scale.position(accuracy) - scale.lowest) / (scale.highest - scale.lowest)
    return (
      Double(left) + Double(Self.right - left) * across, Double(bottom) - Double(bottom - Self.top) * up
    )
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

/// The networks of `groups` as one series for each kind: method, cadence, allocation and bits; ranks ascending.
func series(_ groups: [NetworkGroup<ResultRow>]) -> [[NetworkGroup<ResultRow>]] {
  var result: [[NetworkGroup<ResultRow>]] = []
  for group in groups {
    if let index = result.firstIndex(where: { $0[0].key.title == group.key.title }) {
      result[index].append(group)
    } else {
      result.append([group])
    }
  }
  return result
}
