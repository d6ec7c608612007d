import Results

/// Part 4 has a table of budgets and bits, and networks beside it that show what each step is worth. All are rows of one file.
struct MainTable {
  /// How the study chooses ranks.
  let allocation: Allocation
  /// How many images the study calibrates with.
  let images: Int?

  /// The table is what has most networks with one allocation and one number of images; `exchanged` where two are as large.
  /// `nil` without part 4.
  init?(_ groups: [NetworkGroup<ResultRow>]) {
    let matched = groups.map(\.key).filter { ($0.experiment, $0.method) == (.part4, .matched) }
    let tables = Dictionary(grouping: matched) { [$0.allocation?.rawValue ?? "", "\($0.calibrationImages ?? 0)"] }
    let largest = tables.values.max { size($0) < size($1) }
    guard let key = largest?.first, let allocation = key.allocation else { return nil }
    (self.allocation, images) = (allocation, key.calibrationImages)

    func size(_ keys: [NetworkKey]) -> (Int, Int, Int) {
      (keys.count, keys[0].allocation == .exchanged ? 1 : 0, keys[0].calibrationImages ?? 0)
    }
  }

  /// Whether a network is in the table.
  func contains(_ key: NetworkKey) -> Bool {
    (key.experiment, key.method, key.allocation, key.calibrationImages) == (.part4, .matched, allocation, images)
  }
}

extension Sequence where Element == NetworkGroup<ResultRow> {
  /// Without part 4 but for its table's networks of 32 bits: few enough for every kind of figure.
  var overview: [Element] {
    let groups = Array(self)
    let table = MainTable(groups)
    return groups.filter { $0.key.experiment != .part4 || (table?.contains($0.key) == true && $0.key.bits == 32) }
  }
}
