import ArgumentParser
import Datasets
import Figures
import Files
import LinearAlgebra
import Models
import NeuralNetwork

/// Says how good a network is, how large, and how fast.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate a fully connected network on data: accuracy, mistakes, size, time.",
    discussion: """
      Accuracy with its 95 % interval, loss and mistakes; parameters, bytes, multiply–accumulates and times. Data without labels give classes \
      alone.

        lowrank evaluate net.safetensors --data mnist --mean 0.1307 --deviation 0.3081
        lowrank evaluate small.safetensors --data folder/ --against net.safetensors --no-worse-than 0.2

      With --no-worse-than, the status is 0 only if the 95 % interval of the difference says that the network is worse by at most so many \
      percentage points.
      """)

  @Argument(help: NetworkOptions.help)
  var network: String

  @OptionGroup var options: NetworkOptions

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("Another network: compare both on the same samples.", valueName: "network"))
  var against: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fail unless the accuracy is at most so many percentage points below that of --against.", valueName: "points"))
  var noWorseThan: Double?

  @Option(help: ArgumentHelp("Write the confusion matrix to this .csv file: a row a true class.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Draw the confusion matrix to this .svg, .png or .pdf file.", valueName: "file"))
  var figure: String?

  @Option(help: ArgumentHelp("Write all of it to this .json file.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Write the logits, samples × classes, to this .safetensors file.", valueName: "file"))
  var logits: String?

  @Flag(help: "Measure no times: what is printed depends on the files alone.")
  var noTiming = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard data.data != nil else { throw ValidationError("--data: found nothing, expected a file or a folder") }
    if let against { try requireValue(against, of: "--against", expected: "a network") }
    if let noWorseThan {
      guard (0...100).contains(noWorseThan) else {
        throw ValidationError("--no-worse-than: found \(noWorseThan), expected percentage points from 0 to 100")
      }
      guard against != nil else { throw ValidationError("--no-worse-than: found no --against, expected another network") }
    }
    if let csv { try validateTable(csv, option: "--csv") }
    for (option, path, suffix) in [("--json", json, ".json"), ("--logits", logits, ".safetensors")] {
      guard let path, !path.hasSuffix(suffix) else { continue }
      throw ValidationError(
        "\(option): found \(path.isEmpty ? "nothing" : path), expected a file whose name ends in \(suffix)")
    }
  }

  func run() throws {
    let report = try Interrupts.endingAtOnce { try evaluate() }
    try Output.print(EvaluationText.lines(of: report).joined(separator: "\n"))
    try requireVerdict(of: report)
  }

  private func evaluate() throws -> EvaluationReport {
    guard let source = try data.open() else { preconditionFailure("options were not validated") }
    var file = try options.read(network)
    let other = try against.map { path throws(FileError) in
      try NetworkFile(
        readingFrom: path, defaults: NetworkDescription(activation: file.network.activation, layers: options.names))
    }
    // What neither an option nor a network's own file says is taken from the other one's.
    let takesActivation = options.activation == nil && !file.statesActivation && other?.statesActivation == true
    if takesActivation, let other {
      file = try NetworkFile(readingFrom: network, layers: options.names, activation: other.network.activation)
    }
    guard let evaluated = source.evaluated else { preconditionFailure("data without a part") }
    let samples = try evaluated.read()
    for network in [file, other].compactMap({ $0 }) { try samples.requireFit(to: network) }
    try requireLabels(of: samples)
    try requireFewClasses(of: file)
    try requireOutputs(besides: source.paths, of: [file, other].compactMap { $0 })
    let part: EvaluationReport.Part = source.test != nil ? .test : isFolder(data.data ?? "") ? .training : .all

    let first = run(
      file, activation: takesActivation ? .other : options.source(for: file),
      normalisation: data.sourcedNormalisation(of: file, else: other), samples)
    let second = other.map { other in
      run(
        other, activation: other.statesActivation ? .file : first.activation == .default ? .default : .other,
        normalisation: data.sourcedNormalisation(of: other, else: file), samples)
    }
    for network in [first, second].compactMap({ $0 }) { try samples.require(network.normalisation.value) }
    var report = EvaluationReport(
      dataName: source.name, data: samples, part: part, networks: [first] + [second].compactMap { $0 },
      noWorseThan: noWorseThan, threads: threads.count)
    if !noTiming { report.measureTimes(workers: threads.workers) }
    try Interrupts.afterwards { try write(report) }
    for warning in EvaluationText.warnings(of: report) { Terminal.shared.line("warning: \(warning)") }
    return report
  }

  private func run(
    _ file: NetworkFile, activation: EvaluatedNetwork.Source,
    normalisation: (value: Normalisation, source: EvaluatedNetwork.Source), _ samples: DataFile
  ) -> EvaluatedNetwork {
    EvaluatedNetwork(
      file, activation: activation, normalisation: normalisation,
      evaluation: NetworkEvaluation(
        of: file.network, on: samples.samples(normalisation: normalisation.value), workers: threads.workers))
  }
}

extension EvaluateCommand {
  /// - Throws: `FileError` where an option needs labels that are not there.
  private func requireLabels(of samples: DataFile) throws(FileError) {
    guard samples.labels == nil else { return }
    for (option, isGiven) in [
      ("--csv", csv != nil), ("--figure", figure != nil), ("--no-worse-than", noWorseThan != nil),
    ] where isGiven {
      throw FileError(path: option, found: "no labels in \(samples.path)", expected: "data with labels")
    }
  }

  /// - Throws: `FileError` where a confusion matrix would be mostly zeros.
  private func requireFewClasses(of network: NetworkFile) throws(FileError) {
    for (option, path) in [("--csv", csv), ("--figure", figure)] where path != nil && network.network.classes > 256 {
      throw FileError(path: option, found: "\(network.network.classes) classes", expected: "at most 256")
    }
  }

  private func requireOutputs(besides data: [String], of networks: [NetworkFile]) throws(FileError) {
    let outputs = [("--csv", csv), ("--figure", figure), ("--json", json), ("--logits", logits)]
    if let figure { try FigureCatalog.probe(figure: figure) }
    try OutputArguments.require(
      outputs,
      besides: networks.map { ("a network", $0.path) }
        + data.map { ("a file of the data", $0) })
  }

  private func write(_ report: EvaluationReport) throws {
    let first = report.networks[0]
    if let logits {
      var file = SafeTensors()
      file.append("logits", first.evaluation.logits, as: .float32)
      try AtomicFile.write(pieces: file.pieces, to: logits)
    }
    if let json { try AtomicFile.write(report.json.prettyText + "\n", to: json) }
    guard let confusion = first.evaluation.score?.confusion else { return }
    if let csv { try AtomicFile.write(confusion.table.text, to: csv) }
    if let figure {
      try FigureCatalog.draw(
        confusion: confusion, data: report.dataName, network: split(first.file.path).name, to: figure
      ) { Terminal.shared.line("warning: \($0)") }
    }
  }

  /// - Throws: `FileError` where the network may be worse by more than was asked for.
  private func requireVerdict(of report: EvaluationReport) throws(FileError) {
    guard let verdict = report.verdict, verdict != .holds, let noWorseThan, let difference = report.comparison?.difference
    else { return }
    throw FileError(
      path: "--no-worse-than",
      found: "a difference of \(EvaluationText.points(difference)): \(verdict)",
      expected: "all of the interval from −\(noWorseThan) on")
  }
}
