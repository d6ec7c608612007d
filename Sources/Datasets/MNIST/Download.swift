import Files
import Foundation

/// The download of one file from one address into a `.part` file.
struct Download {
  let file: PublishedFile
  let address: URL
  /// The path of the `.part` file. Bytes in it from an earlier attempt are kept.
  let part: String

  /// The reason why an address did not send the file; the next address is tried then.
  struct Failure: Error {
    let reason: String
  }

  /// Downloads the missing bytes, and verifies the file.
  ///
  /// An interrupted transfer keeps its bytes. A file with a wrong checksum is removed. If some of its bytes were from an
  /// earlier attempt, the whole file is downloaded once more.
  /// - Throws: `Failure`; `FileError` if the file cannot be written; `CancellationError`.
  func run(patience: Mirrors.Patience, progress: (DownloadProgress) -> Void, isCancelled: () -> Bool) throws {
    let before = bytesThere()
    defer { if fileSize(part) == 0 { unlink(part) } }
    // A process that ended between the last byte and the renaming leaves a complete .part file.
    if before < file.bytes { try transfer(from: before, patience: patience, progress: progress, isCancelled: isCancelled) }
    let found = SHA256.hexDigest(of: try readFile(part))
    if found == file.sha256 { return }
    unlink(part)
    guard before > 0 else { throw Failure(reason: "sent a file with SHA-256 \(found), expected \(file.sha256)") }
    try run(patience: patience, progress: progress, isCancelled: isCancelled)
  }

  /// Length of the `.part` file, 0 if there is none. A file that is too long is removed.
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
