import Files
import Foundation

/// The progress of the download of one file.
public struct DownloadProgress: Equatable, Sendable {
  /// The file's name.
  public let file: String
  /// Bytes so far, including those of an earlier attempt.
  public let bytes: Int
  /// Length of the whole file in bytes.
  public let total: Int
}

/// Servers that hold the same files, in the order in which they are tried.
public struct Mirrors: Sendable {
  /// Addresses of folders, to which the name of a file is appended.
  public let addresses: [URL]
  /// The time limits for each server.
  public let patience: Patience

  /// Servers, the preferred one first.
  public init(_ addresses: [URL], patience: Patience = Patience()) {
    (self.addresses, self.patience) = (addresses, patience)
  }

  /// The time limits for a server.
  public struct Patience: Sendable {
    /// Seconds until the answer begins, so that two mirrors without an answer take less than ten.
    public var answer = 4.5
    /// Seconds without a byte, once the answer has begun.
    public var silence = 15.0

    /// The default limits.
    public init() {}
  }

  /// The public mirrors of MNIST.
  public static let mnist = Mirrors(
    [
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ].compactMap(URL.init(string:)))

  /// Downloads the files that are missing or wrong in `folder`.
  ///
  /// A file is downloaded to `….gz.part`, verified, and renamed; a wrong file is renamed before to a free name, `….gz.wrong`. A
  /// `.part` file of an interrupted download is continued. Two processes do not download at the same time.
  /// - Throws: `Unavailable` if no mirror sends a missing file; `FileError` if no mirror sends a file that is wrong in the
  ///   folder, or one cannot be written; `CancellationError`.
  public func complete(
    _ folder: MNISTFolder, log: (String) -> Void, progress: (DownloadProgress) -> Void, isCancelled: () -> Bool
  ) throws {
    if folder.isComplete { return }
    let lock = try lock(folder, log: log, isCancelled: isCancelled)
    defer { lock.release() }
    for file in folder.files.all {
      let path = folder.path + "/" + file.name
      var wrong: FileError?
      do {
        if try file.find(in: folder.path) != nil { continue }
      } catch {
        log("\(error); downloading it anew")
        wrong = error
      }
      do {
        let part = try download(file, to: path, log: log, progress: progress, isCancelled: isCancelled)
        if fileExists(path) { log("\(path): the wrong one is now \(try moveAside(path))") }
        try AtomicFile.rename(part, to: path)
      } catch let error as Unavailable {
        // A wrong file is an error, because the user wanted it to be used.
        throw wrong.map {
          FileError(
            path: $0.path, found: $0.found, expected: "\($0.expected ?? "the published file"), and no mirror sends it")
        } ?? error
      }
    }
  }

  /// No mirror sends a file that is missing.
  public struct Unavailable: Error, CustomStringConvertible {
    /// Names the file, and the failure of each mirror.
    public let error: FileError
    public var description: String { error.description }
  }

  /// Locks the folder, after any other process that downloads into it.
  private func lock(_ folder: MNISTFolder, log: (String) -> Void, isCancelled: () -> Bool) throws -> FolderLock {
    if let lock = try FolderLock(folder.path) { return lock }
    log("\(folder.path): another process downloads into it; waiting for that")
    while true {
      if isCancelled() { throw CancellationError() }
      usleep(100_000)
      if let lock = try FolderLock(folder.path) { return lock }
    }
  }

  /// Downloads a file to a `.part` file, and verifies it.
  /// - Returns: the path of the `.part` file.
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
    var suffix = 2
    while fileExists(aside) {
      aside = path + ".wrong-\(suffix)"
      suffix += 1
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
