import NeuralNetwork

/// The scales that are tried for a row.
enum ScaleCandidates {
  /// How many.
  static var count: Int { fractions.count }

  /// Parts of the scale with which the largest level is the largest magnitude of the row. Of normal rows, long ones in 2 bits do best
  /// with 0.4, those of a few elements with up to 1.2.
  static let fractions = (0..<24).map { 0.3 + 0.04 * Double($0) }
  /// The place of the least fraction above 1: where all scales are as good, nothing is cut off.
  static let whole = 18

  /// `count` scales for a row of this largest magnitude.
  static func scales(largest: Double, bits: Int) -> [Double] {
    fractions.map {
      let scale = Float16($0 * largest / QuantisedMatrix.largestLevel(bits: bits))
      return Double(max(QuantisedMatrix.smallestScale, scale))
    }
  }
}
