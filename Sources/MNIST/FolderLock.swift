import Files
import Foundation

/// Keeps a second process out of a folder while a first one downloads into it.
struct FolderLock {
  private let descriptor: Int32

  /// Makes the folder if it is missing, and waits until no other process holds its lock.
  init(_ folder: String, log: (String) -> Void, isCancelled: () -> Bool) throws {
    _ = try AtomicFile.temporaryPath(for: folder + "/file")  // makes the folder
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError(path: folder, found: String(cString: strerror(errno)), expected: "a folder that can be read")
    }
    var hasSaid = false
    // Some network file systems have no such locks (another error than EWOULDBLOCK): there, go without.
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      if !hasSaid { log("\(folder): another process downloads into it; waiting for that") }
      hasSaid = true
      if isCancelled() {
        close(descriptor)
        throw CancellationError()
      }
      usleep(100_000)
    }
  }

  /// The system does it too when the process ends, however it ends.
  func release() { close(descriptor) }
}
