import LinearAlgebra
import Testing

@testable import Models

/// What singular values say of ranks, against sums from the front.
@Suite struct SpectrumRanksTests {
  static let spectra: [[Double]] = [
    [3, 2, 1], [1, 1, 1, 1], [5, 0, 0], [1e200, 1e199, 1e-200], [0x1p-1030, 0x1p-1033, 0], (1...50).map { 1 / Double($0) },
    [7],
  ]

  @Test(arguments: spectra)
  func droppedShares(values: [Double]) {
    let shares = Spectrum(values).droppedShares
    let relative = values.map { $0 / values[0] * ($0 / values[0]) }
    #expect(shares.count == values.count + 1 && shares.first == 1 && shares.last == 0)
    for (rank, share) in shares.enumerated() {
      #expect(abs(share - relative[rank...].reduce(0, +) / relative.reduce(0, +)) < 1e-15, "\(rank)")
    }
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 >= $1 })
  }

  /// The smallest rank whose values have the share, by search.
  @Test(arguments: spectra)
  func rankForAnEnergy(values: [Double]) {
    let relative = values.map { $0 / values[0] * ($0 / values[0]) }
    for energy in [1e-9, 0.1, 0.501, 0.77, 0.9, 0.951, 0.99] {
      let rank = (1...values.count).first { relative[..<$0].reduce(0, +) >= energy * relative.reduce(0, +) }
      #expect(Spectrum(values).rank(keeping: energy) == rank, "\(energy)")
    }
  }

  /// Exact fractions: half of the energy in one of two equal values; all of it where the rest is 0.
  @Test func exactShares() {
    #expect(Spectrum([1.0, 1]).rank(keeping: 0.5) == 1)
    #expect(Spectrum([1.0, 1, 0, 0]).rank(keeping: 1) == 2)
    #expect(Spectrum([1.0, 1, 1, 1]).rank(keeping: 0.75) == 3)
    #expect(Spectrum([2.0, 1]).rank(keeping: 0) == 1)
  }

  @Test func stableRank() {
    #expect(Spectrum([2.0, 2, 2]).stableRank == 3)
    #expect(Spectrum([2.0, 1, 1]).stableRank == 1.5)
    #expect(Spectrum([1e200, 1e200]).stableRank == 2)
    #expect(Spectrum([5.0]).stableRank == 1)
  }

  @Test func zeros() {
    let zero = Spectrum([0.0, 0, 0])
    #expect(zero.droppedShares == [0, 0, 0, 0] && zero.rank(keeping: 0.9) == 1 && zero.stableRank == 0)
  }
}
