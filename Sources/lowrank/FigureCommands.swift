import ArgumentParser
import Figures
import Results

/// The figures, each group from its own tables.
struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Draw figures (SVG, PNG, PDF) from tables: study, svd, compare or scaling.",
    discussion: "Without a name, the figures of the study are drawn.",
    subcommands: [StudyFigures.self, SVDFigures.self, CompareFigures.self, ScalingFigures.self],
    defaultSubcommand: StudyFigures.self)

  struct StudyFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "study", abstract: "Accuracy, size, spectra and learning curves, from a study's result files.")
    @OptionGroup var study: StudyOptions
    @OptionGroup var figures: FigureFolder

    func run() throws {
      let results = try study.results.files(of: try study.configuration())
      try FigureGroup.study(results).draw(below: figures)
    }
  }

  struct SVDFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "svd", abstract: "Errors and times of the SVD algorithms by size (make svd-sizes).")
    @OptionGroup var options: MeasuredOptions

    func validate() throws { try options.requireTable() }
    func run() throws { try options.draw(.svd) }
  }

  struct CompareFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compare", abstract: "Times of PyTorch and NumPy over ours (make compare).")
    @OptionGroup var options: MeasuredOptions

    func validate() throws { try options.requireTable() }
    func run() throws { try options.draw(.compare) }
  }

  struct ScalingFigures: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "scaling", abstract: "Time of a training step by width, rank and batch (make scaling).")
    @OptionGroup var options: MeasuredOptions

    func validate() throws { try options.requireTable() }
    func run() throws { try options.draw(.scaling) }
  }
}

/// What the figures of measurements are drawn from, and where they go.
struct MeasuredOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The table. (default: where make writes it, below experiments/results)", valueName: "file.csv"))
  var table: String?

  @OptionGroup var figures: FigureFolder

  func requireTable() throws { if let table { try validateTable(table, option: "--table") } }

  func draw(_ measured: MeasuredTable) throws {
    try FigureGroup.measured(measured, table ?? measured.path()).draw(below: figures)
  }
}

extension FigureGroup {
  /// Draws the group, and says where.
  /// - Parameter program: digest of the program; given, a group that is up to date is not drawn again.
  func draw(below folder: FigureFolder, unlessDrawnBy program: String? = nil, fresh: Bool = false) throws {
    let folder = "\(folder.path)/\(self.folder)"
    let paths = try draw(
      to: folder, unlessDrawnBy: program, fresh: fresh, log: { Terminal.shared.line($0) },
      isCancelled: { Interrupts.isInterrupted })
    Terminal.shared.line("figures: " + (paths.map { "\($0.count) files in \(folder)" } ?? "\(folder): up to date"))
  }
}
