import ArgumentParser
import Figures
import Files
import Foundation
import LinearAlgebra
import Models

/// Shows what the matrices of a model are like.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show the singular values of a model's matrices, and what a compression would do.",
    discussion: """
      A row for each matrix of F64, F32, F16 or BF16: its largest singular value, stable and effective rank, the ranks that keep 90 and 99 % of the \
      energy, and the rank from which factors would be no smaller. Then the size of the whole for some ranks, energies and sizes.

        lowrank inspect model.safetensors --spectra spectra.safetensors --figure spectra.png

      The spectra are kept with the digests of their matrices: the next inspect or compress with the same file reads them.
      """)

  @Argument(help: ModelArguments.help)
  var model: String

  @OptionGroup var selection: SelectionOptions

  @Option(help: ArgumentHelp("Write a row a matrix to this .csv file.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Write rows and budgets to this .json file.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Draw the spectra to this .svg, .png or .pdf file.", valueName: "file"))
  var figure: String?

  @Option(help: ArgumentHelp("Read spectra from this .safetensors file, and write them there.", valueName: "file"))
  var spectra: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let csv { try validateTable(csv, option: "--csv") }
    if let json, !json.hasSuffix(".json") {
      throw ValidationError("--json: found \(json.isEmpty ? "nothing" : json), expected a file whose name ends in .json")
    }
    if let spectra { try requireValue(spectra, of: "--spectra", expected: "a file") }
  }

  func run() throws {
    try Output.print(try Interrupts.endingAtOnce { try inspect() }.joined(separator: "\n"))
  }

  private func inspect() throws -> [String] {
    let model = try ModelArguments.open(self.model)
    let outputs = [("--csv", csv), ("--json", json), ("--figure", figure), ("--spectra", spectra)]
    try ModelArguments.require(outputs, besides: [], of: model)
    if let figure { try FigureCatalog.probe(figure: figure) }
    let selection = try selection.selection(of: model)
    let matrices =
      self.selection.include.isEmpty && self.selection.exclude.isEmpty ? selection.matrices : selection.selected
    guard !matrices.isEmpty else {
      throw FileError(path: model.path, found: "no matrix of F64, F32, F16 or BF16", expected: "one or more")
    }
    let surveyed = try Surveying(model, threads: threads, spectra: spectra).matrices(matrices, withSpectra: true)
    let inspection = Inspection(of: model, selection: selection, surveyed: surveyed)
    try Interrupts.afterwards {
      if let csv { try AtomicFile.write(inspection.csv, to: csv) }
      if let json { try AtomicFile.write(inspection.json.prettyText + "\n", to: json) }
      if let figure { try draw(surveyed, of: model, to: figure) }
    }
    return ModelText.inspection(inspection, of: model)
  }
}

extension InspectCommand {
  private func draw(_ surveyed: [SurveyedMatrix], of model: Model, to path: String) throws {
    let spectra = surveyed.compactMap { matrix in
      matrix.spectrum.map {
        LayerSpectrum(name: matrix.matrix.name, rows: matrix.matrix.rows, columns: matrix.matrix.columns, values: $0.values)
      }
    }
    let name = URL(fileURLWithPath: model.path).lastPathComponent
    try FigureCatalog.draw(model: name, spectra: spectra, to: path) { Terminal.shared.line("warning: \($0)") }
  }
}

/// Surveys matrices with a progress line, and keeps their spectra.
struct Surveying {
  private let model: Model
  private let threads: ThreadOptions
  private let path: String?

  init(_ model: Model, threads: ThreadOptions, spectra: String?) {
    (self.model, self.threads, path) = (model, threads, spectra)
  }

  func matrices(_ matrices: [Selection.Matrix], withSpectra: Bool) throws -> [SurveyedMatrix] {
    var known = try path.map { try SpectraFile(readingFrom: $0) } ?? SpectraFile()
    let line = ModelProgressLine(withSpectra ? "spectra" : "reading")
    line.begin(matrices: matrices.count, bytes: matrices.reduce(0) { $0 + model.tensors[$1.tensor].range.count })
    let surveyed = try Survey(of: model, workers: threads.workers, progress: line.progress)
      .matrices(matrices, known: known, withSpectra: withSpectra)
    line.end()
    if let path, withSpectra, known.add(surveyed) { try Interrupts.afterwards { try known.write(to: path) } }
    return surveyed
  }
}
