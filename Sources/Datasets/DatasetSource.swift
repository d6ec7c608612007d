import Files
import Foundation
import LinearAlgebra

/// The dataset that a user asks for.
public enum DatasetChoice: String, CaseIterable, Codable, Sendable {
  /// MNIST; where that is not available, the built-in digits, with a warning.
  case auto
  /// MNIST or an error.
  case mnist
  /// The built-in digits.
  case digits
}

/// The source of the data. For MNIST the files exist, and are those published.
public enum DatasetSource: Equatable, Sendable {
  case mnist(MNISTFolder)
  case digits

  /// The word in every row, file name and figure title.
  public var name: Dataset.Name {
    switch self {
    case .mnist: .mnist
    case .digits: .digits
    }
  }

  /// Chooses the source, and downloads MNIST if necessary.
  ///
  /// MNIST is read from the folder that `MNIST_DIR` names. Where that is not set or empty, it is read from `folder`, and files
  /// that are missing or wrong there are downloaded; a wrong file is renamed, never overwritten. In both, a file may be compressed
  /// or not; its contents are checked.
  /// - Parameters:
  ///   - environment: that of the process; only `MNIST_DIR` is read.
  ///   - log: receives lines for the user, without a line feed at the end.
  ///   - progress: called repeatedly during a download, on the calling thread.
  ///   - isCancelled: called repeatedly; after a cancellation the downloaded part is kept for the next call.
  /// - Throws: `FileError` that names the file that is missing, wrong or cannot be written. With `.auto` and without `MNIST_DIR`,
  ///   a file that is missing and cannot be downloaded is no error. `CancellationError` after a cancellation.
  public static func resolve(
    _ choice: DatasetChoice, environment: [String: String] = ProcessInfo.processInfo.environment,
    folder: String = "data/mnist", files: MNISTFiles = .published, mirrors: Mirrors = .mnist, log: (String) -> Void,
    progress: (DownloadProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> DatasetSource {
    if choice == .digits { return .digits }
    if let path = environment["MNIST_DIR"], !path.isEmpty {
      return .mnist(try named(path, files: files))
    }
    let usual = MNISTFolder(path: folder, files: files)
    do {
      try mirrors.complete(usual, log: log, progress: progress, isCancelled: isCancelled)
      return .mnist(usual)
    } catch let error as Mirrors.Unavailable {
      guard choice == .auto else { throw error.error }
      log(inPlaceOfMNIST(because: error.error, folder: folder))
      return .digits
    }
  }

  /// Reads MNIST, or draws `digitsTraining` and `digitsTest` digits from `seed`. MNIST depends on no parameter.
  /// - Throws: `FileError` as `MNISTFolder.load` does.
  public func load(seed: UInt64, digitsTraining: Int, digitsTest: Int, workers: Workers) throws(FileError) -> Dataset {
    switch self {
    case .mnist(let folder): try folder.load()
    case .digits: .digits(seed: seed, training: digitsTraining, test: digitsTest, workers: workers)
    }
  }

  /// The folder that `MNIST_DIR` names, with all files in it. The errors name the variable: it may have been set long ago.
  private static func named(_ path: String, files: MNISTFiles) throws(FileError) -> MNISTFolder {
    let folder = MNISTFolder(path: path, files: files)
    do {
      try requireFolder(path, expected: "the folder of MNIST's four files")
      try folder.check()
      return folder
    } catch {
      throw FileError(path: "MNIST_DIR: \(error.path)", found: error.found, expected: error.expected)
    }
  }

  private static func inPlaceOfMNIST(because error: FileError, folder: String) -> String {
    let bar = String(repeating: "*", count: 100)
    return """
      \(bar)
      *** MNIST is not available. The built-in DIGITS ARE USED IN PLACE OF MNIST.
      *** Why: \(error)
      *** Every row, file name and figure title says `digits`; no result is one for MNIST.
      *** For MNIST, put its four files into \(folder), or set MNIST_DIR to the folder that holds them.
      \(bar)
      """
  }
}
