import Files

/// Ranks by the names of matrices, as an earlier run wrote them in its report.
public struct RankList: Sendable, Equatable {
  /// In the order of the file; the rank is `nil` for a matrix that stays as it is.
  public let ranks: [(name: String, rank: Int?)]

  /// Reads the columns `tensor` and `rank` of a table; a rank may be empty. Other columns are ignored.
  /// - Throws: `FileError` with the line that is wrong.
  public init(readingFrom path: String) throws(FileError) {
    var lines: [Int] = []
    let table = try CSVTable(readingFrom: path, selecting: ["tensor", "rank"], lines: &lines)
    var names = Set<[UInt8]>()
    var ranks: [(name: String, rank: Int?)] = []
    for (line, row) in zip(lines, table.rows) {
      guard names.insert(Array(row[0].utf8)).inserted else {
        throw FileError(path: "\(path):\(line)", found: "the tensor '\(row[0])' again", expected: "it once")
      }
      let rank = Int(row[1])
      guard row[1].isEmpty || (rank ?? 0) >= 1 else {
        throw FileError(
          path: "\(path):\(line): column rank", found: "'\(row[1])'", expected: "1 or more, or nothing for a dense layer")
      }
      ranks.append((row[0], rank))
    }
    guard !ranks.isEmpty else { throw FileError(path: path, found: "no row", expected: "a tensor and its rank a row") }
    self.ranks = ranks
  }

  /// The same names, by their bytes, with the same ranks in the same order.
  public static func == (a: RankList, b: RankList) -> Bool {
    a.ranks.elementsEqual(b.ranks) { $0.name.isIdentical(to: $1.name) && $0.rank == $1.rank }
  }
}
