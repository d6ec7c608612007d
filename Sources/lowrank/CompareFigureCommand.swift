import ArgumentParser
import Figures

/// Draws what `make compare` measured.
struct CompareFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-figure", abstract: "Draw the figure (SVG, PNG, PDF) of the comparison with PyTorch and NumPy.")

  @Option(help: ArgumentHelp("The table that `make compare` wrote.", valueName: "file.csv"))
  var table = "experiments/results/compare.csv"

  @Option(help: ArgumentHelp("The folder of all figures.", valueName: "folder"))
  var figures = "figures"

  func validate() throws {
    guard table.hasSuffix(".csv") else {
      throw ValidationError("--table: found \(table.isEmpty ? "nothing" : table), expected a file whose name ends in .csv")
    }
    guard !figures.isEmpty else { throw ValidationError("--figures: found nothing, expected a folder") }
  }

  func run() throws {
    let folder = "\(figures)/compare"
    let paths = try Figures.draw(
      compare: table, to: folder, log: { Terminal.shared.line($0) }, isCancelled: { Interrupts.isInterrupted })
    Terminal.shared.line("compare-figure: \(paths.count) files in \(folder)")
  }
}
