import Files
import Foundation
import LinearAlgebra

/// Which dataset a person wants.
public enum DatasetChoice: String, CaseIterable, Codable, Sendable {
  /// MNIST; where that is not to be had, the built-in digits, and loudly so.
  case auto
  /// MNIST or an error.
  case mnist
  /// The built-in digits.
  case digits
}

/// Where the data comes from, once that is settled: the files of MNIST are there and are the right ones.
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

  /// Settles where the data comes from, and downloads MNIST if that is wanted and needed.
  ///
  /// MNIST is looked for in the folder that `MNIST_DIR` names. Where that is not set or empty, in `folder`, and what is
  /// missing or wrong there is downloaded; a wrong file is moved aside, never overwritten.
  /// - Parameters:
  ///   - environment: the process's; only `MNIST_DIR` is looked at.
  ///   - log: receives lines for a person, without a line feed at the end.
  ///   - progress: called now and then while a file is downloaded, by the calling thread.
  ///   - isCancelled: asked now and then; what was downloaded until then is kept for the next time.
  /// - Throws: `FileError` that names the file that is missing, wrong or cannot be written; for `.auto`, a missing one that
  ///   cannot be downloaded is none, unless `MNIST_DIR` is set: who names a folder does not want another.
  ///   `CancellationError` if `isCancelled` said so.
  public static func resolve(
    _ choice: DatasetChoice,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    folder: String = "data/mnist",
    files: MNISTFiles = .published,
    mirrors: Mirrors = .mnist,
    log: (String) -> Void,
    progress: (DownloadProgress) -> Void = { _ in },
    isCancelled: () -> Bool = { false }
  ) throws -> DatasetSource {
    if choice == .digits { return .digits }
    if let path = environment["MNIST_DIR"], !path.isEmpty {
      let named = MNISTFolder(path: path, files: files)
      try named.check()
      return .mnist(named)
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

  /// Reads MNIST, or draws the digits.
  /// - Parameters:
  ///   - seed: of the digits, which are drawn from it; MNIST does not depend on it.
  ///   - digitsTraining: how many training images are drawn, if digits are.
  ///   - digitsTest: how many test images are drawn, if digits are.
  ///   - workers: who draws the digits.
  /// - Throws: `FileError` as `MNISTFolder.load` does.
  public func load(seed: UInt64, digitsTraining: Int, digitsTest: Int, workers: Workers) throws(FileError) -> Dataset {
    switch self {
    case .mnist(let folder): try folder.load()
    case .digits: .digits(seed: seed, training: digitsTraining, test: digitsTest, workers: workers)
    }
  }

  private static func inPlaceOfMNIST(because error: FileError, folder: String) -> String {
    let bar = String(repeating: "*", count: 100)
    return """
      \(bar)
      *** MNIST is not to be had. The built-in DIGITS ARE USED IN PLACE OF MNIST.
      *** Why: \(error)
      *** Every row, file name and figure title says `digits`; none of the numbers is one for MNIST.
      *** For MNIST, put its four .gz files into \(folder), or set MNIST_DIR to the folder that holds them.
      \(bar)
      """
  }
}
