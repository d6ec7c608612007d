/// Tables in LaTeX, with the rules of the package booktabs.
enum LaTeX {
  /// A file to `\input`: a floating table with caption and label.
  /// - Parameter label: what `\ref` names it by, after `tab:`.
  static func file(_ table: ReportTable, label: String) -> String {
    let alignment = table.columns.indices.map { $0 < table.textColumns ? "l" : "r" }.joined()
    func line(_ cells: [String]) -> String { cells.map(escaped).joined(separator: " & ") + " \\\\" }
    let body = [table.columns].map(line) + ["\\midrule"] + table.rows.map(line)
    return
      ([
        "% Needs \\usepackage{booktabs}.", "\\begin{table}", "  \\centering", "  \\caption{\(escaped(table.caption))}",
        "  \\label{tab:\(String(label.map { isPlain($0) ? $0 : "-" }))}", "  \\begin{tabular}{\(alignment)}",
        "    \\toprule",
      ] + body.map { "    \($0)" } + ["    \\bottomrule", "  \\end{tabular}", "\\end{table}"]).joined(separator: "\n") + "\n"
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber)
  }

  /// Text of which no character is a command.
  static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "%", "&", "#", "$", "_", "{", "}": "\\\(character)"
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "±": "$\\pm$"
      case "−": "$-$"
      case "<", ">": "$\(character)$"
      case "–": "--"
      case _ where character.isNewline: " "
      default: String(character)
      }
    }.joined()
  }
}
