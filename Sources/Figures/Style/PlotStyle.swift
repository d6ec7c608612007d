import Results

/// How a kind of network, or an SVD algorithm, looks in every figure: no two share a colour, a point, a dash or a pattern,
/// so that a print in black and white loses nothing. The colours are from Okabe and Ito (2008) and Tol (2021), made for all
/// kinds of colour vision.
struct PlotStyle {
  let colour: String
  private let point: Int
  private let dash: String
  private let pattern: Int
  private let variant: Int

  /// - Parameter variant: counts the networks of one kind that are drawn apart, one a rank; points get hollow, lines thin.
  init(of key: NetworkKey, variant: Int = 0) { self.init(key.method, key.cadence, variant: variant) }

  private init(_ method: Method, _ cadence: Cadence?, variant: Int = 0) {
    self.variant = variant
    (colour, point, dash, pattern) =
      switch (method, cadence) {
      case (.dense, _): ("#000000", 5, "(20,6)", 3)
      case (.truncated, _): ("#0072B2", 7, "1", 4)
      case (.fineTuned, _): ("#D55E00", 9, "(14,5,3,5)", 1)
      case (.dynamic, .step): ("#009E73", 13, "(8,5)", 2)
      case (.dynamic, _): ("#AA4499", 11, "(2,4)", 5)
      }
  }

  /// Of an SVD algorithm.
  init(of algorithm: SVDSizeRow.Algorithm) {
    variant = 0
    (colour, point, dash, pattern) =
      switch algorithm {
      case .lapack: ("#000000", 5, "(20,6)", 3)
      case .jacobi: ("#D55E00", 9, "(14,5,3,5)", 1)
      case .subspaceCold: ("#0072B2", 7, "1", 4)
      case .subspaceWarm: ("#009E73", 13, "(8,5)", 2)
      }
  }

  /// Of a peer.
  init(of peer: CompareRow.Peer) {
    variant = 0
    (colour, point, dash, pattern) =
      switch peer {
      case .pytorch: ("#D55E00", 9, "(14,5,3,5)", 1)
      case .pytorchRandomised: ("#0072B2", 7, "1", 4)
      case .pytorchEqualError: ("#009E73", 13, "(8,5)", 2)
      case .numpy: ("#AA4499", 11, "(2,4)", 5)
      }
  }

  /// Of a training in the figure of costs: as its network in the others.
  init(of work: ScalingRow.Work) {
    switch work {
    case .dense: self.init(.dense, nil)
    case .lowRank: self.init(.fineTuned, nil)
    case .dynamic: self.init(.dynamic, .step)
    }
  }

  /// For `with lines`.
  var line: String { "lc rgb '\(colour)' dt \(dash) lw \(2 * thinning)" }
  /// For `with points`.
  var points: String { "lc rgb '\(colour)' pt \(mark) ps \(size)" }
  /// For `with linespoints`.
  var linePoints: String { "lc rgb '\(colour)' dt \(dash) lw \(1.8 * thinning) pt \(mark) ps \(size)" }
  /// For `with yerrorbars`.
  var bars: String { "lc rgb '\(colour)' pt 0 lw 1.5" }
  /// For boxes.
  var fill: String { "fs pattern \(pattern) border lc rgb '\(colour)' lc rgb '\(colour)' lw 1" }

  /// gnuplot's number of the hollow form of a filled point is one less.
  private var mark: Int { variant == 0 ? point : point - 1 }
  private var thinning: Double { 1 / (1 + 0.6 * Double(variant)) }

  /// A gnuplot variable that every format sets.
  private var size: String { point == 9 || point == 11 || point == 13 ? "cornered" : "round" }
}

/// How each of `keys` looks where every network is drawn apart.
func plotStyles(of keys: [NetworkKey]) -> [PlotStyle] {
  keys.enumerated().map { index, key in
    PlotStyle(of: key, variant: keys[..<index].count { ($0.method, $0.cadence) == (key.method, key.cadence) })
  }
}

extension NetworkKey {
  /// The kind of network in a legend, in the words of the result files.
  var legend: String {
    switch (method, cadence) {
    case (.dense, _): "baseline"
    case (.dynamic, let cadence?): "dynamic, every \(cadence.rawValue)"
    default: method.rawValue
    }
  }

  /// The network in a legend that names ranks as well.
  var legendWithRank: String { rank.map { "\(legend), D = \($0)" } ?? legend }
}
