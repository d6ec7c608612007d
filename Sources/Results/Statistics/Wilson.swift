/// The score interval of a proportion (Wilson 1927).
///
/// With p = k / n and z the normal quantile, it is all π with |p − π| ≤ z √(π (1 − π) / n):
///
///     (p + z² / 2n ± z √(p (1 − p) / n + z² / 4n²)) / (1 + z² / n)
///
/// It stays within 0 and 1, and has a width where k is 0 or n too. It tells what another test set would give; it does not
/// tell what another seed would.
public enum Wilson {
  /// Of the standard normal distribution: P(|Z| ≤ z) = 0.95.
  private static let z = 1.959_963_984_540_054

  /// The 95 % interval of an accuracy over `images` ≥ 1 images, both in percent.
  public static func interval(accuracy: Double, images: Int) -> ClosedRange<Double> {
    precondition(images >= 1 && (0...100).contains(accuracy))
    let (p, n) = (accuracy / 100, Double(images))
    let (center, whole) = (p + z * z / (2 * n), 1 + z * z / n)
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, 100 * (center - half) / whole)...min(100, 100 * (center + half) / whole)
  }
}
