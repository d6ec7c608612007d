import ArgumentParser
import Figures
import Results

/// Draws what `svd-sizes` measured.
struct SVDFiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svd-figures", abstract: "Draw the figures (SVG, PNG, PDF) of what svd-sizes measured.")

  @Option(help: ArgumentHelp("The table that svd-sizes wrote.", valueName: "file.csv"))
  var table = "experiments/results/svd/sizes.csv"

  @Option(help: ArgumentHelp("The folder of all figures.", valueName: "folder"))
  var figures = "figures"

  func validate() throws {
    try SVDSizeFiles.validate(table, option: "--table")
    guard !figures.isEmpty else { throw ValidationError("--figures: found nothing, expected a folder") }
  }

  func run() throws {
    let folder = "\(figures)/svd"
    let paths = try Figures.draw(
      svdSizes: SVDSizeFiles(table: table), to: folder, log: { Terminal.shared.line($0) },
      isCancelled: { Interrupts.isInterrupted })
    Terminal.shared.line("svd-figures: \(paths.count) files in \(folder)")
  }
}
