/// A rank that is marked on a spectrum.
enum SpectrumMark: CaseIterable {
  case mostEnergy, nearlyAllEnergy, chosen

  var title: String {
    switch self {
    case .mostEnergy: "90 % of the energy Σσ²"
    case .nearlyAllEnergy: "99 % of the energy Σσ²"
    case .chosen: "chosen rank"
    }
  }

  func rank(of layer: LayerSpectrum) -> Int? {
    switch self {
    case .mostEnergy: layer.rank(ofEnergy: 0.9)
    case .nearlyAllEnergy: layer.rank(ofEnergy: 0.99)
    case .chosen: layer.ratios.flatMap { ratios in layer.rank.flatMap { (1...ratios.count).contains($0) ? $0 : nil } }
    }
  }

  /// For `with points`, in a colour for gnuplot; smaller where there are several lines.
  func points(colour: String, isAlone: Bool = true) -> String {
    let share = isAlone ? "" : "0.7*"
    return switch self {
    case .mostEnergy: "lc rgb \(colour) pt 6 ps \(share)round"
    case .nearlyAllEnergy: "lc rgb \(colour) pt 7 ps \(share)round"
    case .chosen: "lc rgb '#D55E00' pt 9 ps \(share)cornered"
    }
  }
}

/// The colours of layers by their depth: the first is light, the last is dark.
struct DepthScale {
  let first, last: Double

  init(holding depths: [Double]) { (first, last) = (depths.min() ?? 0, depths.max() ?? 0) }

  /// On `ColourScale`, whose light end is too light for a thin line.
  func position(_ depth: Double) -> Double { 0.85 * (1 - (first < last ? (depth - first) / (last - first) : 0)) }

  /// `nil` if there is only one depth.
  var entry: KeyEntry? {
    guard first < last else { return nil }
    let depths = (0...11).map { first + (last - first) * Double($0) / 11 }
    return KeyEntry(
      title: "layer \(Ticks.number(first)) … \(Ticks.number(last))",
      shades: depths.map { "lc rgb '\(ColourScale.colour(position($0)))' lw 6" })
  }
}
