import ArgumentParser
import Figures
import Report
import Results

/// Finds or fetches the images.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Find the images, or download them; print which they are: mnist or digits.")
  @OptionGroup var options: StudyOptions

  func run() throws { print(try options.source(for: try options.configuration()).name.rawValue) }
}

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "baseline", abstract: "Train the dense network.")
  @OptionGroup var options: RunOptions

  func run() throws { try options.run(.baseline) }
}

struct Part1Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part1", abstract: "Truncate the baseline's weights to each rank.")
  @OptionGroup var options: RunOptions

  func run() throws { try options.run(.part1) }
}

struct Part2Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part2", abstract: "Fine-tune the factors of truncated networks.")
  @OptionGroup var options: RunOptions

  func run() throws { try options.run(.part2) }
}

struct Part3Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "part3", abstract: "Train on from the baseline with dynamic SVD, once an epoch and in every step.")
  @OptionGroup var options: RunOptions

  func run() throws { try options.run(.part3) }
}

struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Draw the figures (SVG, PNG, PDF) from the result files.")
  @OptionGroup var options: FigureOptions

  func run() throws {
    let results = try options.study.resultFiles()
    let folder = options.folder(for: results)
    let paths = try FigureCatalog.draw(
      results: results, to: folder, log: { Terminal.shared.line($0) }, isCancelled: { Interrupts.isInterrupted })
    Terminal.shared.line("figures: \(paths.count) files in \(folder)")
  }
}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write REPORT.md from the result files.")
  @OptionGroup var options: FigureOptions

  func run() throws {
    let results = try options.study.resultFiles()
    try StudyReport.write(results: results, figures: options.folder(for: results), to: results.report)
    Terminal.shared.line("report: \(results.report)")
  }
}
