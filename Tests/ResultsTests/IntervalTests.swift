import Testing

@testable import Results

@Suite struct IntervalTests {
  /// Quantiles as tables of Student's t have them, for a probability of 95 % within.
  @Test func quantiles() {
    for (degrees, quantile) in [
      (1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (9, 2.26216), (10, 2.22814), (30, 2.04227),
      (100, 1.98397), (1_000_000, 1.95997),
    ] {
      #expect(abs(StudentT.quantile(within: 0.95, degrees: degrees) - quantile) < 1e-5 * quantile, "\(degrees)")
    }
    #expect(StudentT.quantile(within: 0, degrees: 4) < 1e-15)
    // With one degree it is Cauchy's distribution, with two an algebraic one.
    for t in [0.0, 0.3, 1, 7] {
      #expect(abs(StudentT.probability(within: t, degrees: 2) - t / (2 + t * t).squareRoot()) < 1e-15, "\(t)")
    }
    #expect(abs(StudentT.probability(within: 1, degrees: 1) - 0.5) < 1e-15)
  }

  @Test func probabilityGrows() {
    for degrees in [1, 2, 3, 4, 9, 50] {
      let values = (0...40).map { StudentT.probability(within: Double($0) / 4, degrees: degrees) }
      #expect(values[0] == 0 && zip(values, values.dropFirst()).allSatisfy { $0 < $1 && $1 < 1 }, "\(degrees)")
      for (index, value) in values.enumerated().dropFirst() where value < 0.999 {
        let again = StudentT.quantile(within: value, degrees: degrees)
        #expect(abs(again - Double(index) / 4) < 1e-9 * again, "\(degrees), \(index)")
      }
    }
  }

  /// Of 1 … 5: s = √2.5, t = 2.77645.
  @Test func meanAndWidth() throws {
    let interval = try #require(Interval([5, 1, 4, 2, 3]))
    let width = try #require(interval.halfWidth)
    #expect(interval.mean == 3 && interval.count == 5 && abs(width - 2.776445 * (2.5 / 5).squareRoot()) < 1e-6)
    #expect(interval.lower == 3 - width && interval.upper == 3 + width)
    let two = try #require(Interval([98.5, 98.7]))
    #expect(abs(two.mean - 98.6) < 1e-12 && abs((two.halfWidth ?? 0) - 12.7062 * 0.1) < 1e-5)
  }

  @Test func oneValueAndEqualValues() throws {
    let one = try #require(Interval([97.5]))
    #expect(one.mean == 97.5 && one.halfWidth == nil && one.lower == 97.5 && one.upper == 97.5 && one.count == 1)
    let equal = try #require(Interval([0.1, 0.1, 0.1]))
    #expect(equal.mean == 0.1 && equal.halfWidth == 0)
  }

  @Test func valuesWithoutAMean() {
    for values in [[], [1, .nan], [.infinity, 2, 3], [.nan]] as [[Double]] { #expect(Interval(values) == nil) }
  }
}
