import Datasets
import Files
import NeuralNetwork
import Results

/// Files that a study names: somebody's data in place of MNIST, and a network in place of the baseline's training. Their paths are
/// relative to the study file's folder. Results depend on what the files hold: a run keeps their digests beside the paths.
extension StudyConfiguration {
  /// Somebody's data.
  public struct DataFiles: Equatable, Sendable {
    /// The word in rows, file names and titles.
    public var name = ""
    /// As the study file has them, by key: `folder`, or `training` and `test`, perhaps with labels in files of their own.
    var paths: [String: String] = [:]
    /// SHA-256 of what the files hold, by part (`DataPart.key`); empty before they are read.
    var digests: [String: String] = [:]
    /// The folder that paths are relative to.
    var base = "."
  }

  /// A network that is read.
  public struct OwnNetwork: Equatable, Sendable {
    /// As the study file has it.
    public var file = ""
    /// The names of its layers from the input on; empty for those that the file says, or all.
    var layers: [String] = []
    /// `nil` for what the file says, or ReLU.
    var activation: ActivationFunction?
    /// SHA-256 of the file; `nil` before it is read.
    var digest: String?
    /// The folder that the path is relative to.
    var base = "."
  }

  /// The word in rows, file names and titles of the data that are wanted.
  public var datasetName: String { ownData?.name ?? dataset.rawValue }

  /// The same study with paths that are relative to the folder of a study file.
  func placed(beside study: String) -> StudyConfiguration {
    var placed = self
    placed.ownData?.base = split(study).folder
    placed.ownNetwork?.base = split(study).folder
    return placed
  }

  /// The same study with the paths of another one, where both name files: these may have been moved, and digests say whether they are
  /// the same.
  func placed(as other: StudyConfiguration) -> StudyConfiguration {
    var placed = self
    if var data = ownData, let other = other.ownData {
      (data.paths, data.base) = (other.paths, other.base)
      placed.ownData = data
    }
    if var network = ownNetwork, let other = other.ownNetwork {
      (network.file, network.base) = (other.file, other.base)
      placed.ownNetwork = network
    }
    return placed
  }
}

extension StudyConfiguration.DataFiles {
  static let folderKey = "folder"

  mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    let others = Dataset.Name.allCases.map(\.rawValue)
    try keys.value(
      "name", &name, of: "1 to 64 lower-case letters, digits, '-' and '_', other than \(others.joined(separator: " and "))"
    ) { value in
      value.text.flatMap {
        $0.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,63}/) == nil || others.contains($0) ? nil : $0
      }
    } write: {
      .string($0)
    }
    if keys.has(Self.folderKey, isSet: paths[Self.folderKey] != nil) {
      try visit(Self.folderKey, of: "a folder", &keys)
      for part in DataPart.allCases {
        for key in [part.key, part.labelsKey] { try keys.refuse(key, beside: Self.folderKey) }
      }
    } else {
      for part in DataPart.allCases {
        try visit(part.key, of: "a file of samples, or \(Self.folderKey) with both parts", &keys)
        if paths[part.key]?.hasSuffix(".safetensors") ?? false {
          try keys.refuse(part.labelsKey, beside: "a .safetensors file, whose labels are y")
        } else if keys.has(part.labelsKey, isSet: paths[part.labelsKey] != nil) {
          try visit(part.labelsKey, of: "an IDX file of labels", &keys)
        }
      }
    }
    guard keys.has(StudyKey.digests, isSet: !digests.isEmpty) else { return }
    var digests = digests
    try keys.section(StudyKey.digests) { keys throws(FileError) in
      for key in DataPart.allCases.flatMap({ [$0.key, $0.labelsKey] }) where keys.has(key, isSet: digests[key] != nil) {
        var digest = digests[key] ?? ""
        try keys.digest(key, &digest)
        digests[key] = digest
      }
    }
    self.digests = digests
  }

  private mutating func visit<Keys: ConfigurationKeys>(
    _ key: String, of expected: String, _ keys: inout Keys
  ) throws(FileError) {
    var path = paths[key] ?? ""
    try keys.text(key, &path, of: expected)
    if !path.isEmpty { paths[key] = path }
  }

  /// The path of a key from the program's folder.
  func path(_ key: String) -> String? { paths[key].map { joined(base, $0) } }
}

extension StudyConfiguration.OwnNetwork {
  static let fileKey = "file"
  /// What stands beside `file`, and nowhere else.
  static let otherKeys = ["layers", "activation", StudyKey.digests]

  mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    try keys.text(Self.fileKey, &file, of: "a .safetensors file of a fully connected network")
    if keys.has("layers", isSet: !layers.isEmpty) {
      try keys.list("layers", &layers, of: "names of layers", count: 1...1000, distinct: true) { value in
        value.text.flatMap { $0.isEmpty ? nil : $0 }
      } write: {
        .string($0)
      }
    }
    if keys.has("activation", isSet: activation != nil) {
      var known = activation ?? .relu
      try keys.word("activation", &known)
      activation = known
    }
    if keys.has(StudyKey.digests, isSet: digest != nil) {
      var known = digest ?? ""
      try keys.digest(StudyKey.digests, &known)
      digest = known
    }
  }

  /// The path from the program's folder.
  var path: String { joined(base, file) }
}

extension ConfigurationKeys {
  fileprivate mutating func digest(_ key: String, _ digest: inout String) throws(FileError) {
    try value(key, &digest, of: "a SHA-256 of 64 lower-case hexadecimal digits") { value in
      value.text.flatMap { $0.wholeMatch(of: /[0-9a-f]{64}/) == nil ? nil : $0 }
    } write: {
      .string($0)
    }
  }
}

/// A part of somebody's data.
enum DataPart: String, CaseIterable {
  case training, test

  /// Of its samples, in a study file and among digests.
  var key: String { rawValue }
  /// Of their labels, where these have a file of their own.
  var labelsKey: String { "\(rawValue)_labels" }
}

/// A path that is relative to a folder, from where the folder's path is taken.
private func joined(_ folder: String, _ path: String) -> String {
  path.hasPrefix("/") || folder == "." ? path : folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
}
