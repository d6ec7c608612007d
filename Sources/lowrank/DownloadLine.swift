import Foundation
import Datasets

/// Prints how far a download is: a line for each file, and on a terminal one that is written over.
struct DownloadLine {
  private var file = ""
  private var start = (time: Date(), bytes: 0)

  mutating func show(_ progress: DownloadProgress) {
    if progress.file != file {
      (file, start) = (progress.file, (Date(), progress.bytes))
      Terminal.shared.line("downloading \(file), \(Self.megabytes(progress.total)) MB")
    }
    let rate = Double(progress.bytes - start.bytes) / max(1e-3, Date().timeIntervalSince(start.time))
    let left = rate > 0 ? ", \(Int((Double(progress.total - progress.bytes) / rate).rounded(.up))) s left" : ""
    Terminal.shared.status(
      "downloading \(file): \(Self.megabytes(progress.bytes)) of \(Self.megabytes(progress.total)) MB, "
        + "\(Self.megabytes(Int(rate))) MB/s\(left)")
  }

  private static func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
}
