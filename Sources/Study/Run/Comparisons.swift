import Results

/// `comparisons.csv`: pairs of networks of one seed on the same test images, from their `Predictions`.
enum Comparisons {
  /// The rows of all seeds that agree with the results, in the order of the networks: earlier ones, such as those of a seed
  /// whose weights were not kept, and new ones of one seed.
  /// - Parameters:
  ///   - predictions: of networks of that seed; those of another number of images make no rows.
  ///   - labels: of the test images; asked for where there is a row to make.
  static func rows(
    of results: [ResultRow], earlier: [ComparisonRow], seed: UInt64, predictions: [(name: String, classes: [UInt8])],
    labels: () throws -> [UInt8]
  ) rethrows -> [ComparisonRow] {
    let kept = Dictionary(earlier.agreeing(with: results).map { (Name($0.key, $0.other), $0) }) { row, _ in row }
    let classes = Dictionary(predictions.map { ($0.name, $0.classes) }) { first, _ in first }
    var known: [UInt8]?
    var rows: [ComparisonRow] = []
    for each in Set(results.map(\.key.seed)).sorted() {
      for (first, second) in pairs(of: results.map(\.key).filter({ $0.seed == each })) {
        let name = ResultFiles.name(of: second)
        if let row = kept[Name(first, name)] {
          rows.append(row)
        } else if each == seed, let own = classes[ResultFiles.name(of: first)], let other = classes[name] {
          let labels = try known ?? labels()
          known = labels
          if own.count == labels.count, other.count == labels.count { rows.append(row(first, own, name, other, labels)) }
        }
      }
    }
    return rows.agreeing(with: results)
  }

  private struct Name: Hashable {
    let (first, second): (NetworkKey, String)

    init(_ first: NetworkKey, _ second: String) { (self.first, self.second) = (first, second) }
  }

  /// Every network against the baseline; those of one D against each other; fewer bits against 32.
  static func pairs(of networks: [NetworkKey]) -> [(first: NetworkKey, second: NetworkKey)] {
    networks.enumerated().flatMap { place, network -> [(first: NetworkKey, second: NetworkKey)] in
      if network.method == .dense { return [] }
      var whole = network
      whole.bits = 32
      let others = network.bits == 32 ? networks[(place + 1)...].filter { $0.bits == 32 && $0.rank == network.rank } : []
      return networks.filter { $0.method == .dense }.map { (network, $0) }
        + (network.bits == 32 ? [] : networks.filter { $0 == whole }.map { (network, $0) })
        + (network.rank == nil ? [] : others.map { (network, $0) })
    }
  }

  private static func row(
    _ key: NetworkKey, _ own: [UInt8], _ name: String, _ other: [UInt8], _ labels: [UInt8]
  ) -> ComparisonRow {
    func count(_ first: Bool, _ second: Bool) -> Int {
      labels.indices.count { (own[$0] == labels[$0]) == first && (other[$0] == labels[$0]) == second }
    }
    return ComparisonRow(
      key: key, other: name, bothRight: count(true, true), onlyFirst: count(true, false), onlySecond: count(false, true),
      bothWrong: count(false, false))
  }
}

extension ComparisonRow {
  /// Whether one of the two networks is of this run.
  func isAbout(_ run: Manifest.Run) -> Bool {
    run.made(key) || key.seed == run.seed && other.prefix { $0 != "-" } == run.experiment.rawValue
  }
}
