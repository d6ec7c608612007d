import Foundation

/// Student's t distribution (Student 1908) with a whole number of degrees of freedom.
enum StudentT {
  /// P(|T| ≤ t) with ν = `degrees` ≥ 1, for t ≥ 0: the finite sums of Abramowitz and Stegun 1964, 26.7.3 and 26.7.4.
  static func probability(within t: Double, degrees: Int) -> Double {
    precondition(degrees >= 1 && t >= 0)
    let angle = atan(t / Double(degrees).squareRoot())
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = degrees % 2 == 1
    // 1 + ½ cos² + (1·3)/(2·4) cos⁴ + …, or cos + ⅔ cos³ + (2·4)/(3·5) cos⁵ + …
    var (term, sum) = (isOdd ? cosine : 1, 0.0)
    for exponent in stride(from: isOdd ? 1 : 0, through: degrees - 2, by: 2) {
      sum += term
      term *= Double(exponent + 1) / Double(exponent + 2) * cosine * cosine
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
  }

  /// The t with P(|T| ≤ t) = `probability`, from 0 and below 1.
  static func quantile(within probability: Double, degrees: Int) -> Double {
    precondition((0..<1).contains(probability))
    var (low, high) = (0.0, 1.0)
    while Self.probability(within: high, degrees: degrees) < probability { (low, high) = (high, 2 * high) }
    while case let middle = (low + high) / 2, low < middle, middle < high {
      if Self.probability(within: middle, degrees: degrees) < probability { low = middle } else { high = middle }
    }
    return high
  }
}
