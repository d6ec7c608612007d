import Foundation
import Synchronization

/// Standard error: lines that stay, and on a terminal one line at the bottom that is written over.
final class Terminal: Sendable {
  static let shared = Terminal()

  /// Whether a person is looking.
  let isInteractive = isatty(STDERR_FILENO) == 1
  private let hasStatus = Mutex(false)

  /// Prints a line.
  func line(_ text: String) {
    hasStatus.withLock { hasStatus in
      write((hasStatus ? "\r\u{1B}[K" : "") + text + "\n")
      hasStatus = false
    }
  }

  /// Overwrites the status line; does nothing if standard error is not a terminal.
  func status(_ text: String) {
    guard isInteractive else { return }
    hasStatus.withLock { hasStatus in
      write("\r" + text.prefix(width - 1) + "\u{1B}[K")
      hasStatus = true
    }
  }

  private var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
  }

  /// Write errors (a full disk, a closed terminal) are ignored, so that they do not stop a training.
  private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Foundation.Data(text.utf8)) }
}
