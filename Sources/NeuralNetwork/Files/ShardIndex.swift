import Files

/// `model.safetensors.index.json`: which of several files, the shards of a model, holds which tensor.
public struct ShardIndex: Sendable {
  /// In the order of the index.
  public let shards: [(tensor: String, file: String)]

  /// Such an index is a few megabytes for the largest models.
  private static let longest = 100_000_000

  /// `nil` if the file is JSON of another kind.
  /// - Throws: `FileError` where it cannot be read.
  public init?(of file: InputFile) throws(FileError) {
    guard file.size <= Self.longest, let members = try? JSON.members(of: try file.read(0..<file.size)),
      let map = members.last(where: { $0.name == "weight_map" }), let shards = try? JSON.members(of: map.value)
    else { return nil }
    self.shards = shards.compactMap { name, value in (try? JSON(parsing: value))?.string.map { (name, $0) } }
  }

  /// The error that says which shard to use.
  func error(path: String, lookingFor name: String?) -> FileError {
    let found = "an index of shards"
    guard let name else {
      let files = Set(shards.map(\.file)).sorted()
      let more = files.count > 5 ? ", …" : ""
      return FileError(
        path: path, found: found,
        expected: "one of its \(files.count) shards (\(files.prefix(5).joined(separator: ", "))\(more)), or the name of a "
          + "tensor, for which its shard is named")
    }
    guard let file = shards.last(where: { $0.tensor.isIdentical(to: name) })?.file else {
      return FileError(
        path: path, found: "\(found) without the tensor '\(name)'", expected: "one of its \(shards.count) tensors")
    }
    return FileError(path: path, found: found, expected: "the shard that holds '\(name)': \(file)")
  }
}
