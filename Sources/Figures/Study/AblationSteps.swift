import Results

/// The steps from plain truncation to the study's table, and the other ways to choose ranks, each with its networks.
struct AblationSteps {
  struct Step {
    let title: String
    /// Whether it is on the way; else it is another way to choose ranks.
    let isOnTheWay: Bool
    /// By D.
    let networks: [Int: NetworkGroup<ResultRow>]
  }

  /// The D that the steps are measured at.
  let ranks: [Int]
  /// In the order of the way.
  let steps: [Step]

  /// `nil` if there are no steps in part 4.
  init?(_ groups: [NetworkGroup<ResultRow>]) {
    guard let table = MainTable(groups) else { return nil }
    func step(_ title: String, isOnTheWay: Bool = true, _ belongs: (NetworkKey) -> Bool) -> Step {
      // Part 4 goes before part 1, which has the same truncated networks with S as a diagonal.
      let networks = groups.reversed().filter { belongs($0.key) && [.part1, .part4].contains($0.key.experiment) }
      let byRank = networks.compactMap { group in group.key.rank.map { ($0, group) } }
      return Step(
        title: title, isOnTheWay: isOnTheWay, networks: Dictionary(byRank, uniquingKeysWith: { first, _ in first }))
    }
    func uniform(_ method: Method) -> (NetworkKey) -> Bool {
      { key in
        (key.method, key.allocation ?? .uniform, key.bits) == (method, .uniform, 32)
          && (key.calibrationImages ?? table.images) == table.images
      }
    }
    let methods: [(String, Method)] = [
      ("plain", .truncated), (Method.whitenedKeepingBias.title, .whitenedKeepingBias),
      (Method.whitened.title, .whitened), (Method.matched.title, .matched),
    ]
    let before = methods.map { step($0, uniform($1)) }
    let others = Allocation.allCases.filter { ![.uniform, table.allocation].contains($0) }
    let ways = others.map { allocation in
      step(allocation.title, isOnTheWay: false) { key in
        (key.method, key.allocation, key.calibrationImages, key.bits) == (.matched, allocation, table.images, 32)
      }
    }
    let bits = Set(groups.map(\.key).filter(table.contains).map(\.bits)).sorted(by: >)
    let after = bits.filter { $0 != 32 || table.allocation != .uniform }.map { bits in
      step(bits == 32 ? table.allocation.title : "\(bits) bits") { table.contains($0) && $0.bits == bits }
    }
    // Those of the steps; the table and part 1 have more.
    let ranks = Set((before.dropFirst() + ways).flatMap(\.networks.keys)).sorted()
    guard !ranks.isEmpty else { return nil }
    self.ranks = ranks
    steps = (before + ways + after).filter { step in ranks.contains { step.networks[$0] != nil } }
  }
}
