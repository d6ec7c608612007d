import Foundation

/// Keeps other processes out of a folder while this one works in it. The system releases the lock when the process ends.
public struct FolderLock: Sendable {
  private let descriptor: Int32

  /// Makes the folder if it is missing, and takes its lock; `nil` where another process, or another lock of this one, holds it.
  /// - Throws: `FileError` if the folder cannot be made or opened.
  public init?(_ folder: String) throws(FileError) {
    try makeFolder(folder)
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError(path: folder, found: systemReason(), expected: "a folder that can be read")
    }
    // Some network file systems have no such locks (an error other than EWOULDBLOCK): there, go without.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      close(descriptor)
      return nil
    }
  }

  /// Releases the lock; to be called once.
  public func release() {
    // Closing alone would leave the lock to a child process that has just been started and holds the descriptor too.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
