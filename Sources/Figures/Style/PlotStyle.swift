import Results

/// How a kind of network, an SVD algorithm or a peer looks in every figure.
///
/// Styles differ in colour, point, dash and pattern, so that they differ in black and white as well. The colours are from
/// Okabe and Ito (2008) and Tol (2021), made for all kinds of colour vision.
struct PlotStyle {
  private let base: String
  /// gnuplot's number of a filled point; the hollow one is one less.
  private let point: Int
  private let dash: String
  private let pattern: Int
  private var variant = 0

  private static let square = PlotStyle(colour: "#000000", point: 5, dash: "(20,6)", pattern: 3)
  private static let circle = PlotStyle(colour: "#0072B2", point: 7, dash: "1", pattern: 4)
  private static let triangle = PlotStyle(colour: "#D55E00", point: 9, dash: "(14,5,3,5)", pattern: 1)
  private static let invertedTriangle = PlotStyle(colour: "#AA4499", point: 11, dash: "(2,4)", pattern: 5)
  private static let diamond = PlotStyle(colour: "#009E73", point: 13, dash: "(8,5)", pattern: 2)
  private static let pentagon = PlotStyle(colour: "#332288", point: 15, dash: "(12,4)", pattern: 6)
  private static let olive = PlotStyle(colour: "#808000", point: 13, dash: "(4,4)", pattern: 7)

  private init(colour: String, point: Int, dash: String, pattern: Int) {
    (base, self.point, self.dash, self.pattern) = (colour, point, dash, pattern)
  }

  /// The style of number `index` of a row of `count` that have an order: from dark to light, with points of their own.
  init(_ index: Int, of count: Int) {
    let colour = ColourScale.colour(0.68 * Double(index) / Double(max(count - 1, 1)))
    self.init(colour: colour, point: [7, 5, 9, 13, 11, 15][index % 6], dash: "1", pattern: 1)
  }

  /// - Parameter variant: counts the ranks of one kind of network that are drawn apart: hollow points, thinner and lighter lines.
  init(of key: NetworkKey, variant: Int = 0) {
    self.init(of: key.method, key.cadence, variant: variant)
  }

  init(of method: Method, _ cadence: Cadence? = nil, variant: Int = 0) {
    switch (method, cadence) {
    case (.dense, _): self = .square
    case (.truncated, _): self = .circle
    case (.fineTuned, _): self = .triangle
    case (.dynamic, .step): self = .diamond
    case (.dynamic, _): self = .invertedTriangle
    case (.whitenedKeepingBias, _), (.whitened, _): self = .olive
    case (.matchedUnweighted, _), (.matched, _): self = .pentagon
    }
    self.variant = variant
  }

  init(of allocation: Allocation) {
    switch allocation {
    case .uniform, .listed: self = .square
    case .energy: self = .circle
    case .output: self = .triangle
    case .gradient: self = .invertedTriangle
    case .sensitivity: self = .diamond
    case .exchanged: self = .pentagon
    }
  }

  init(of algorithm: SVDSizeRow.Algorithm) {
    switch algorithm {
    case .lapack: self = .square
    case .jacobi: self = .triangle
    case .subspaceCold: self = .circle
    case .subspaceWarm: self = .diamond
    }
  }

  init(of peer: CompareRow.Peer) {
    switch peer {
    case .pytorch: self = .triangle
    case .pytorchRandomised: self = .circle
    case .pytorchEqualError: self = .diamond
    case .pytorchWarm: self = .square
    case .numpy: self = .invertedTriangle
    }
  }

  /// As the networks that are trained so.
  init(of work: ScalingRow.Work) {
    switch work {
    case .dense: self = .square
    case .lowRank: self = .triangle
    case .dynamic: self = .diamond
    }
  }

  var colour: String { ColourScale.lighter(base, by: min(0.2 * Double(max(variant - 1, 0)), 0.6)) }
  /// For `with lines`.
  var line: String { "lc rgb '\(colour)' dt \(dash) lw \(2 * thinning)" }
  /// For `with points`.
  var points: String { "lc rgb '\(colour)' pt \(mark) ps \(size)" }
  /// For `with linespoints`.
  var linePoints: String { "lc rgb '\(colour)' dt \(dash) lw \(1.8 * thinning) pt \(mark) ps \(size)" }
  /// For `with lines`: one seed of several.
  var thinLine: String { "lc rgb '\(colour)' dt 1 lw 0.4" }
  /// For `with filledcurves`.
  var band: String { "lc rgb '\(colour)' fs transparent solid 0.2 noborder" }
  /// For the band of a level line, with `filledcurves` or `boxxyerror`: behind everything else.
  var lightBand: String { "lc rgb '\(colour)' fs transparent solid 0.12 noborder" }
  /// For `with xerrorbars` and `with yerrorbars`.
  var bars: String { "lc rgb '\(colour)' pt 0 lw 1.5" }
  /// For boxes.
  var fill: String { "fs pattern \(pattern) border lc rgb '\(colour)' lc rgb '\(colour)' lw 1" }
  /// The key's entry of a line with points.
  func entry(_ title: String) -> KeyEntry { KeyEntry(title: title, line: line, points: points) }

  private var mark: Int { variant == 0 ? point : point - 1 }
  private var thinning: Double { 1 / (1 + 0.6 * Double(variant)) }

  /// A variable of the gnuplot script, which `GnuplotTerminal.variables` sets.
  private var size: String { point > 7 ? "cornered" : "round" }
}

/// How each of `keys` looks where every network is drawn apart.
func plotStyles(of keys: [NetworkKey]) -> [PlotStyle] {
  keys.enumerated().map { index, key in
    PlotStyle(of: key, variant: keys[..<index].count { ($0.method, $0.cadence) == (key.method, key.cadence) })
  }
}
