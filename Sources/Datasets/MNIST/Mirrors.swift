import Files
import Foundation

/// How far the download of one file is.
public struct DownloadProgress: Equatable, Sendable {
  /// The file's name.
  public let file: String
  /// Bytes there so far, with those of an earlier attempt.
  public let bytes: Int
  /// Bytes the whole file has.
  public let total: Int
}

/// Servers that hold the same files, in the order in which they are asked.
public struct Mirrors: Sendable {
  /// Folders; a file's address is its name behind one of them.
  public let addresses: [URL]
  /// How long each is waited for.
  public let patience: Patience

  /// Servers, the preferred one first.
  public init(_ addresses: [URL], patience: Patience = Patience()) {
    (self.addresses, self.patience) = (addresses, patience)
  }

  /// How long a server may keep one waiting.
  public struct Patience: Sendable {
    /// Seconds until the answer begins. Two mirrors that do not answer then cost less than ten.
    public var answer = 4.5
    /// Seconds without a byte, once the answer has begun.
    public var silence = 15.0

    /// The usual patience.
    public init() {}
  }

  /// The public mirrors of MNIST.
  public static let mnist = Mirrors(
    [
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ].compactMap(URL.init(string:)))

  /// Makes sure that `folder` holds all its files, each the published one to the bit.
  ///
  /// What is missing is downloaded to `….gz.part`, verified, and renamed; a file with other contents is then moved aside to
  /// a free name, `….gz.wrong`. A `.part` file that an interruption left is continued. Two processes do not download at once.
  /// - Throws: `Unavailable` if a missing file cannot be had from any mirror; `FileError` if one that is there is wrong and
  ///   cannot be had, or if one cannot be written; `CancellationError`.
  public func complete(
    _ folder: MNISTFolder, log: (String) -> Void, progress: (DownloadProgress) -> Void, isCancelled: () -> Bool
  ) throws {
    if folder.isComplete { return }
    let lock = try lock(folder, log: log, isCancelled: isCancelled)
    defer { lock.release() }
    for file in folder.files.all {
      let path = folder.path + "/" + file.name
      var wrong: FileError?
      if fileExists(path) {
        do {
          _ = try file.read(from: folder.path)
          continue
        } catch {
          log("\(error); downloading it anew")
          wrong = error
        }
      }
      do {
        let part = try download(file, to: path, log: log, progress: progress, isCancelled: isCancelled)
        if wrong != nil { log("\(path): the wrong one is now \(try moveAside(path))") }
        try AtomicFile.rename(part, to: path)
      } catch let error as Unavailable {
        // Who has put a file there wants it to be used.
        throw wrong.map {
          FileError(
            path: $0.path, found: $0.found, expected: "\($0.expected ?? "the published file"), and no mirror sends it")
        } ?? error
      }
    }
  }

  /// No mirror sends a file that is missing.
  public struct Unavailable: Error, CustomStringConvertible {
    /// Which file, and what each mirror did.
    public let error: FileError
    public var description: String { error.description }
  }

  /// Waits until no other process downloads into the folder.
  private func lock(_ folder: MNISTFolder, log: (String) -> Void, isCancelled: () -> Bool) throws -> FolderLock {
    if let lock = try FolderLock(folder.path) { return lock }
    log("\(folder.path): another process downloads into it; waiting for that")
    while true {
      if isCancelled() { throw CancellationError() }
      usleep(100_000)
      if let lock = try FolderLock(folder.path) { return lock }
    }
  }

  /// Downloads a file beside its place, and verifies it.
  /// - Returns: where it is.
  private func download(
    _ file: PublishedFile, to path: String, log: (String) -> Void, progress: (DownloadProgress) -> Void,
    isCancelled: () -> Bool
  ) throws -> String {
    var failures: [String] = []
    for address in addresses {
      let download = Download(file: file, address: address.appendingPathComponent(file.name), part: path + ".part")
      do {
        try download.run(patience: patience, progress: progress, isCancelled: isCancelled)
        return download.part
      } catch let failure as Download.Failure {
        let failure = "\(address.host ?? address.absoluteString): \(failure.reason)"
        log("\(file.name): \(failure)")
        failures.append(failure)
      }
    }
    let attempts = failures.joined(separator: "; ")
    throw Unavailable(
      error: FileError(
        path: path, found: "no such file, and no mirror that sends it (\(attempts))",
        expected: "a download, or the file as published"))
  }

  /// Renames a file to the first free of `….wrong`, `….wrong-2`, …
  /// - Returns: the new path.
  private func moveAside(_ path: String) throws(FileError) -> String {
    var aside = path + ".wrong"
    var number = 2
    while fileExists(aside) {
      aside = path + ".wrong-\(number)"
      number += 1
    }
    try AtomicFile.rename(path, to: aside)
    return aside
  }
}

extension MNISTFolder {
  fileprivate var isComplete: Bool {
    do {
      try check()
      return true
    } catch {
      return false
    }
  }
}
