import Files

/// Part 4 has a table of budgets and bits, and networks beside it that show what each step is worth. All are rows of one file.
public struct MainTable: Sendable {
  /// How the study chooses ranks.
  public let allocation: Allocation
  /// How many images the study calibrates with.
  public let images: Int?

  /// As the study file says; without its values, the table is what has most networks with one allocation and one number of images,
  /// `exchanged` where two are as large. `nil` without part 4.
  public init?(_ groups: [NetworkGroup<ResultRow>], of configuration: JSON? = nil) {
    let matched = groups.map(\.key).filter { ($0.experiment, $0.method) == (.part4, .matched) }
    let tables = Dictionary(grouping: matched) { [$0.allocation?.rawValue ?? "", "\($0.calibrationImages ?? 0)"] }
    let largest = tables.values.max { size($0) < size($1) }
    guard let key = largest?.first, let usual = key.allocation else { return nil }
    let calibration = configuration?[StudyKey.calibration]
    allocation = calibration?["allocation"]?.string.flatMap(Allocation.init) ?? usual
    images = if case .number(let text)? = calibration?["images"] { Int(text) } else { key.calibrationImages }

    func size(_ keys: [NetworkKey]) -> (Int, Int, Int) {
      (keys.count, keys[0].allocation == .exchanged ? 1 : 0, keys[0].calibrationImages ?? 0)
    }
  }

  /// Whether a network is in the table.
  public func contains(_ key: NetworkKey) -> Bool {
    (key.experiment, key.method, key.allocation, key.calibrationImages) == (.part4, .matched, allocation, images)
  }
}

extension StudyResults {
  /// `nil` without part 4.
  public var mainTable: MainTable? { MainTable(self.results.byNetwork(), of: configuration) }

  /// Without part 4 but for its table's networks of 32 bits: few enough for every kind of figure.
  public var overview: [NetworkGroup<ResultRow>] {
    let table = mainTable
    return self.results.byNetwork().filter {
      $0.key.experiment != .part4 || (table?.contains($0.key) == true && $0.key.bits == 32)
    }
  }
}
