import ArgumentParser
import Figures
import Results

/// Draws what `svd-sizes` measured.
struct SVDFiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svd-figures", abstract: "Draw the figures (SVG, PNG, PDF) of what svd-sizes measured.")

  @Option(help: ArgumentHelp("The table that svd-sizes wrote.", valueName: "file.csv"))
  var table = "experiments/results/svd/sizes.csv"

  @OptionGroup var figures: FiguresFolder

  func validate() throws { try validateTable(table, option: "--table") }

  func run() throws {
    let folder = "\(figures.path)/svd"
    let paths = try FigureCatalog.draw(
      svdSizes: SVDSizeFiles(table: table), to: folder, log: { Terminal.shared.line($0) },
      isCancelled: { Interrupts.isInterrupted })
    Terminal.shared.line("svd-figures: \(paths.count) files in \(folder)")
  }
}
