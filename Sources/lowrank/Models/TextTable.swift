import Files

/// A table for a terminal: columns of the same width, numbers to the right.
struct TextTable {
  /// Column heads; `true` for columns of numbers.
  let columns: [(head: String, isNumber: Bool)]
  var rows: [[String]] = []

  init(_ columns: [(head: String, isNumber: Bool)]) { self.columns = columns }

  var lines: [String] {
    let all = [columns.map(\.head)] + rows.map { $0.map(printable) }
    let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let line = columns.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return columns[column].isNumber ? space + row[column] : row[column] + space
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
