import Files
import Foundation

/// Somebody's data as a path names them: a folder with a part for training and one for test, or one file.
public struct OwnData: Sendable {
  /// A part of the data.
  public enum Source: Sendable {
    /// Files that are not read yet; `labels` is an IDX file, `nil` for that beside the samples.
    case files(_ path: String, labels: String? = nil)
    /// Samples in memory.
    case samples(DataFile)

    /// The files of samples and labels.
    public var paths: [String] {
      switch self {
      case .files(let path, let labels): [path] + [labels ?? DataFile.labels(beside: path)].compactMap { $0 }
      case .samples: []
      }
    }

    /// Reads them.
    /// - Throws: as `DataFile`.
    public func read() throws(FileError) -> DataFile {
      switch self {
      case .files(let path, let labels): try DataFile(readingFrom: path, labels: labels)
      case .samples(let samples): samples
      }
    }
  }

  /// The folder's name, or the file's without its extensions: the word in titles.
  public var name: String
  /// What networks may be fitted to; `nil` where a folder has no such part.
  public let training: Source?
  /// What tells how good they are, and selects nothing; `nil` where there is none.
  public let test: Source?

  /// All files of both parts.
  public var paths: [String] { [training, test].compactMap { $0 }.flatMap(\.paths) }

  /// The samples that a network is evaluated on: those for test, where there are some.
  public var evaluated: Source? { test ?? training }

  /// Looks for the files.
  ///
  /// A folder holds the files of a dataset in MNIST's format, such as `train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz` and
  /// the same with `t10k` or `test`, perhaps all behind a prefix; or `train.safetensors` and `test.safetensors`.
  /// - Parameter labels: the IDX file of the labels; for a single file alone.
  /// - Throws: `FileError` where there is no such file, or a folder holds no data, or those of several datasets.
  public init(at path: String, labels: String? = nil) throws(FileError) {
    guard isFolder(path) else {
      guard fileExists(path) else {
        throw FileError(path: path, found: "no such file", expected: "data: a file or a folder")
      }
      let name = split(path).name
      self.name = String(name.prefix { $0 != "." })
      (training, test) = (.files(path, labels: labels), nil)
      return
    }
    if let labels {
      throw FileError(path: "--labels", found: labels, expected: "nothing beside a folder, whose files have labels")
    }
    let names = try folderNames(path)
    var parts: [(prefix: String, training: Source?, test: Source?)] = []
    for file in names.sorted() {
      guard let (prefix, isTest) = Self.part(of: file) else { continue }
      let index = parts.firstIndex { $0.prefix == prefix } ?? parts.count
      if index == parts.count { parts.append((prefix, nil, nil)) }
      if let known = (isTest ? parts[index].test : parts[index].training)?.paths[0] {
        // Of one unpacked and the same packed, the first.
        guard "\(path)/\(file)" != known + ".gz" else { continue }
        throw FileError(
          path: path, found: "\(split(known).name) and \(file)", expected: "one of them, or the name of a file as the data")
      }
      if isTest { parts[index].test = .files("\(path)/\(file)") } else { parts[index].training = .files("\(path)/\(file)") }
    }
    guard parts.count == 1 else {
      let found = parts.isEmpty ? "no data" : "several datasets: \(parts.map { "\($0.prefix)…" }.joined(separator: ", "))"
      throw FileError(
        path: path, found: found,
        expected: parts.isEmpty
          ? "train-images-idx3-ubyte and t10k-images-idx3-ubyte with their labels, or train.safetensors and test.safetensors"
          : "one, or the name of a file")
    }
    let folder = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
    name = parts[0].prefix.isEmpty ? folder : String(parts[0].prefix.reversed().drop { "-_.".contains($0) }.reversed())
    (training, test) = (parts[0].training, parts[0].test)
  }

  /// Images that were drawn or read already.
  public init(_ dataset: Dataset) throws(FileError) {
    name = dataset.name.rawValue
    training = .samples(try DataFile(dataset.training, name: name))
    test = .samples(try DataFile(dataset.test, name: name))
  }

  /// What comes before the name of a part, and which it is; `nil` for a file that is none.
  private static func part(of file: String) -> (prefix: String, isTest: Bool)? {
    if file == "train.safetensors" { return ("", false) }
    if file == "test.safetensors" { return ("", true) }
    guard let match = file.wholeMatch(of: /(.*?)(train|t10k|test)-images[-.]idx\d-ubyte(\.gz)?/) else { return nil }
    return (String(match.1), match.2 != "train")
  }
}
