import Results
import Testing

/// Against sums of binomial coefficients in whole numbers of any size, divided once (Python's `fractions`).
@Suite struct McNemarTests {
  @Test(arguments: [
    (0, 0, 1), (0, 1, 1), (0, 5, 0.0625), (6, 0, 0.03125), (1, 7, 0.0703125), (10, 25, 0.01667384780012071),
    (43, 60, 0.11446824201255824), (75, 40, 0.0014129574986076687), (3, 3, 1), (3, 4, 1),
    (121, 158, 0.03095720839640105), (1400, 1600, 0.0002785639610392337), (1500, 1500, 1),
    (1000, 2000, 1.0090148627941341e-75), (6000, 4000, 1.7404316412268784e-89), (10, 3290, 0),
  ])
  func probabilities(first: Int, second: Int, p: Double) {
    for found in [
      McNemar.probability(onlyFirst: first, onlySecond: second), McNemar.probability(onlyFirst: second, onlySecond: first),
    ] {
      #expect(abs(found - p) <= p * Double(min(first, second) + 2) * .ulpOfOne, "\(found)")
    }
  }

  /// The further apart the counts, the smaller p.
  @Test func descends() {
    let values = (0...200).map { McNemar.probability(onlyFirst: 200 - $0, onlySecond: 200 + $0) }
    #expect(values[0] == 1)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 || $0 == 1 })
    #expect(values[200] > 0 && values[200] < 1e-119)
  }
}

@Suite struct WilsonTests {
  /// The first four are examples of Newcombe 1998, table I.
  @Test(arguments: [
    (81, 263, 25.528851987827423, 36.62095769828001), (15, 148, 6.238639953073628, 16.048724172330804),
    (0, 20, 0, 16.112515805281937), (1, 29, 0.6113214292762649, 17.175521879320286),
    (10, 10, 72.24672001371107, 100), (9803, 10000, 97.73861410957923, 98.28449900693354),
  ])
  func intervals(right: Int, images: Int, lower: Double, upper: Double) {
    let interval = Wilson.interval(accuracy: 100 * Double(right) / Double(images), images: images)
    #expect(abs(interval.lowerBound - lower) < 1e-12 && abs(interval.upperBound - upper) < 1e-12, "\(interval)")
    #expect((0...100).contains(interval.lowerBound) && (0...100).contains(interval.upperBound))
  }
}
