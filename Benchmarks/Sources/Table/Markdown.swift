/// A table in Markdown, aligned as plain text too: the first column left, the others right.
func markdown(_ header: [String], _ rows: [[String]]) -> String {
  let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
  func line(_ fields: [String]) -> String {
    let padded = fields.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - fields[column].count)
      return column == 0 ? fields[column] + space : space + fields[column]
    }
    return "| \(padded.joined(separator: " | ")) |"
  }
  let rules = widths.enumerated().map { column, width in
    String(repeating: "-", count: max(3, width) - 1) + (column == 0 ? "-" : ":")
  }
  return ([line(header), line(rules)] + rows.map(line)).joined(separator: "\n")
}
