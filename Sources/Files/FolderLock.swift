import Foundation

/// Keeps other processes out of a folder while this one works in it. The system takes the lock back when a process ends,
/// however it ends, so a dead one holds none.
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
    // Some network file systems have no such locks (another error than EWOULDBLOCK): there, go without.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      close(descriptor)
      return nil
    }
  }

  /// Lets others in; to be called once.
  public func release() {
    // Closing alone would leave the lock to a child process that is just being started, and holds the descriptor too.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
