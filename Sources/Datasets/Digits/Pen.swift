import LinearAlgebra

/// The pen that draws a digit: width, softness and evenness of the strokes, and the position of the digit in the frame.
struct Pen {
  /// Half the width of a stroke, in pixels.
  private let radius: Double
  /// The width of a stroke's edge, over which the ink fades, in pixels.
  private let softness: Double
  /// The unevenness of the ink, 0 to 1.
  private let unevenness: Double
  /// The longer side of the digit's box, in pixels; it is 20 in MNIST. Even with the greatest shift of `centre` and the
  /// greatest softness, the outermost pixels of the frame stay black.
  private let extent: Double
  /// The middle of that box, in pixels.
  private let centre: Point

  init(from stream: inout RandomStream) {
    radius = 1.25 + 0.28 * stream.bell()
    softness = stream.uniform(in: 1.0...1.8)
    unevenness = stream.uniform(in: 0...0.2)
    extent = stream.uniform(in: 17.5...21)
    let x = stream.uniform(in: -1.5...1.5)
    centre = Point(14 + x, 14 + stream.uniform(in: -1.5...1.5))
  }

  /// The image of the strokes `lines`: 28×28, row by row.
  func draw(_ lines: [[Point]], noise stream: inout RandomStream) -> [UInt8] {
    let lines = fitted(lines)
    var coverage = [Double](repeating: 0, count: Images.pixelsPerImage)
    for line in lines {
      for (start, end) in zip(line, line.dropFirst()) { draw(from: start, to: end, on: &coverage) }
    }
    return coverage.map { covered in
      // The background stays black, as in MNIST; only ink is noisy.
      if covered == 0 { return 0 }
      let ink = covered * (1 - unevenness * stream.uniform())
      return UInt8(ink * 255 + 0.5)
    }
  }

  /// Scaled and moved to its place in the frame, with the proportions kept.
  private func fitted(_ lines: [[Point]]) -> [[Point]] {
    var low = lines[0][0], high = lines[0][0]
    for point in lines.joined() {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    let size = high - low
    let scale = (extent - 2 * radius) / max(size.x, size.y)
    let middle = (low + high) * 0.5
    return lines.map { line in line.map { ($0 - middle) * scale + centre } }
  }

  /// Adds a straight piece with round ends. A pixel's centre lies at its coordinates plus one half.
  private func draw(from start: Point, to end: Point, on coverage: inout [Double]) {
    let reach = radius + softness / 2
    let direction = end - start
    let squaredLength = max((direction * direction).sum(), 1e-12)
    let low = pointwiseMin(start, end) - reach, high = pointwiseMax(start, end) + reach
    let columns = max(Int(low.x), 0)...min(Int(high.x), Images.columns - 1)
    for row in max(Int(low.y), 0)...min(Int(high.y), Images.rows - 1) {
      for column in columns {
        let pixel = Point(Double(column) + 0.5, Double(row) + 0.5) - start
        let along = min(max((pixel * direction).sum() / squaredLength, 0), 1)
        let away = pixel - direction * along
        let distance = (away * away).sum().squareRoot()
        let depth = min((reach - distance) / softness, 1)
        guard depth > 0 else { continue }
        let index = row * Images.columns + column
        coverage[index] = max(coverage[index], depth * depth * (3 - 2 * depth))
      }
    }
  }
}
