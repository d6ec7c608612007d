import LinearAlgebra

/// The random distortion of a glyph: an elastic deformation, then an affine map.
///
/// Only + − × ÷ and the square root are used, which IEEE 754 defines to the bit; sine and logarithm differ between
/// mathematical libraries.
struct Distortion {
  private let field: DisplacementField
  private let matrix: (x: Point, y: Point)

  /// Draws a distortion. It is applied to points of the box 60×100.
  init(from stream: inout RandomStream) {
    field = DisplacementField(amplitude: Self.elasticity, from: &stream)
    // A rotation by the angle whose tangent is `slope`, after a shear, after a scaling of the width.
    let slope = Self.rotation * stream.bell()
    let shear = Self.lean + Self.shear * stream.bell()
    let width = 1.12 + Self.widening * stream.bell()
    let cosine = 1 / (1 + slope * slope).squareRoot()
    let sine = slope * cosine
    matrix = (x: [cosine * width, sine * width], y: [-cosine * shear - sine, cosine - sine * shear])
  }

  func callAsFunction(_ point: Point) -> Point {
    let bent = point + field.displacement(at: point) - Glyph.centre
    return matrix.x * bent.x + matrix.y * bent.y
  }

  // Chosen by eye to resemble MNIST, and so that a small network misclassifies a few percent.
  private static let elasticity = 26.0
  private static let rotation = 0.16
  private static let shear = 0.22
  private static let lean = 0.12
  private static let widening = 0.16
}

/// A smooth random displacement of the plane: a uniform cubic B-spline over a coarse grid of random vectors.
///
/// The elastic distortion of Simard, Steinkraus and Platt (2003), with a spline in place of their Gaussian.
private struct DisplacementField {
  /// `side` × `side` vectors, row by row.
  private let vectors: [Point]

  private static let cells = 2
  private static let side = cells + 3

  init(amplitude: Double, from stream: inout RandomStream) {
    vectors = (0..<Self.side * Self.side).map { _ in
      let x = stream.uniform(in: -amplitude...amplitude)
      return [x, stream.uniform(in: -amplitude...amplitude)]
    }
  }

  /// The displacement at a point of the box 60×100; outside of it, that of the nearest edge.
  func displacement(at point: Point) -> Point {
    let (column, x) = Self.cell(point.x, of: 60)
    let (row, y) = Self.cell(point.y, of: 100)
    let (xWeights, yWeights) = (Self.weights(x), Self.weights(y))
    var sum = Point(0, 0)
    for j in 0..<4 {
      for i in 0..<4 { sum += vectors[(row + j) * Self.side + column + i] * (yWeights[j] * xWeights[i]) }
    }
    return sum
  }

  /// The cell of a coordinate, and the position within it, 0 to 1.
  private static func cell(_ coordinate: Double, of extent: Double) -> (index: Int, fraction: Double) {
    let position = min(max(coordinate / extent, 0), 1) * Double(cells)
    let index = min(Int(position), cells - 1)
    return (index, position - Double(index))
  }

  /// The four cubic B-spline weights at `t` of a cell; their sum is 1.
  private static func weights(_ t: Double) -> SIMD4<Double> {
    let (u, t2) = (1 - t, t * t)
    let t3 = t2 * t
    return SIMD4(u * u * u, 3 * t3 - 6 * t2 + 4, 3 * (t + t2 - t3) + 1, t3) / 6
  }
}

extension Glyph {
  /// The middle of the glyphs' box.
  static let centre = Point(30, 50)
}

extension RandomStream {
  /// A value between −3 and 3 of mean 0 and variance 1: the scaled sum of three uniform values.
  ///
  /// A normal value would need a logarithm, and has no bound.
  mutating func bell() -> Double {
    let sum = uniform() + uniform() + uniform()
    return 2 * (sum - 1.5)
  }
}
