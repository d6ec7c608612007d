import Files
import Results

/// `comparisons.csv`: pairs of networks of one seed on the same test images, from their `Predictions`.
public enum Comparisons {
  /// Writes the file, unless it is up to date.
  ///
  /// A row is made where the predictions of both networks are there; otherwise the earlier row stays, such as those of a seed whose
  /// weights were not kept. Rows about networks that `results.csv` no longer has are dropped.
  /// - Parameters:
  ///   - seeds: those to make rows of; the others keep theirs.
  ///   - labels: of the test images, 0 to 9.
  /// - Throws: `FileError` for a table or predictions that cannot be read, or do not fit the labels.
  /// - Returns: whether the file changed.
  @discardableResult
  public static func write(files: ResultFiles, seeds: [UInt64], labels: [UInt8]) throws(FileError) -> Bool {
    let results = try ResultRow.readIfPresent(from: files.results)
    let earlier = try ComparisonRow.readIfPresent(from: files.comparisons)
    let kept = Dictionary(earlier.map { (Name($0.key, $0.other), $0) }) { row, _ in row }
    var rows: [ComparisonRow] = []
    for seed in Set(results.map(\.key.seed)).sorted() {
      let networks = results.map(\.key).filter { $0.seed == seed }
      let rights = seeds.contains(seed) ? try Self.rights(files, seed: seed, labels: labels) : [:]
      for (first, second) in pairs(of: networks) {
        let name = ResultFiles.name(of: second)
        if let own = rights[ResultFiles.name(of: first)], let other = rights[name] {
          rows.append(row(first, own, name, other))
        } else if let row = kept[Name(first, name)] {
          rows.append(row)
        }
      }
    }
    guard rows != earlier else { return false }
    try ComparisonRow.write(rows, to: files.comparisons)
    return true
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

  /// Whether each test image is answered rightly, by network; no class is none of the labels.
  private static func rights(
    _ files: ResultFiles, seed: UInt64, labels: [UInt8]
  ) throws(FileError) -> [String: [Bool]] {
    var rights: [String: [Bool]] = [:]
    for (name, classes) in try Predictions.read(files, seed: seed) {
      guard classes.count == labels.count else {
        throw FileError(
          path: files.weights(seed: seed), found: "predictions of '\(name)' for \(classes.count) images",
          expected: "\(labels.count), the test images")
      }
      rights[name] = zip(classes, labels).map { $0 == $1 }
    }
    return rights
  }

  private static func row(_ key: NetworkKey, _ own: [Bool], _ name: String, _ other: [Bool]) -> ComparisonRow {
    func count(_ first: Bool, _ second: Bool) -> Int { zip(own, other).count { $0 == first && $1 == second } }
    return ComparisonRow(
      key: key, other: name, bothRight: count(true, true), onlyFirst: count(true, false), onlySecond: count(false, true),
      bothWrong: count(false, false))
  }
}
