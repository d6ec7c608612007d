/// The difference of two accuracies on the same n images: on b of them the first classifier alone is right, on c the second.
public enum PairedProportions {
  /// Of the standard normal distribution: P(|Z| ≤ z) = 0.95.
  private static let z = 1.959_963_984_540_054

  /// The 95 % interval of the difference of two proportions by its normal approximation (Wald), in percentage points:
  ///
  ///     d ± z √(b + c − (b − c)² / n) / n,   d = (b − c) / n
  ///
  /// It has no width where the two never differ.
  /// - Parameters:
  ///   - lead: b − c.
  ///   - differing: b + c, |b − c| at least.
  ///   - images: n, above 0.
  public static func wald(lead: Double, differing: Double, images: Double) -> ClosedRange<Double> {
    let (middle, half) = (
      100 * lead / images, z * 100 * max(0, differing - lead * lead / images).squareRoot() / images
    )
    return middle - half...middle + half
  }

  /// The 95 % interval of Agresti and Min 2005, in percentage points: Wald's after half an image is added to each of the four
  /// counts, right or wrong by right or wrong. Its coverage is close to 95 % for few images too, and it has a width where b = c = 0.
  public static func interval(onlyFirst b: Int, onlySecond c: Int, images: Int) -> ClosedRange<Double> {
    precondition(b >= 0 && c >= 0 && b + c <= images)
    let interval = wald(lead: Double(b - c), differing: Double(b + c) + 1, images: Double(images) + 2)
    return max(-100, interval.lowerBound)...min(100, interval.upperBound)
  }
}
