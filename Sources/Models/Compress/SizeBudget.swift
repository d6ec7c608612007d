import Compression
import Files

/// The ranks for a size of the whole file. Layers cost bits.
struct SizeBudget {
  let model: Model
  let asked: FileSize
  /// Bytes of the whole file with these ranks.
  let size: ([Int?]) throws(FileError) -> Int

  init(of model: Model, asked: FileSize, size: @escaping ([Int?]) throws(FileError) -> Int) {
    (self.model, self.asked, self.size) = (model, asked, size)
  }

  func ranks(errors: [[Double]], layers: [RankAllocation.Layer]) throws(FileError) -> [Int?] {
    let target = asked.bytes(of: model.size)
    let least = layers.map(\.leastRank)
    let (smallest, largest) = (try size(least), try size(layers.map { _ in nil }))
    // All dense as codes.
    if target >= largest, target < model.size { return layers.map { _ in nil } }
    // Without a factor, our metadata alone are added.
    let most = min(largest, model.size)
    guard smallest <= target, target < most else {
      func text(_ bytes: Int) -> String { Sizes.text(bytes) + ", " + Sizes.percent(bytes, of: model.size) }
      let copied = largest - layers.reduce(0) { $0 + $1.cost(of: nil) } / 8
      throw FileError(
        path: "--size", found: text(target),
        expected: "at least \(text(smallest)), and less than \(text(most))"
          + (smallest > target ? " (\(Sizes.text(copied)) are copied; --include takes further matrices)" : ""))
    }
    func cost(_ ranks: [Int?]) -> Int { zip(layers, ranks).reduce(0) { $0 + $1.0.cost(of: $1.1) } }
    // A header is longer where more layers are factors: from what would fit with the shortest one, step by step down.
    var budget = 8 * (target - largest) + cost(layers.map { _ in nil })
    while let ranks = RankAllocation.ranks(errors: errors, layers: layers, budget: budget) {
      if try size(ranks) <= target { return ranks }
      budget = cost(ranks) - 1
    }
    return least
  }
}
