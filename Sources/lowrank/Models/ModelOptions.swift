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

  /// - Parameter takesSmall: whether matrices of any break-even rank from 1 on are selected by default.
  func selection(of model: Model, takesSmall: Bool = false) throws(FileError) -> Selection {
    try Selection(
      of: model, include: include, exclude: exclude, least: takesSmall ? 1 : Selection.leastBreakEvenRank)
  }
}

/// The model and the files beside it.
enum ModelArguments {
  static let help = ArgumentHelp(
    "A .safetensors file, an index of shards, or a folder of shards.", valueName: "model")

  /// Opens a model, and says what cannot be kept of its metadata. Within `Interrupts.endingAtOnce`.
  static func open(_ path: String) throws -> Model {
    let model = try Model(readingFrom: path)
    if !model.metadataConflicts.isEmpty {
      let names = model.metadataConflicts.map { "'\($0)'" }.joined(separator: ", ")
      Terminal.shared.line(
        "warning: \(printable(path)): the shards have different metadata \(printable(names)); those of the first are used")
    }
    return model
  }

  /// Checks before the work that files can be written, and are other files than those of the model, each other, and `inputs`.
  /// - Throws: `FileError` that names the option.
  static func require(
    _ outputs: [(option: String, path: String?)], besides inputs: [(option: String, path: String?)], of model: Model
  ) throws(FileError) {
    if let folder = model.folderOfAllFiles {
      for case (let option, let path?) in outputs
      where path.hasSuffix(".safetensors") && isSameFile(split(path).folder, folder)
        && !model.files.contains(where: { isSameFile($0.path, path) })
      {
        throw FileError(
          path: option, found: "\(path), in the folder of the model, which would have it as a shard",
          expected: "another folder")
      }
    }
    let own = (model.files.map(\.path) + [model.index].compactMap { $0 }).map { ("a file of the model itself", $0) }
    try OutputArguments.require(
      outputs, besides: own + inputs.compactMap { input in input.path.map { ("that of \(input.option)", $0) } })
  }
}
