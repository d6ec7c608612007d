/// All singular values of a matrix, and the quantities that follow from them.
public struct Spectrum: Equatable, Sendable {
  /// σ₁ ≥ σ₂ ≥ … ≥ σ_k ≥ 0, k = min(m, n).
  public let values: [Double]

  /// From singular values in descending order.
  public init<Scalar: BinaryFloatingPoint & Sendable>(_ values: [Scalar]) { self.values = values.map { Double($0) } }

  /// Σ_{i ≤ D} σᵢ² / Σ σᵢ², the fraction of ‖A‖_F² that the best approximation of rank D keeps (Eckart and Young 1936): from 0
  /// to 1, and 1 for a matrix of zeros.
  /// - Parameter rank: D, from 0 to k.
  public func energy(keptAt rank: Int) -> Double {
    precondition(0 <= rank && rank <= values.count)
    guard let largest = values.first, largest > 0 else { return 1 }
    return squares(of: values[..<rank], over: largest) / squares(of: values[...], over: largest)
  }

  /// Σ_{i ≤ D} σᵢ² / ‖A‖_F², where `values` are the leading ones only: from 0 to 1, and 1 for a matrix of zeros.
  /// - Parameters:
  ///   - rank: D, from 0 to the number of values.
  ///   - norm: ‖A‖_F.
  public func energy(keptAt rank: Int, of norm: Double) -> Double {
    precondition(0 <= rank && rank <= values.count)
    return norm > 0 ? min(1, squares(of: values[..<rank], over: norm)) : 1
  }

  /// √(Σ_{i > D} σᵢ²): the error of the best approximation of rank D in the Frobenius norm.
  /// - Parameter rank: D, from 0 to k.
  public func norm(droppedAt rank: Int) -> Double {
    precondition(0 <= rank && rank <= values.count)
    guard rank < values.count, values[rank] > 0 else { return 0 }
    return values[rank] * squares(of: values[rank...], over: values[rank]).squareRoot()
  }

  /// exp(− Σ pᵢ ln pᵢ) with pᵢ = σᵢ / Σ σⱼ: the effective rank of Roy and Vetterli (2007).
  ///
  /// It is k for equal values, 1 for a matrix of rank one, 0 for a matrix of zeros, and smooth in between. No value has to be
  /// counted as zero by a threshold.
  public var effectiveRank: Double {
    guard let largest = values.first, largest > 0 else { return 0 }
    // Relative to the largest, so that the sum cannot overflow.
    let relative = values.map { $0 / largest }
    let sum = relative.reduce(0, +)
    return Elementary.exp(
      relative.reduce(0) { entropy, value in
        let share = value / sum
        return share > 0 ? entropy - share * Elementary.log(share) : entropy
      })
  }

  /// Σ (σᵢ / scale)², from the smallest on. The scale, of their size, keeps the squares from overflowing or vanishing.
  private func squares(of values: ArraySlice<Double>, over scale: Double) -> Double {
    values.reversed().reduce(0) { $0 + ($1 / scale) * ($1 / scale) }
  }
}
