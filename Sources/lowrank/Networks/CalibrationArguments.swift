import ArgumentParser
import Datasets
import Files
import LinearAlgebra
import Models
import NeuralNetwork
import Results

extension Allocation: ExpressibleByArgument {
  /// One of the ways that `compress` has, by its name.
  public init?(argument: String) {
    guard let known = CalibrationOptions.allocations.first(where: { $0.rawValue == argument }) else { return nil }
    self = known
  }

  public static var allValueStrings: [String] { CalibrationOptions.allocations.map(\.rawValue) }
}

/// How a network is compressed by its data.
struct CalibrationArguments: ParsableArguments {
  @OptionGroup var data: DataOptions
  @OptionGroup var network: NetworkOptions

  @Option(
    help: ArgumentHelp(
      "How ranks are chosen for --rank and --size. gradient: by what errors of a layer cost the predictions; exchanged: by a search "
        + "from there, with fewer errors at small sizes, in several times the time. (default: gradient)", valueName: "way"
    ))
  var allocation: Allocation?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples that statistics are of, at most; more fit better, and take longer. (default: 5000)", valueName: "n"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "Data that tell the accuracy at the end, and choose nothing. (default: the test part of a folder)", valueName: "path"))
  var test: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Of all random streams. (default: 1)", valueName: "seed"))
  var seed: UInt64?

  func validate() throws {
    if let samples, samples < 2 { throw ValidationError("--samples: found \(samples), expected 2 or more") }
    if let test { try requireValue(test, of: "--test", expected: "a file or a folder") }
  }

  /// An option that says nothing without data.
  var givenWithoutData: String? {
    let given: [(String, Bool)] = [
      ("--labels", data.labels != nil), ("--mean", data.mean != nil), ("--deviation", data.deviation != nil),
      ("--layers", network.layers != nil), ("--activation", network.activation != nil),
      ("--allocation", allocation != nil), ("--samples", samples != nil), ("--test", test != nil), ("--seed", seed != nil),
    ]
    return given.first(where: \.1)?.0
  }

  /// What is wrong with options together; `nil` if nothing is.
  func conflict(withRank: Bool, size: Bool, multiple: Int) -> String? {
    guard let allocation else { return nil }
    if !withRank && !size { return "--allocation: found it without --rank or --size, expected one of these" }
    if allocation == .uniform && !withRank { return "--allocation: found uniform without --rank, expected --rank" }
    if allocation == .exchanged && multiple > 1 {
      return "--multiple-of: found \(multiple) beside --allocation exchanged, expected another allocation"
    }
    return nil
  }

  /// A compression whose ranks are chosen.
  struct Work {
    let compression: CalibratedCompression
    fileprivate let test: DataFile?

    /// The bytes of the file, and the report.
    func run() throws -> (bytes: [UInt8], report: CompressionReport) {
      Terminal.shared.status("compress: fitting the layers")
      let result = try compression.run(test: test)
      Terminal.shared.status("")
      return result
    }
  }

  func compression(
    of model: Model, selection: Selection, extent: Extent, data: OwnData, test: OwnData.Source?, multiple: Int,
    stored: StoredType,
    naming: FactorNaming, workers: Workers
  ) throws -> Work {
    let file = try network.read(model.path)
    let normalisation = self.data.sourcedNormalisation(of: file)
    for line in NetworkText.lines(of: file, activation: network.source(for: file), normalisation: normalisation) {
      Terminal.shared.line(line)
    }
    guard let training = data.training else {
      throw FileError(
        path: self.data.data ?? data.name, found: "data for test alone",
        expected: "data for training: statistics are of these")
    }
    // Checked before the work; nothing follows from it.
    let test = try test?.read()
    for part in [test].compactMap({ $0 }) {
      try part.requireFit(to: file)
      try part.require(normalisation.value)
    }
    var options = CalibrationOptions(
      extent: extent, allocation: allocation ?? .gradient, stored: stored)
    (options.multiple, options.naming) = (multiple, naming)
    if let samples { options.images = samples }
    if let seed { options.seed = seed }
    let problem = CalibratedCompression.Problem(
      model: model, file: file, selection: selection, data: try training.read(), dataName: data.name,
      normalisation: normalisation.value, options: options)
    let compression = try CalibratedCompression(
      problem, workers: workers, progress: { Terminal.shared.status("compress: \($0)") })
    Terminal.shared.status("")
    for warning in compression.samples.warnings(for: file.network, data: problem.data) {
      Terminal.shared.line("warning: \(printable(warning))")
    }
    return Work(compression: compression, test: test)
  }
}
