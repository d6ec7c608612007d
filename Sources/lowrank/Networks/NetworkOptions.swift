import ArgumentParser
import Datasets
import Files
import Models
import NeuralNetwork
import Study

extension ActivationFunction: ExpressibleByArgument {}

/// How a fully connected network is read from a file.
struct NetworkOptions: ParsableArguments {
  static let help = ArgumentHelp(
    "A .safetensors file of a fully connected network: NAME.weight [outputs, inputs] and NAME.bias.", valueName: "network")

  @Option(
    help: ArgumentHelp(
      "The names of the layers from the input on, such as fc1,fc2,out. (default: those that the file says, or all in natural order)",
      valueName: "names"))
  var layers: String?

  @Option(
    help: ArgumentHelp("What follows each layer but the last. (default: what the file says, or relu)", valueName: "function")
  )

  var activation: ActivationFunction?

  /// The names in `layers`.
  var names: [String]? { layers.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } }

  func validate() throws {
    if let layers, names?.contains("") ?? false, layers != "" {
      throw ValidationError("--layers: found '\(layers)', expected names with commas between them")
    }
  }

  /// Reads a network.
  /// - Throws: `FileError`.
  func read(_ path: String) throws(FileError) -> NetworkFile {
    guard isFolder(path) || path.hasSuffix(".json") else {
      return try NetworkFile(readingFrom: path, layers: names, activation: activation)
    }
    return try NetworkFile(of: try Model(readingFrom: path), layers: names, activation: activation)
  }
}

/// The data of a network.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder in MNIST's format, an IDX file of images, a .safetensors file with x and y; or the word mnist or digits.",
      valueName: "path"))
  var data: String?

  @Option(help: ArgumentHelp("The IDX file of the labels. (default: that beside the images)", valueName: "file"))
  var labels: String?

  @OptionGroup var inputs: NormalisationOptions

  func validate() throws {
    if let data { try requireValue(data, of: "--data", expected: "a file or a folder") }
  }

  /// Looks for the data; `nil` where none are asked for.
  func open() throws -> OwnData? { try data.map { try Self.open($0, labels: labels) } }

  /// Looks for data.
  static func open(_ data: String, labels: String? = nil) throws -> OwnData {
    if let choice = DatasetChoice(rawValue: data), choice != .auto, !fileExists(data), !isFolder(data) {
      if let labels { throw FileError(path: "--labels", found: labels, expected: "nothing beside the word \(data)") }
      return try builtIn(choice)
    }
    return try OwnData(at: data, labels: labels)
  }

  /// Those that the study is run on.
  private static func builtIn(_ choice: DatasetChoice) throws -> OwnData {
    var download = DownloadLine()
    let source = try DatasetSource.resolve(
      choice, log: { Terminal.shared.line($0) }, progress: { download.show($0) }, isCancelled: { Interrupts.isInterrupted })
    switch source {
    case .mnist(let folder):
      var data = try OwnData(at: folder.path)
      data.name = source.name.rawValue
      return data
    case .digits: return try OwnData(.digits(seed: 1, training: 60_000, test: 10_000, workers: ThreadOptions.all))
    }
  }

  var mean: Double? { inputs.mean }
  var deviation: Double? { inputs.deviation }
}

/// How data become the inputs of a network.
struct NormalisationOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Inputs are (x − mean) / deviation, x = byte / 255 or a number. (default: what the network's file says, or 0)",
      valueName: "m"))
  var mean: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("See --mean. (default: what the network's file says, or 1)", valueName: "s"))
  var deviation: Double?

  func validate() throws {
    if let mean, !mean.isFinite { throw ValidationError("--mean: found \(mean), expected a number") }
    if let deviation, !(deviation > 0 && deviation.isFinite) {
      throw ValidationError("--deviation: found \(deviation), expected a number above 0")
    }
  }

  /// The options, else what the file says; `nil` where neither says anything.
  /// - Parameter other: another network, whose file says what that of the first does not.
  func normalisation(of network: NetworkFile, else other: NetworkFile? = nil) -> Normalisation? {
    let stated = network.normalisation ?? other?.normalisation
    guard mean != nil || deviation != nil else { return stated }
    let known = stated ?? Normalisation()
    let chosen = Normalisation(mean: mean ?? known.mean, deviation: deviation ?? known.deviation)
    if let stated = network.normalisation, stated != chosen {
      Terminal.shared.line(
        "warning: --mean, --deviation: found \(chosen.mean) and \(chosen.deviation), where \(printable(network.path)) says "
          + "\(stated.mean) and \(stated.deviation)")
    }
    return chosen
  }
}
