import Files
import Foundation
import NeuralNetwork

/// The tensors of somebody's model: one safetensors file, or the shards of one. Only the headers are read; a tensor's bytes are
/// read when they are asked for.
public struct Model: Sendable {
  /// A tensor, and where its bytes are.
  public struct Tensor: Sendable {
    public let name: String
    /// How an element is stored.
    public let type: SafeTensors.ElementType
    /// The extent of each dimension, the slowest first.
    public let shape: [Int]
    /// The index of its file.
    public let file: Int
    /// The bytes of its elements, counted from the beginning of the file.
    public let range: Range<Int>
  }

  /// As the user named it.
  public let path: String
  public let files: [InputFile]
  /// By file, and in the order of their bytes.
  public let tensors: [Tensor]
  /// Of all files. Where two have different texts under a name, that of the first.
  public let metadata: [String: String]
  /// Names under which files have different texts.
  public let metadataConflicts: [String]
  /// The path of the index of shards; `nil` where there is none.
  public let index: String?
  /// The folder of which all .safetensors files are the model; `nil` where a file or an index names them.
  public let folderOfAllFiles: String?

  /// Opens a .safetensors file, an index of shards (`model.safetensors.index.json`), or a folder with an index or with
  /// .safetensors files.
  /// - Throws: `FileError` that names the file: what is wrong in a header; a shard that is missing, or lacks a tensor of the index;
  ///   a tensor that is in two shards; for another format, what converts it.
  public init(readingFrom path: String) throws(FileError) {
    let found = try ModelFiles.find(path)
    let index = found.index?.contents
    var (files, tensors, metadata, conflicts): ([InputFile], [Tensor], [String: String], Set<String>) = ([], [], [:], [])
    var owners: [[UInt8]: Int] = [:]
    for shard in found.paths {
      let file = try InputFile(shard, expected: index == nil ? "a file" : "a shard, as the index has it")
      let header = try SafeTensors.Header(of: file)
      for entry in header.entries {
        if let other = owners.updateValue(files.count, forKey: Array(entry.name.utf8)) {
          throw FileError(
            path: file.path, found: "the tensor '\(entry.name)', which \(files[other].path) has too",
            expected: "it in one shard")
        }
        tensors.append(
          Tensor(name: entry.name, type: entry.type, shape: entry.shape, file: files.count, range: entry.range))
      }
      conflicts.formUnion(header.metadata.filter { metadata[$0.key] ?? $0.value != $0.value }.keys)
      metadata.merge(header.metadata) { first, _ in first }
      files.append(file)
    }
    for (name, shard) in index?.shards ?? [] {
      let owner = owners[Array(name.utf8)].map { files[$0].path }
      guard let owner, split(owner).name == split(shard).name else {
        throw FileError(
          path: found.paths.first { split($0).name == split(shard).name } ?? shard, found: "no tensor '\(name)'",
          expected: "it, as the index has it")
      }
    }
    (self.path, self.index, folderOfAllFiles) = (path, found.index?.path, found.folder)
    (self.files, self.tensors, self.metadata) = (files, tensors, metadata)
    metadataConflicts = conflicts.sorted()
  }

  /// Elements of all tensors.
  public var parameters: Int { tensors.reduce(0) { $0 + $1.count } }

  /// Bytes of all files.
  public var size: Int { files.reduce(0) { $0 + $1.size } }

  /// The tensor's file and name, for an error.
  public func place(_ tensor: Tensor) -> String { "\(files[tensor.file].path): tensor '\(tensor.name)'" }

  /// Reads the elements of a tensor.
  /// - Throws: `FileError` where they cannot be read.
  public func read(_ tensor: Tensor) throws(FileError) -> SafeTensors.Tensor {
    SafeTensors.Tensor(type: tensor.type, shape: tensor.shape, bytes: try files[tensor.file].read(tensor.range))
  }

  /// By the name of a tensor that other names stand for: these names, by the metadata that safetensors' `save_model` writes for
  /// tensors that share memory.
  public var aliases: [[UInt8]: [String]] {
    let names = Set(tensors.map { Array($0.name.utf8) })
    var aliases: [[UInt8]: [String]] = [:]
    for (alias, name) in metadata.sorted(by: { $0.key.precedes($1.key) }) {
      // Nearly every file has the format's name, which is none of a tensor.
      guard alias != "format", names.contains(Array(name.utf8)), !names.contains(Array(alias.utf8)) else { continue }
      aliases[Array(name.utf8), default: []].append(alias)
    }
    return aliases
  }
}

extension Model.Tensor {
  /// Elements. The product of the extents might overflow before it comes to one that is 0.
  public var count: Int { range.count * 8 / type.bits }

  /// Rows and columns of a tensor that can be factored: two dimensions that are not empty, F64, F32, F16 or BF16.
  public var matrix: (rows: Int, columns: Int)? {
    guard shape.count == 2, shape[0] > 0, shape[1] > 0, type.isConverted else { return nil }
    return (shape[0], shape[1])
  }
}

extension NetworkFile {
  /// A network whose tensors are those of a model, perhaps in several files, taken as one.
  /// - Throws: as `init(readingFrom:layers:activation:defaults:)`.
  public init(of model: Model, layers: [String]? = nil, activation: ActivationFunction? = nil) throws(FileError) {
    try Memory.require(4 * model.size, place: model.path)
    var file = SafeTensors()
    file.metadata = model.metadata
    for tensor in model.tensors { file.append(tensor.name, try model.read(tensor)) }
    try self.init(decoding: file.encoded, path: model.path, layers: layers, activation: activation)
  }
}

extension Factorings {
  /// What the metadata of a model says.
  /// - Throws: as `init(in:names:path:)`.
  public init(in model: Model) throws(FileError) {
    try self.init(in: model.metadata, names: Set(model.tensors.map { Array($0.name.utf8) }), path: model.path)
  }
}
