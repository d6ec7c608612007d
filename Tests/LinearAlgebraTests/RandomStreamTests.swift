import LinearAlgebra
import Testing

@Suite struct RandomStreamTests {
  private func words(_ count: Int, seed: UInt64 = 1, name: String = "a") -> [UInt32] {
    var stream = RandomStream(seed: seed, name: name)
    return (0..<count).map { _ in stream.next32() }
  }

  @Test func sameSeedSameNameSameNumbers() { #expect(words(1000) == words(1000)) }

  @Test func otherSeedOrNameOtherNumbers() {
    let others = [words(1000, seed: 2), words(1000, name: "b"), words(1000, name: "A"), words(1000, name: "")]
    for other in others {
      // The expected number of equal words in 1000 pairs is 2·10⁻⁷.
      #expect(zip(words(1000), other).allSatisfy { $0 != $1 })
    }
    #expect(Set(([words(1000)] + others).joined()).count > 4990)
  }

  /// The sum over a pair of streams: correlated ones would stand out.
  @Test func streamsAreNotCorrelated() {
    for (seed, name, otherSeed, otherName): (UInt64, String, UInt64, String) in [
      (1, "shuffling", 1, "dropout"), (1, "a", 2, "a"), (1, "a", 1, "b"), (0, "a", 1 << 63, "a"),
    ]
      as [(UInt64, String, UInt64, String)]
    {
      var (one, other) = (RandomStream(seed: seed, name: name), RandomStream(seed: otherSeed, name: otherName))
      let count = 20_000
      let sum = (0..<count).reduce(0.0) { sum, _ in sum + one.normal() * other.normal() }
      #expect(abs(sum) < 4 * Double(count).squareRoot(), "\(seed), \(name), \(otherSeed), \(otherName)")
    }
  }

  @Test func blocksAreTheNumbersInOrder() {
    let stream = RandomStream(seed: 9, name: "blocks")
    var drawn = stream
    for index in 0..<50 as Range<UInt64> {
      let block = stream.block(index)
      for lane in 0..<4 { #expect(drawn.next32() == block[lane]) }
    }
    // At any position of the stream.
    #expect(drawn.block(3) == stream.block(3))
  }

  @Test func aStreamCanBeginAnywhere() {
    var late = RandomStream(seed: 9, name: "blocks", index: 1 << 40)
    let block = RandomStream(seed: 9, name: "blocks").block(1 << 40)
    #expect((0..<4).map { _ in late.next32() } == (0..<4).map { block[$0] })
  }

  @Test func next64IsTwoWordsLowFirst() {
    var stream = RandomStream(seed: 1, name: "a")
    let word = words(2)
    #expect(stream.next() == UInt64(word[1]) << 32 | UInt64(word[0]))
  }

  /// These values must never change: a change here changes every result.
  @Test func frozen() {
    var stream = RandomStream(seed: 1, name: "initialisation")
    #expect((0..<4).map { _ in stream.next32() } == [2_360_082_326, 1_421_893_522, 3_340_880_566, 2_838_079_195])
    #expect(stream.permutation(8) == [2, 0, 7, 6, 1, 3, 5, 4])
  }

  @Test func uniformMoments() {
    var stream = RandomStream(seed: 1, name: "uniform")
    let count = 100_000
    let draws = (0..<count).map { _ in stream.uniform() }
    #expect(draws.allSatisfy { 0 <= $0 && $0 < 1 })
    // Means of x, x², x³, each within four of its deviations.
    for power in 1...3 {
      let mean = moment(power, of: draws)
      let expected = 1 / Double(power + 1)
      let variance = 1 / Double(2 * power + 1) - expected * expected
      #expect(abs(mean - expected) < 4 * (variance / Double(count)).squareRoot())
    }
  }

  @Test func uniformWithinBounds() {
    var stream = RandomStream(seed: 1, name: "bounds")
    let draws = (0..<10_000).map { _ in stream.uniform(in: -3...5) }
    #expect(draws.allSatisfy { (-3...5).contains($0) })
    let deviation = 8 / 12.0.squareRoot() / 100
    #expect(abs(draws.reduce(0, +) / 10_000 - 1) < 4 * deviation)
    #expect(stream.uniform(in: 2...2) == 2)
  }

  @Test func normalMoments() {
    var stream = RandomStream(seed: 1, name: "normal")
    let count = 100_000
    let draws = (0..<count).map { _ in stream.normal() }
    // Moment, its expectation, and the variance of its estimate times the count.
    let moments: [(power: Int, expected: Double, variance: Double)] = [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)]
    for (power, expected, variance) in moments {
      #expect(abs(moment(power, of: draws) - expected) < 4 * (variance / Double(count)).squareRoot(), "moment \(power)")
    }
    // Two values share a radius: neighbours must not be correlated.
    let covariance = zip(draws, draws.dropFirst()).reduce(0.0) { $0 + $1.0 * $1.1 } / Double(count)
    #expect(abs(covariance) < 4 / Double(count).squareRoot())
    let beyondTwo = Double(draws.count { abs($0) > 2 }) / Double(count)
    #expect(abs(beyondTwo - 0.0455) < 4 * (0.0455 / Double(count)).squareRoot())
  }

  @Test func permutations() {
    for count: Int in [0, 1, 2, 3, 10, 257] {
      var stream = RandomStream(seed: 4, name: "permutation")
      for _ in 0..<20 { #expect(stream.permutation(count).sorted() == Array(0..<count), "\(count)") }
    }
  }

  /// All 24 permutations of four are equally likely: χ² with 23 degrees of freedom is below 49.7 with 99.9 %.
  @Test func permutationsAreEquallyLikely() {
    var stream = RandomStream(seed: 4, name: "permutation")
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[stream.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(chiSquare(Array(counts.values), expected: 1000) < 49.7)
  }

  /// χ² with n − 1 degrees of freedom, at most four deviations above its mean.
  @Test func below() {
    for bound: Int in [1, 2, 3, 7, 10, 64, 100] {
      var stream = RandomStream(seed: 5, name: "below")
      var counts = [Int](repeating: 0, count: bound)
      for _ in 0..<1000 * bound { counts[stream.below(bound)] += 1 }
      let freedom = Double(bound - 1)
      #expect(chiSquare(counts, expected: 1000) <= freedom + 4 * (2 * freedom).squareRoot(), "\(bound)")
    }
  }

  /// Where 2⁶⁴ is far from a multiple of the bound, a multiplication without rejection would favour every other value.
  @Test func belowALargeBound() {
    var stream = RandomStream(seed: 5, name: "below")
    let bound = 3 << 61
    var counts = [Int](repeating: 0, count: 3)
    for _ in 0..<30_000 {
      let drawn = stream.below(bound)
      #expect((0..<bound).contains(drawn))
      counts[drawn % 3] += 1
    }
    // Two degrees of freedom: below 13.8 with 99.9 %.
    #expect(chiSquare(counts, expected: 10_000) < 13.8)
  }

  /// The mean of the powers.
  private func moment(_ power: Int, of draws: [Double]) -> Double {
    var sum = 0.0
    for draw in draws { sum += (0..<power).reduce(1.0) { product, _ in product * draw } }
    return sum / Double(draws.count)
  }

  private func chiSquare(_ counts: [Int], expected: Double) -> Double {
    counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }
}
