/// The singular values of one matrix of a model, and the rank that was chosen for it, if one was.
public struct LayerSpectrum: Sendable {
  public let name: String
  /// m and n of an m×n matrix.
  public let rows, columns: Int
  /// All min(m, n) of them: finite, ≥ 0, descending.
  public let values: [Double]
  /// From 1 to min(m, n); another one is not drawn.
  public let rank: Int?

  /// The spectrum of an m×n matrix.
  public init(name: String, rows: Int, columns: Int, values: [Double], rank: Int? = nil) {
    precondition(values.count == min(rows, columns) && values.allSatisfy { $0.isFinite && $0 >= 0 })
    (self.name, self.rows, self.columns, self.values, self.rank) = (name, rows, columns, values, rank)
  }

  /// σᵢ / σ₁; `nil` of a matrix that is zero or empty.
  var ratios: [Double]? {
    guard let first = values.first, first > 0 else { return nil }
    return values.map { $0 / first }
  }

  /// mn / (m + n): from this rank on, two factors have no fewer parameters than the matrix.
  var breakEven: Double { Double(rows) * Double(columns) / (Double(rows) + Double(columns)) }

  /// The least r for which σ₁² + … + σᵣ² is at least `share` of the sum over all; `nil` of a matrix that is zero or empty.
  func rank(ofEnergy share: Double) -> Int? {
    guard let energies = ratios?.map({ $0 * $0 }) else { return nil }
    var missing = share * energies.reduce(0, +)
    return energies.firstIndex {
      missing -= $0
      return missing <= 0
    }.map { $0 + 1 } ?? energies.count
  }
}
