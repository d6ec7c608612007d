import Files
import Foundation

/// A file system of few bytes, in memory, that a test fills.
struct SmallDisk {
  private let folder: String
  private var filler: String { folder + "/filler" }

  /// Whether one may be mounted: as an administrator, and not in every container.
  static let isPossible: Bool = {
    guard
      let folder = try? FileManager.default.url(
        for: .itemReplacementDirectory, in: .userDomainMask, appropriateFor: FileManager.default.temporaryDirectory,
        create: true)
    else { return false }
    defer { try? FileManager.default.removeItem(at: folder) }
    guard let disk = try? SmallDisk(at: folder.path, bytes: 4096) else { return false }
    disk.unmount()
    return true
  }()

  /// Mounts it.
  /// - Throws: `FileError` if that may not be done.
  init(at folder: String, bytes: Int) throws(FileError) {
    self.folder = folder
    guard mount("tmpfs", folder, "tmpfs", 0, "size=\(bytes)") == 0 else {
      throw FileError(path: folder, found: String(cString: strerror(errno)), expected: "a place to mount a file system")
    }
  }

  /// Fills it but for `bytes`, a number of pages.
  func fill(but bytes: Int) throws {
    let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 0, count: 4096)
    while write(descriptor, page, page.count) > 0 {}
    guard errno == ENOSPC, let length = fileSize(filler), ftruncate(descriptor, off_t(length - bytes)) == 0 else {
      throw FileError(path: filler, found: String(cString: strerror(errno)), expected: "a disk that can be filled")
    }
  }

  /// Room again.
  func empty() { unlink(filler) }

  func unmount() { umount2(folder, Int32(MNT_DETACH)) }
}
