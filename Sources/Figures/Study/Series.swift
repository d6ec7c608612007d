import Results

/// The kinds of networks among `groups`, as one series each: every rank of a method and cadence together.
func series<Row>(_ groups: [NetworkGroup<Row>]) -> [[NetworkGroup<Row>]] {
  var result: [[NetworkGroup<Row>]] = []
  for group in groups {
    if let last = result.last?.first, last.key.method == group.key.method, last.key.cadence == group.key.cadence {
      result[result.count - 1].append(group)
    } else {
      result.append([group])
    }
  }
  return result
}
