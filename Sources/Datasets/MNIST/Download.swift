import Files
import Foundation

/// One file from one address into a `.part` file.
struct Download {
  let file: PublishedFile
  let address: URL
  /// Where the bytes go; what is there already is continued.
  let part: String

  /// Why an address did not give the file; the next one may.
  struct Failure: Error {
    let reason: String
  }

  /// Transfers what is missing, and verifies the whole.
  ///
  /// An interrupted transfer keeps its bytes. Bytes with a wrong checksum are removed; if some of them were there
  /// before, it may have been those, and the address is asked once more, for all.
  /// - Throws: `Failure`; `FileError` if the file cannot be written; `CancellationError`.
  func run(
    patience: Mirrors.Patience, progress: (DownloadProgress) -> Void, isCancelled: () -> Bool
  ) throws {
    let before = bytesThere()
    defer { if fileSize(part) == 0 { unlink(part) } }
    // A complete .part is left by a process that ended between the last byte and the renaming.
    if before < file.bytes {
      try transfer(from: before, patience: patience, progress: progress, isCancelled: isCancelled)
    }
    let found = SHA256.hexDigest(of: try readFile(part))
    if found == file.sha256 { return }
    unlink(part)
    guard before > 0 else { throw Failure(reason: "sent a file with SHA-256 \(found), expected \(file.sha256)") }
    try run(patience: patience, progress: progress, isCancelled: isCancelled)
  }

  /// Length of the `.part` file, 0 if there is none; one that is too long is removed.
  private func bytesThere() -> Int {
    guard let bytes = fileSize(part), bytes > file.bytes else { return fileSize(part) ?? 0 }
    unlink(part)
    return 0
  }

  private func transfer(
    from offset: Int, patience: Mirrors.Patience, progress: (DownloadProgress) -> Void, isCancelled: () -> Bool
  ) throws {
    let transfer = try Transfer(address: address, part: part, offset: offset, bytes: file.bytes)
    transfer.start()
    var reported = -1
    while true {
      let state = transfer.wait(seconds: 0.1)
      if state.bytes != reported {
        progress(DownloadProgress(file: file.name, bytes: state.bytes, total: file.bytes))
        reported = state.bytes
      }
      let limit = state.hasAnswered ? patience.silence : patience.answer
      if let outcome = state.outcome {
        try outcome.get()
        return
      } else if isCancelled() {
        transfer.stop(because: CancellationError())
      } else if state.silence > limit {
        let what = state.hasAnswered ? "nothing more came for" : "no answer within"
        transfer.stop(because: Failure(reason: "\(what) \(limit) seconds"))
      }
    }
  }
}
