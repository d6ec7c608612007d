import Results

/// Rows of one network with all its seeds.
struct Group<Row: TableRow> {
  let key: NetworkKey
  let rows: [Row]

  /// What the seeds gave; `nil` if one of them is not finite.
  func spread(of value: (Row) -> Double) -> Spread? { Spread(rows.map(value)) }
}

/// The networks in `rows`, in the order experiment, rank, cadence.
func grouped<Row: TableRow>(_ rows: [Row]) -> [Group<Row>] {
  Dictionary(grouping: rows) { $0.key.withoutSeed }
    .map { Group(key: $0.key, rows: $0.value) }
    .sorted { order(of: $0.key).lexicographicallyPrecedes(order(of: $1.key)) }
}

private func order(of key: NetworkKey) -> [Int] {
  [
    Experiment.allCases.firstIndex(of: key.experiment) ?? 0, Method.allCases.firstIndex(of: key.method) ?? 0,
    key.cadence.flatMap { Cadence.allCases.firstIndex(of: $0) } ?? -1, key.rank ?? 0,
  ]
}

/// The kinds of networks among `groups`, as one series each: every rank of a method and cadence together.
func series<Row>(_ groups: [Group<Row>]) -> [[Group<Row>]] {
  var result: [[Group<Row>]] = []
  for group in groups {
    if let last = result.last?.first, last.key.method == group.key.method, last.key.cadence == group.key.cadence {
      result[result.count - 1].append(group)
    } else {
      result.append([group])
    }
  }
  return result
}
