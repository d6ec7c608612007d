import ArgumentParser
import Files
import Models
import NeuralNetwork

extension ExportedInput: ExpressibleByArgument {}

/// Writes a network for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export a fully connected network to ONNX or NumPy.",
    discussion: """
      The ONNX file has the input 'input' [batch, features] and the output 'logits' [batch, classes]. A factored layer is two Gemm nodes; codes \
      of 8 bits, and of 4 or fewer, stay codes behind DequantizeLinear. The NumPy file has an array a tensor, under PyTorch's names.

        lowrank export small.safetensors --onnx small.onnx
        lowrank export small.safetensors --onnx small.onnx --input bytes --mean 0.1307 --deviation 0.3081
      """)

  @Argument(help: NetworkOptions.help)
  var network: String

  @OptionGroup var options: NetworkOptions

  @Option(help: ArgumentHelp("The .onnx file to write.", valueName: "file"))
  var onnx: String?

  @Option(help: ArgumentHelp("The .npz file to write.", valueName: "file"))
  var npz: String?

  @Option(
    help: ArgumentHelp(
      "What the ONNX file takes: normalised as the network does, unit (the data before the mean and the deviation), or bytes (0 to 255). "
        + "(default: normalised)"))
  var input: ExportedInput?

  @OptionGroup var inputs: NormalisationOptions

  func validate() throws {
    guard onnx != nil || npz != nil else {
      throw ValidationError("--onnx, --npz: found none, expected one of them, or both")
    }
    for (option, path, suffix) in [("--onnx", onnx, ".onnx"), ("--npz", npz, ".npz")] {
      guard let path, !path.hasSuffix(suffix) else { continue }
      throw ValidationError(
        "\(option): found \(path.isEmpty ? "nothing" : path), expected a file whose name ends in \(suffix)")
    }
    if input != nil, onnx == nil { throw ValidationError("--input: found no --onnx, expected a file that it is for") }
  }

  func run() throws { try Output.print(try Interrupts.endingAtOnce { try export() }.joined(separator: "\n")) }

  /// - Returns: a line a file.
  private func export() throws -> [String] {
    let file = try options.read(network)
    try OutputArguments.require([("--onnx", onnx), ("--npz", npz)], besides: [("the network", network)])
    let (input, normalisation) = (input ?? .normalised, inputs.normalisation(of: file))
    let model = try onnx.map { _ in
      try ONNXExport(of: file, input: input, normalisation: normalisation, producer: Lowrank.version)
    }
    let archive = try npz.map { _ in try NumPyExport(of: file, normalisation: normalisation) }
    let sourced = (normalisation ?? Normalisation(), inputs.source(for: file))
    for line in NetworkText.lines(of: file, activation: options.source(for: file), normalisation: sourced) {
      Terminal.shared.line(line)
    }
    try Interrupts.afterwards {
      if let onnx, let model { try model.write(to: onnx) }
      if let npz, let archive { try archive.write(to: npz) }
    }
    let (features, classes) = (file.network.inputs, file.network.classes)
    var lines: [String] = []
    if let onnx, let model {
      lines.append(
        "\(onnx): input [batch, \(features)] (\(input.rawValue)), logits [batch, \(classes)], operators \(model.operators), "
          + Sizes.text(model.size))
    }
    if let npz, let archive { lines.append("\(npz): \(archive.names.joined(separator: ", ")), \(Sizes.text(archive.size))") }
    return lines.map(printable)
  }
}
