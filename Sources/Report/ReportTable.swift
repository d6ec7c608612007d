/// A table of the report: one model, drawn as Markdown in the page and as LaTeX in a file of its own.
struct ReportTable {
  /// The names of all tables. `rawValue` is that of its file, without the extension.
  enum Name: String, CaseIterable {
    case results, baseline, truncated
    case fineTuned = "fine-tuned"
    case fineTunedRanks = "fine-tuned-ranks"
    case dynamic, comparisons, budgets
    case dynamicRanks = "dynamic-ranks"
    case budgetBytes = "budget-bytes"
    case ablation, allocation
    case allocationSeconds = "allocation-seconds"
    case layerRanks = "layer-ranks"
    case calibrationImages = "calibration-images"
    case times

    /// The file of this table in a folder of figures.
    func path(in folder: String) -> String { "\(folder)/tables/\(rawValue).tex" }
  }

  /// What it is called.
  let name: Name
  /// One sentence, without markup.
  let caption: String
  /// The header's texts.
  let columns: [String]
  /// Plain text; numbers as they are printed.
  let rows: [[String]]
  /// The leading columns whose text is aligned to the left; the others hold numbers.
  var textColumns = 1

  /// The table on the page.
  var markdown: String { Markdown.table(columns, rows, textColumns: textColumns) }
}

/// A piece of the report: text in Markdown, or a table.
enum Block: ExpressibleByStringInterpolation {
  case text(String)
  case table(ReportTable)

  init(stringLiteral value: String) { self = .text(value) }

  var markdown: String {
    switch self {
    case .text(let text): text
    case .table(let table): table.markdown
    }
  }

  var table: ReportTable? { if case .table(let table) = self { table } else { nil } }
}
