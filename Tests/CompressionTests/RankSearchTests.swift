import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

/// The search for ranks by held-out images, and the cheap networks that it compares.
@Suite struct RankSearchTests {
  /// A layer that is never smaller as factors stays dense, and the others are factored.
  @Test func factoredStarts() {
    let shapes = [(rows: 24, columns: 784), (rows: 1, columns: 24), (rows: 20, columns: 1), (rows: 10, columns: 20)]
    for (ranks, expected): ([Int?], [[Int?]]) in [
      ([5, nil, nil, 6], [[5, nil, nil, 6]]), ([5, nil, nil, nil], [[5, nil, nil, nil], [5, nil, nil, 6]]),
      ([nil, nil, nil], [[nil, nil, nil], [23, nil, nil]]), ([5, 1, 1, 2], [[5, 1, 1, 2]]),
    ] {
      #expect(RankSearch.starts(ranks, shapes: shapes) == expected)
    }
  }

  private static let samples: Samples<Float> = sampleImages(count: 260, width: 20, classes: 6)

  private func network(_ seed: UInt64) -> Network<Float> {
    Network<Float>(widths: [20, 24, 18, 6], seed: seed).withRandomBiases()
  }

  private func calibration(_ seed: UInt64 = 4, _ images: Range<Int> = 0..<200, threads: Int = 2) throws -> Calibration {
    try Calibration(
      of: network(seed), samples: Self.samples, indices: Array(images), seed: seed, workers: Workers(count: threads))
  }

  private func limits(_ change: (inout RankSearch.Limits) -> Void) -> RankSearch.Limits {
    var limits = RankSearch.Limits()
    change(&limits)
    return limits
  }

  /// Ranks stay within the budget, dense layers dense, and with all images the network is never farther from the original than that
  /// of the start; mostly it is nearer.
  @Test func neverWorseThanTheStart() throws {
    var better = 0
    for seed in UInt64(1)...8 {
      let (calibration, heldOut) = (try calibration(seed), try calibration(seed, 200..<260))
      let start: [Int?] = seed % 2 == 0 ? [1, 8, nil] : [6, 2, 4]
      let budget = RankAllocation.cost(of: start, shapes: calibration.shapes)
      // So few images that the search is often wrong.
      let few = limits { ($0.images, $0.heldOut, $0.networks) = (40, 30, 12) }
      for limits in [RankSearch.Limits(), few] {
        let found = try RankSearch(calibration, heldOut: heldOut, limits: limits).ranks(from: [start], budget: budget)
        #expect(RankAllocation.cost(of: found.ranks, shapes: calibration.shapes) <= budget)
        #expect((found.ranks[2] == nil) == (start[2] == nil))
        #expect(found.network == (try calibration.matched(ranks: found.ranks)))
        let before = heldOut.divergence(of: try calibration.matched(ranks: start))
        let after = heldOut.divergence(of: found.network)
        #expect(after <= before, "seed \(seed)")
        if after < 0.9 * before { better += 1 }
      }
    }
    #expect(better >= 8, "\(better) of 16")
  }

  /// Of several starts the best is gone on from, whatever their order.
  @Test func bestOfTheStarts() throws {
    let search = try RankSearch(
      try calibration(), heldOut: try calibration(4, 200..<260), limits: limits { $0.networks = 2 })
    let (good, bad): ([Int?], [Int?]) = ([6, 7, nil], [12, 1, nil])
    let budget = RankAllocation.cost(of: bad, shapes: try calibration().shapes)
    #expect(try search.ranks(from: [good, bad], budget: budget).ranks == good)
    #expect(try search.ranks(from: [bad, good], budget: budget).ranks == good)
  }

  /// As many networks as the limit says at most, each reported, the best so far never worse than before.
  @Test func steps() throws {
    struct Stop: Error {}
    let (calibration, heldOut) = (try calibration(), try calibration(4, 200..<260))
    let search = try RankSearch(calibration, heldOut: heldOut, limits: limits { $0.networks = 5 })
    var steps: [RankSearch.Step] = []
    _ = try search.ranks(from: [[1, 8, nil]], budget: 1 * 44 + 8 * 42 + 108) { steps.append($0) }
    #expect(steps.map(\.networks) == Array(2...5))
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.divergence >= $1.divergence })
    #expect(throws: Stop.self) {
      try search.ranks(from: [[1, 8, nil]], budget: 1 * 44 + 8 * 42 + 108) { if $0.networks == 4 { throw Stop() } }
    }
  }

  @Test(arguments: [1, 3, 8]) func sameRanks(threads: Int) throws {
    func found(_ threads: Int) throws -> [Int?] {
      let (calibration, heldOut) = (try calibration(threads: threads), try calibration(4, 200..<260, threads: threads))
      return try RankSearch(calibration, heldOut: heldOut).ranks(from: [[1, 8, 3]], budget: 1 * 44 + 8 * 42 + 3 * 24).ranks
    }
    #expect(try found(threads) == found(2))
  }

  /// With all directions and images a network of the search is the matched one, and what is taken from another network is the same.
  @Test func trialNetworks() throws {
    let (calibration, heldOut) = (try calibration(), try calibration(4, 200..<260))
    func problem(directions: Int) throws -> TrialNetwork.Problem {
      try TrialNetwork.Problem(calibration, heldOut: heldOut, metrics: calibration.metrics(), directions: directions)
    }
    let (whole, few) = (try problem(directions: 99), try problem(directions: 12))
    var previous: TrialNetwork?
    for ranks: [Int?] in [[4, 5, 3], [4, 7, 3], [4, 7, nil], [6, 7, nil], [6, 7, 6], [nil, 7, nil]] {
      let trial = try TrialNetwork(whole, ranks: ranks, previous: previous)
      #expect(trial.divergence == (try TrialNetwork(whole, ranks: ranks)).divergence)
      let matched = heldOut.divergence(of: try calibration.matched(ranks: ranks))
      #expect(abs(trial.divergence - matched) < 1e-4 * matched, "\(ranks)")
      #expect(abs(try TrialNetwork(few, ranks: ranks).divergence - matched) < 0.3 * matched, "\(ranks)")
      previous = trial
    }
  }
}
