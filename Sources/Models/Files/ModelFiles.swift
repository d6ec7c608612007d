import Files
import Foundation
import NeuralNetwork

/// The files that a path names.
struct ModelFiles {
  /// The .safetensors files.
  let paths: [String]
  /// What the index says, and its path; `nil` without an index.
  var index: (contents: ShardIndex, path: String)?
  /// The folder of which all .safetensors files are shards; `nil` where a file or an index names them.
  var folder: String?

  private static let suffix = ".safetensors"
  private static let indexSuffix = ".safetensors.index.json"

  /// - Throws: `FileError` where there is no such file, or a folder holds no model.
  static func find(_ path: String) throws(FileError) -> ModelFiles {
    guard isFolder(path) else {
      // Any text in JSON may be an index; other files are taken for safetensors, and their headers say what they are.
      guard path.hasSuffix(".json") else { return ModelFiles(paths: [path]) }
      return try shards(of: path)
    }
    let names = try folderNames(path).filter { !$0.hasPrefix(".") }
    let indices = names.filter { $0.hasSuffix(indexSuffix) }
    if indices.count == 1 { return try shards(of: "\(path)/\(indices[0])") }
    guard indices.isEmpty else {
      throw FileError(
        path: path, found: "the indices \(indices.joined(separator: ", "))", expected: "one of them as the model")
    }
    let files = names.filter { $0.hasSuffix(suffix) }
    if files.isEmpty,
      let pickle = names.first(where: { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") || $0.hasSuffix(".pth") })
    {
      // The error about a pickle says how to convert it.
      return ModelFiles(paths: ["\(path)/\(pickle)"])
    }
    guard !files.isEmpty else {
      throw FileError(path: path, found: "no file whose name ends in \(suffix)", expected: "a model")
    }
    return ModelFiles(paths: files.map { "\(path)/\($0)" }, folder: path)
  }

  private static func shards(of path: String) throws(FileError) -> ModelFiles {
    guard let index = try ShardIndex(of: try InputFile(path)) else {
      throw FileError(path: path, found: "JSON without 'weight_map'", expected: "an index of shards")
    }
    let (folder, _) = split(path)
    var names = Set<[UInt8]>()
    let files = index.shards.map(\.file).filter { names.insert(Array($0.utf8)).inserted }.sorted { $0.precedes($1) }
    // Bytes: a slash that a combining accent follows is no Character "/".
    for file in files where file.utf8.contains(UInt8(ascii: "/")) || file.isEmpty {
      throw FileError(path: path, found: "the shard '\(file)'", expected: "the name of a file beside the index")
    }
    guard !files.isEmpty else {
      throw FileError(path: path, found: "an index without shards", expected: "one shard or more")
    }
    let paths = files.map { folder == "." && !path.hasPrefix("./") ? $0 : "\(folder)/\($0)" }
    return ModelFiles(paths: paths, index: (index, path))
  }
}
