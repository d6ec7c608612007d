import LinearAlgebra

extension Spectrum {
  /// Σ_{i>r} σᵢ² / Σ σᵢ² for r = 0, 1, … k: the squared relative error of each rank; all 0 for a matrix of zeros.
  public var droppedShares: [Double] {
    let largest = values.first ?? 0
    var sums = [0.0]
    for value in values.reversed() {
      let relative = largest > 0 ? value / largest : 0
      sums.append(sums[sums.count - 1] + relative * relative)
    }
    return sums.reversed().map { largest > 0 ? $0 / sums[sums.count - 1] : 0 }
  }

  /// The smallest rank that keeps a share of the energy Σ σᵢ², at least 1.
  public func rank(keeping energy: Double) -> Int {
    let dropped = droppedShares
    return max(1, dropped.firstIndex { 1 - $0 >= energy } ?? values.count)
  }

  /// ‖A‖²_F / σ₁²: from 1 to k; 0 for a matrix of zeros. It changes little where the matrix changes little (Rudelson and Vershynin
  /// 2007).
  public var stableRank: Double {
    guard let largest = values.first, largest > 0 else { return 0 }
    return values.reversed().reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
  }
}
