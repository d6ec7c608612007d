/// McNemar's test (McNemar 1947), in its exact form: do two classifiers differ on the same images?
///
/// Of b + c images one classifier alone is right, of b the first and of c the second. If both are as good, b is binomial:
///
///     p = min(1, 2 P(X ≤ min(b, c))),   X ~ B(b + c, ½)
///
/// Images on which both are right, or both wrong, say nothing about the difference.
public enum McNemar {
  /// The two-sided p; 1 without such images, 0 where it is below the least positive `Double`.
  ///
  /// Only sums, products and quotients, so that every processor gives the same bits. The error is about min(b, c) ε.
  public static func probability(onlyFirst b: Int, onlySecond c: Int) -> Double {
    precondition(b >= 0 && c >= 0)
    let (least, count) = (min(b, c), b + c)
    // C(n, k) / 2ⁿ, halved as it grows: neither factor alone is a Double for thousands of images.
    var (term, halvings) = (1.0, count)
    for index in stride(from: 1, through: least, by: 1) {
      term *= Double(count - least + index) / Double(index)
      while term > 1, halvings > 0 { (term, halvings) = (term / 2, halvings - 1) }
    }
    term *= Double(sign: .plus, exponent: -halvings, significand: 1)
    // C(n, i − 1) = C(n, i) i / (n − i + 1): the sum from the largest term down.
    var sum = 0.0
    for index in stride(from: least, through: 0, by: -1) where term > 0 {
      sum += term
      term *= Double(index) / Double(count - index + 1)
    }
    return min(1, 2 * sum)
  }
}
