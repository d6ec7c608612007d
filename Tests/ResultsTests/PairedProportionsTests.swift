import LinearAlgebra
import Results
import Testing

@Suite struct PairedProportionsTests {
  /// Half an image in each count: b = 5, c = 1, n = 40 make (5.5 − 1.5) / 42 ± z √(7 − 16 / 42) / 42.
  @Test func byHand() {
    let interval = PairedProportions.interval(onlyFirst: 5, onlySecond: 1, images: 40)
    let half = 1.959964 * (7 - 16.0 / 42).squareRoot() / 42
    #expect(abs(interval.lowerBound - 100 * (4.0 / 42 - half)) < 1e-5)
    #expect(abs(interval.upperBound - 100 * (4.0 / 42 + half)) < 1e-5)
    let wald = PairedProportions.wald(lead: 4, differing: 6, images: 40)
    #expect(abs(wald.upperBound - 100 * (0.1 + 1.959964 * (6 - 16.0 / 40).squareRoot() / 40)) < 1e-5)
  }

  /// Networks that never differ have an interval with a width, and one that is always right a bound.
  @Test func atTheEnds() {
    let none = PairedProportions.interval(onlyFirst: 0, onlySecond: 0, images: 1000)
    #expect(none.lowerBound == -none.upperBound && 0.19 < none.upperBound && none.upperBound < 0.2)
    #expect(PairedProportions.interval(onlyFirst: 1, onlySecond: 0, images: 1).upperBound == 100)
    #expect(PairedProportions.interval(onlyFirst: 0, onlySecond: 1, images: 1).lowerBound == -100)
    #expect(PairedProportions.wald(lead: 0, differing: 0, images: 10) == 0...0)
  }

  @Test func exchanged() {
    for (b, c, n) in [(3, 9, 50), (0, 4, 10), (120, 80, 10_000)] {
      let (one, other) = (
        PairedProportions.interval(onlyFirst: b, onlySecond: c, images: n),
        PairedProportions.interval(onlyFirst: c, onlySecond: b, images: n)
      )
      #expect(one.lowerBound == -other.upperBound && one.upperBound == -other.lowerBound)
    }
  }

  /// About 95 of 100 intervals contain the true difference, for few images and rare differences too.
  @Test(arguments: [(20, 0.2, 0.1), (50, 0.1, 0.05), (200, 0.05, 0.05), (1000, 0.01, 0.02)] as [(Int, Double, Double)])
  func coverage(images: Int, onlyFirst: Double, onlySecond: Double) {
    var stream = RandomStream(seed: 1, name: "coverage")
    let trials = 2000
    let covered = (0..<trials).count { _ in
      var (b, c) = (0, 0)
      for _ in 0..<images {
        let place = stream.uniform()
        if place < onlyFirst { b += 1 } else if place < onlyFirst + onlySecond { c += 1 }
      }
      return PairedProportions.interval(onlyFirst: b, onlySecond: c, images: images).contains(100 * (onlyFirst - onlySecond))
    }
    #expect((0.94...0.985).contains(Double(covered) / Double(trials)), "\(covered)")
  }
}
