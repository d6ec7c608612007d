/// The rows of one network with all its seeds.
public struct NetworkGroup<Row: NetworkRow>: Sendable {
  /// The network, with seed 0.
  public let key: NetworkKey
  /// At least one; in `results.csv` one a seed.
  public let rows: [Row]

  /// Over the seeds; `nil` if one of them is not finite.
  public func spread(of value: (Row) -> Double) -> Spread? { Spread(rows.map(value)) }

  /// The mean over the seeds, with its 95 % interval; `nil` if one of them is not finite.
  public func interval(of value: (Row) -> Double) -> Interval? { Interval(rows.map(value)) }
}

extension Sequence where Element: NetworkRow {
  /// The networks among the rows, in the order experiment, method, cadence, rank.
  public func byNetwork() -> [NetworkGroup<Element>] {
    Dictionary(grouping: self) { $0.key.withoutSeed }
      .map { NetworkGroup(key: $0.key, rows: $0.value) }
      .sorted { $0.key.place.lexicographicallyPrecedes($1.key.place) }
  }
}

extension NetworkKey {
  /// The same network whatever the seed.
  public var withoutSeed: NetworkKey {
    var key = self
    key.seed = 0
    // Allocated ranks follow from the weights, so that they differ between seeds.
    if allocation != .listed { key.ranks = nil }
    return key
  }

  fileprivate var place: [Int] {
    [
      experiment.order, Method.allCases.firstIndex(of: method) ?? 0,
      cadence.flatMap { Cadence.allCases.firstIndex(of: $0) } ?? -1,
      allocation.flatMap { Allocation.allCases.firstIndex(of: $0) } ?? -1, -bits, calibrationImages ?? 0, rank ?? 0,
    ] + (allocation == .listed ? (ranks?.values ?? []).map { $0 ?? .max } : [])
  }
}
