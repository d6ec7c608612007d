import Foundation

extension Figure {
  /// Adds boxes around their middles, in colours of `ColourScale`.
  /// - Returns: what to plot.
  mutating func addBoxes(_ boxes: [(x: Double, y: Double, colour: Double)], width: Double, height: Double)
    -> String
  {
    let columns = [
      boxes.map(\.x), boxes.map(\.y), boxes.map { $0.x - width / 2 }, boxes.map { $0.x + width / 2 },
      boxes.map { $0.y - height / 2 }, boxes.map { $0.y + height / 2 }, boxes.map { ColourScale.number($0.colour) },
    ]
    return "\(addData(columns)) using 1:2:3:4:5:6:7 with boxxyerror fs solid noborder lc rgb variable notitle"
  }

  /// Adds the colours with their values on a logarithmic scale, at the right, as the last plot of a multiplot.
  /// - Parameter isLightLow: whether `low` is the light end.
  mutating func addColourBar(
    _ name: String, from low: Double, to high: Double, marks: Ticks, top: Int, bottom: Int, isLightLow: Bool = false
  ) {
    place(left: Self.width - 40, right: Self.width - 20, top: top, bottom: bottom, y: name, marks: marks)
    add("unset xtics")
    add("set xrange [0:1]")
    // Linear in the logarithm: boxes of equal height.
    add("set yrange [0:1]")
    let places = marks.marks.map { (value: log($0.value / low) / log(high / low), text: $0.text) }
    add("set ytics \(Ticks(marks: places).list)")
    let count = 64
    let boxes = (0..<count).map { index in
      let middle = (Double(index) + 0.5) / Double(count)
      return (x: 0.5, y: middle, colour: isLightLow ? 1 - middle : middle)
    }
    // A little higher than their distance: no white lines between them.
    plot([addBoxes(boxes, width: 1, height: 1.2 / Double(count))])
    add("unset multiplot")
  }
}
