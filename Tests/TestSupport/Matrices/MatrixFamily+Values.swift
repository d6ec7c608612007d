import LinearAlgebra

extension MatrixFamily {
  /// The k values Σ of the families U Σ Vᵀ, descending.
  func spectrum(_ k: Int, epsilon: Double, stream: inout RandomStream) -> [Double] {
    switch self {
    case .arithmetic: return (0..<k).map { 1 - place($0, of: k) * (1 - epsilon) }
    case .geometric: return (0..<k).map { power(epsilon, place($0, of: k)) }
    case .oneLarge: return (0..<k).map { $0 == 0 ? 1 : epsilon }
    case .oneLargeRoot: return (0..<k).map { $0 == 0 ? 1 : epsilon.squareRoot() }
    case .oneSmall: return (0..<k).map { $0 == k - 1 && k > 1 ? epsilon : 1 }
    case .repeated: return (0..<k).map { powerOfTwo(-($0 / 3)) }
    case .clustered: return (0..<k).map { i in (i < (k + 1) / 2 ? 1 : 0x1p-10) * (1 + Double(k - i) * epsilon) }
    case .logUniform: return (0..<k).map { _ in power(epsilon, stream.uniform()) }.sorted(by: >)
    case .halfZero: return (0..<k).map { $0 < (k + 1) / 2 ? 1 : 0 }
    default: return [Double](repeating: 1, count: k)
    }
  }

  /// The bidiagonal families: upper, with a diagonal and a superdiagonal of the same size.
  func bidiagonal(rows m: Int, columns n: Int, epsilon: Double, stream: inout RandomStream) -> Matrix<Double> {
    let k = min(m, n)
    // 1e-232 and 1e-28 lie as deep in the exponents of the one precision as of the other.
    let lowest = epsilon < 1e-10 ? 1e-232 : 1e-28
    return Matrix(rows: m, columns: n) { i, j in
      guard j == i || j == i + 1 else { return 0 }
      switch self {
      case .gradedBidiagonal: return powerOfTwo(-2 * i)
      case .deepBidiagonal: return power(lowest, place(i, of: k))
      default: return power(epsilon, 4 * stream.uniform())
      }
    }
  }

  /// From 0 for the first of k to 1 for the last.
  private func place(_ i: Int, of k: Int) -> Double { k > 1 ? Double(i) / Double(k - 1) : 0 }
}
