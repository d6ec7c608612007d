import Files
import Foundation
import Datasets
import NeuralNetwork
import Results

extension StudyConfiguration {
  /// Reads a study file.
  /// - Throws: `FileError` with file, line and key, what was found and what was expected: for a key that is unknown or
  ///   missing, a wrong type, a value out of range.
  public init(readingFrom path: String) throws(FileError) {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil else {
      throw FileError(
        path: path, found: "the study's name '\(name)'",
        expected: "letters, digits, '.', '_' and '-': folders are named after it")
    }
    self = try StudyConfiguration(name: name, from: try ConfigurationReader(readingFrom: path), place: path)
      .placed(beside: path)
  }

  /// Reads what `json` gave, as a manifest keeps it.
  /// - Parameters:
  ///   - name: the study's.
  ///   - place: the file and the key in it, for the errors.
  /// - Throws: `FileError` with place and key, as for a study file.
  public init(_ json: JSON, name: String, place: String) throws(FileError) {
    try self.init(name: name, from: try ConfigurationReader(json, place: place), place: place)
  }

  private init(name: String, from reader: ConfigurationReader, place: String) throws(FileError) {
    var reader = reader
    self.init(name: name)
    try reader.readAll { keys throws(FileError) in try visit(&keys) }
    // They follow from the data.
    if ownData != nil { (inputs, classes) = (0, 0) }
    if let mistake {
      throw FileError(path: "\(place): \(mistake.key)", found: mistake.found, expected: mistake.expected)
    }
  }
}
