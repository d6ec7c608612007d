import ArgumentParser
import Figures

/// Draws what `make scaling` measured.
struct ScalingFigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling-figure", abstract: "Draw the figure (SVG, PNG, PDF) of a training step's time by size.")

  @Option(help: ArgumentHelp("The table that `make scaling` wrote.", valueName: "file.csv"))
  var table = "experiments/results/scaling/scaling.csv"

  @OptionGroup var figures: FiguresFolder

  func validate() throws { try validateTable(table, option: "--table") }

  func run() throws {
    let folder = "\(figures.path)/scaling"
    let paths = try FigureCatalog.draw(
      scaling: table, to: folder, log: { Terminal.shared.line($0) }, isCancelled: { Interrupts.isInterrupted })
    Terminal.shared.line("scaling-figure: \(paths.count) files in \(folder)")
  }
}
