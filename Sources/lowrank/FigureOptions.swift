import ArgumentParser
import Results

/// Where figures lie.
struct FiguresFolder: ParsableArguments {
  @Option(name: .customLong("figures"), help: ArgumentHelp("The folder of all figures.", valueName: "folder"))
  var path = "figures"

  func validate() throws {
    guard !path.isEmpty else { throw ValidationError("--figures: found nothing, expected a folder") }
  }
}

/// Which study's figures, and where they lie.
struct FigureOptions: ParsableArguments {
  @OptionGroup var study: StudyOptions
  @OptionGroup var figures: FiguresFolder

  func folder(for results: ResultFiles) -> String { "\(figures.path)/\(results.dataset)/\(results.study)" }
}

/// Whether `path`, which `option` gave, can be a table's.
/// - Throws: `ValidationError`.
func validateTable(_ path: String, option: String) throws {
  guard path.hasSuffix(".csv") else {
    throw ValidationError("\(option): found \(path.isEmpty ? "nothing" : path), expected a file whose name ends in .csv")
  }
}
