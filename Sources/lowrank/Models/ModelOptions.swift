import ArgumentParser
import Files
import Models

/// Which matrices of a model.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only matrices whose name fits this pattern (*, ?, [a-z]); may be repeated. (default: those whose break-even rank is 8 or "
        + "more, and no embeddings)", valueName: "pattern"))
  var include: [String] = []

  @Option(help: ArgumentHelp("No matrices whose name fits this pattern; may be repeated.", valueName: "pattern"))
  var exclude: [String] = []

  func selection(of model: Model) throws(FileError) -> Selection {
    try Selection(of: model, include: include, exclude: exclude)
  }
}

/// The model and the files beside it.
enum ModelArguments {
  static let help = ArgumentHelp(
    "A .safetensors file, an index of shards, or a folder of shards.", valueName: "model")

  /// Opens a model, and says what cannot be kept of its metadata.
  static func open(_ path: String) throws -> Model {
    // Ctrl-C ends the wait for a slow disk.
    let model = try Interrupts.stoppingAtOnce { try Model(readingFrom: path) }
    if !model.metadataConflicts.isEmpty {
      let names = model.metadataConflicts.map { "'\($0)'" }.joined(separator: ", ")
      Terminal.shared.line(
        "warning: \(printable(path)): the shards have different metadata \(printable(names)); those of the first are used")
    }
    return model
  }

  /// - Throws: `ValidationError` where a file to write is one of the model's.
  static func requireOther(_ output: String, than model: Model, option: String) throws(FileError) {
    for file in model.files where isSameFile(file.path, output) {
      throw FileError(path: option, found: "\(output), a file of the model itself", expected: "another file")
    }
  }
}
