/// A place on the plane: x to the right, y downwards.
typealias Point = SIMD2<Double>

/// One way to write a digit: the strokes of the pen, each a list of places it passes through.
///
/// The pen moves smoothly through a stroke's places and turns sharply between strokes. A stroke of two places is a
/// straight line; one that ends where it began is a closed curve.
struct Glyph {
  let strokes: [[Point]]

  init(_ strokes: [Point]...) { self.strokes = strokes }
}

extension Glyph {
  /// The ways to write each digit, 0 to 9, in a box about 60 wide and 100 high.
  static let waysToWrite: [[Glyph]] = [
    /* 0 */ [
      Glyph([[34, 0], [14, 12], [2, 46], [8, 86], [28, 100], [48, 88], [62, 52], [54, 12], [34, 0]]),
      Glyph([[38, 8], [24, 2], [6, 26], [4, 70], [26, 100], [52, 80], [58, 34], [44, 6], [26, 4]]),
    ],
    /* 1 */ [
      Glyph([[30, 0], [30, 100]]),
      Glyph([[36, 0], [22, 100]]),
      Glyph([[20, 16], [34, 0]], [[34, 0], [32, 100]]),
      Glyph([[20, 14], [32, 0]], [[32, 0], [32, 98]], [[14, 98], [50, 98]]),
    ],
    /* 2 */ [
      Glyph([[6, 22], [28, 0], [54, 18], [42, 54], [4, 98]], [[4, 98], [62, 95]]),
      Glyph([[6, 20], [30, 0], [54, 22], [40, 62], [16, 96], [2, 86], [20, 78], [42, 96], [66, 92]]),
    ],
    /* 3 */ [
      Glyph([[6, 12], [34, 0], [54, 20], [22, 47]], [[22, 47], [58, 68], [38, 98], [2, 90]]),
      Glyph([[8, 2], [56, 2]], [[56, 2], [26, 42]], [[26, 42], [58, 66], [38, 98], [2, 88]]),
    ],
    /* 4 */ [
      Glyph([[8, 0], [4, 54]], [[4, 54], [62, 50]], [[52, 4], [44, 100]]),
      Glyph([[46, 0], [2, 64]], [[2, 64], [62, 62]], [[46, 0], [46, 100]]),
      Glyph([[6, 2], [8, 46], [30, 52], [52, 34]], [[56, 0], [50, 50], [50, 100]]),
    ],
    /* 5 */ [
      Glyph([[56, 2], [16, 3]], [[16, 3], [10, 44]], [[10, 44], [40, 38], [56, 66], [36, 98], [2, 90]]),
      Glyph([[18, 2], [10, 44]], [[10, 44], [42, 42], [54, 70], [34, 98], [4, 94]], [[18, 2], [62, 0]]),
    ],
    /* 6 */ [
      Glyph([[46, 0], [14, 34], [4, 74], [28, 100], [52, 78], [34, 56], [6, 76]]),
      Glyph([[26, 0], [8, 42], [8, 84], [32, 100], [54, 80], [38, 60], [8, 76]]),
    ],
    /* 7 */ [
      Glyph([[4, 4], [56, 4]], [[56, 4], [36, 46], [24, 100]]),
      Glyph([[4, 6], [56, 4]], [[56, 4], [36, 46], [24, 100]], [[14, 52], [52, 48]]),
      Glyph([[6, 18], [8, 2]], [[8, 2], [58, 4]], [[58, 4], [44, 40], [36, 100]]),
    ],
    /* 8 */ [
      Glyph([[54, 14], [30, 0], [10, 20], [32, 46], [54, 74], [30, 100], [6, 78], [28, 50], [54, 14]]),
      Glyph(
        [[30, 0], [12, 22], [30, 46], [48, 22], [30, 0]], [[30, 46], [6, 74], [30, 100], [54, 74], [30, 46]]),
    ],
    /* 9 */ [
      Glyph([[54, 16], [30, 0], [6, 24], [24, 48], [50, 30], [54, 16]], [[54, 16], [50, 56], [46, 100]]),
      Glyph([[52, 14], [28, 0], [6, 24], [26, 46], [52, 20]], [[52, 20], [52, 66], [36, 98], [8, 92]]),
    ],
  ]

  /// The strokes as chains of short straight lines, `lines` of them from one place to the next. Straight strokes are cut too,
  /// because the distortion bends them.
  func polylines(lines: Int) -> [[Point]] { strokes.map { Self.spline(through: $0, lines: lines) } }

  /// The spline of Catmull and Rom (1974), which passes through its points and is smooth there.
  private static func spline(through places: [Point], lines: Int) -> [Point] {
    let last = places.count - 1
    let isClosed = places[0] == places[last]
    // Points before the first place and after the last: from the other end of a loop, else by extrapolation.
    let before = isClosed ? places[last - 1] : 2 * places[0] - places[1]
    let behind = isClosed ? places[1] : 2 * places[last] - places[last - 1]
    let p = [before] + places + [behind]
    var line = [places[0]]
    for i in 1...last {
      let step = p[i + 1] - p[i]
      let leaving = (p[i + 1] - p[i - 1]) * 0.5
      let arriving = (p[i + 2] - p[i]) * 0.5
      let square = 3 * step - 2 * leaving - arriving
      let cubic = leaving + arriving - 2 * step
      for index in 1...lines {
        let t = Double(index) / Double(lines)
        line.append(p[i] + (leaving + (square + cubic * t) * t) * t)
      }
    }
    return line
  }
}
