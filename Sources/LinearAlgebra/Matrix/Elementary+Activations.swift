// The functions of activations, with the same bits on every machine as the others.
extension Elementary {
  /// tanh x = (1 − e^(−2|x|)) / (1 + e^(−2|x|)) with the sign of x; the Taylor series near 0, where that cancels. The relative
  /// error is below 10⁻¹².
  public static func tanh(_ x: Double) -> Double {
    let size = x.magnitude
    guard size > 1e-3 else { return x * (1 - x * x / 3 * (1 - 0.4 * x * x)) }
    let power = exp(-2 * size)
    return (1 - power) / (1 + power) * (x < 0 ? -1 : 1)
  }

  /// 1 / (1 + e⁻ˣ)
  public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// φ(x) = e^(−x² / 2) / √(2π)
  public static func normalDensity(_ x: Double) -> Double { exp(-0.5 * x * x) * 0.398_942_280_401_432_678 }

  /// Φ(x) = ½ (1 + erf (x / √2)): the Taylor series at the nearest point of a grid. The absolute error is below 10⁻¹⁵.
  public static func normalDistribution(_ x: Double) -> Double {
    guard x.magnitude < NormalGrid.end else { return x.isNaN ? x : x < 0 ? 0 : 1 }
    let point = (x / NormalGrid.step).rounded()
    let h = x - point * NormalGrid.step
    let first = (Int(point) + NormalGrid.half) * NormalGrid.terms
    return NormalGrid.coefficients.withUnsafeBufferPointer { coefficients in
      var sum = coefficients[first + NormalGrid.terms - 1]
      for n in (0..<NormalGrid.terms - 1).reversed() { sum = coefficients[first + n].addingProduct(sum, h) }
      return sum
    }
  }

  /// The Taylor series of Φ at the points of a grid.
  private enum NormalGrid {
    static let step = 0.25
    /// Beyond, Φ is 0 or 1 to rounding.
    static let end = 8.5
    /// Points on each side of 0.
    static let half = Int(end / step)
    static let terms = 14

    /// Φ⁽ⁿ⁾(p) / n! for each point p: Φ⁽ⁿ⁺¹⁾ = (−1)ⁿ Heₙ φ, with Hermite's polynomials Heₙ₊₁ = x Heₙ − n Heₙ₋₁ (Abramowitz and
    /// Stegun 1964, 26.2.28).
    static let coefficients: [Double] = (-half...half).flatMap { index in
      let p = Double(index) * step
      var coefficients = [value(p)]
      var (hermite, before, scale) = (1.0, 0.0, normalDensity(p))
      for n in 1..<terms {
        scale /= Double(n)
        coefficients.append(hermite * scale)
        (hermite, before) = (p * hermite - Double(n - 1) * before, hermite)
        scale = -scale
      }
      return coefficients
    }

    /// Φ(x) = ½ + φ(x) (x + x³ / 3 + x⁵ / (3 · 5) + …) (Abramowitz and Stegun 1964, 26.2.11).
    private static func value(_ x: Double) -> Double {
      var (term, sum, n) = (x.magnitude, x.magnitude, 3.0)
      while term > sum * 1e-18 {
        term *= x * x / n
        sum += term
        n += 2
      }
      let half = min(0.5, normalDensity(x) * sum)
      return x < 0 ? 0.5 - half : 0.5 + half
    }
  }
}
