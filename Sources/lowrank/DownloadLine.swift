import Datasets
import Foundation

/// Prints how far a download is: a line for each file, and on a terminal one that is written over.
struct DownloadLine {
  private var file = ""
  private var start = (time: Date.distantPast, bytes: 0)

  mutating func show(_ progress: DownloadProgress) {
    let (line, status) = lines(progress, at: Date())
    if let line { Terminal.shared.line(line) }
    Terminal.shared.status(status)
  }

  /// The line about a new file, and the one that is written over. Bytes of an earlier attempt do not count in the rate.
  mutating func lines(_ progress: DownloadProgress, at time: Date) -> (line: String?, status: String) {
    let isNew = progress.file != file
    if isNew { (file, start) = (progress.file, (time, progress.bytes)) }
    let rate = Double(progress.bytes - start.bytes) / max(1e-3, time.timeIntervalSince(start.time))
    let left = rate > 0 ? ", \(Int((Double(progress.total - progress.bytes) / rate).rounded(.up))) s left" : ""
    return (
      isNew ? "downloading \(file), \(Self.megabytes(progress.total)) MB" : nil,
      "downloading \(file): \(Self.megabytes(progress.bytes)) of \(Self.megabytes(progress.total)) MB, "
        + "\(Self.megabytes(Int(rate))) MB/s\(left)"
    )
  }

  private static func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
}
