import ArgumentParser
import Figures

/// Draws what `make compare` measured.
struct CompareFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-figure", abstract: "Draw the figure (SVG, PNG, PDF) of the comparison with PyTorch and NumPy.")

  @Option(help: ArgumentHelp("The table that `make compare` wrote.", valueName: "file.csv"))
  var table = "experiments/results/compare.csv"

  @OptionGroup var figures: FiguresFolder

  func validate() throws { try validateTable(table, option: "--table") }

  func run() throws {
    let folder = "\(figures.path)/compare"
    let paths = try FigureCatalog.draw(
      compare: table, to: folder, log: { Terminal.shared.line($0) }, isCancelled: { Interrupts.isInterrupted })
    Terminal.shared.line("compare-figure: \(paths.count) files in \(folder)")
  }
}
