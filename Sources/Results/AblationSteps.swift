/// The steps from plain truncation to the study's table, and the other ways to choose ranks, each with its networks.
public struct AblationSteps: Sendable {
  /// What the networks of a step have in common.
  public struct Step: Sendable {
    /// Of its networks.
    public let method: Method
    /// Of their ranks.
    public let allocation: Allocation
    /// Of a stored element.
    public let bits: Int
    /// Whether it is on the way; else it is another way to choose ranks.
    public let isOnTheWay: Bool
    /// By D.
    public let networks: [Int: NetworkGroup<ResultRow>]
  }

  /// The D that the steps are measured at.
  public let ranks: [Int]
  /// In the order of the way.
  public let steps: [Step]

  /// `nil` if there are no steps in part 4.
  public init?(_ results: StudyResults) {
    self.init(results.results.byNetwork(), of: results.mainTable)
  }

  private init?(_ groups: [NetworkGroup<ResultRow>], of table: MainTable?) {
    guard let table else { return nil }
    func step(_ method: Method, _ allocation: Allocation, bits: Int = 32, isOnTheWay: Bool = true) -> Step {
      // Part 4 goes before part 1, which has the same truncated networks with S as a diagonal.
      let networks = groups.reversed().filter { group in
        let key = group.key
        return [.part1, .part4].contains(key.experiment)
          && (key.method, key.allocation ?? .uniform, key.bits) == (method, allocation, bits)
          && (method == .truncated || key.calibrationImages == table.images)
      }
      let byRank = networks.compactMap { group in group.key.rank.map { ($0, group) } }
      return Step(
        method: method, allocation: allocation, bits: bits, isOnTheWay: isOnTheWay,
        networks: Dictionary(byRank, uniquingKeysWith: { first, _ in first }))
    }
    let before = [Method.truncated, .whitenedKeepingBias, .whitened, .matchedUnweighted, .matched].map { step($0, .uniform) }
    let others = Allocation.allCases.filter { ![.uniform, table.allocation].contains($0) }
    let ways = others.map { step(.matched, $0, isOnTheWay: false) }
    let bits = Set(groups.map(\.key).filter(table.contains).map(\.bits)).sorted(by: >)
    let after = bits.filter { $0 != 32 || table.allocation != .uniform }.map { step(.matched, table.allocation, bits: $0) }
    // Those of the steps; the table and part 1 have more.
    let ranks = Set((before.dropFirst() + ways).flatMap(\.networks.keys)).sorted()
    guard !ranks.isEmpty else { return nil }
    self.ranks = ranks
    steps = (before + ways + after).filter { step in ranks.contains { step.networks[$0] != nil } }
  }
}
