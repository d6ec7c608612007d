import Files

/// The files that a command is to write.
enum OutputArguments {
  /// Checks before the work that files can be written, and are other files than those that are `taken` and each other.
  /// - Throws: `FileError` that names the option.
  static func require(
    _ outputs: [(option: String, path: String?)], besides taken: [(what: String, path: String)]
  ) throws(FileError) {
    var taken = taken
    for case (let option, let path?) in outputs {
      // A file that is not there yet has a folder and a name.
      for (what, other) in taken
      where isSameFile(path, other)
        || (isSameFile(split(path).folder, split(other).folder) && split(path).name.isIdentical(to: split(other).name))
      {
        throw FileError(path: option, found: "\(path), \(what)", expected: "another file")
      }
      try AtomicFile.probe(file: path)
      taken.append(("that of another option", path))
    }
  }
}
