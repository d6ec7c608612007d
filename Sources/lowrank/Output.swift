import Files
import Foundation

/// Standard output: what a command was asked for.
enum Output {
  /// Prints a text and a line feed, at once: an error in a later flush could not be reported.
  ///
  /// Where the reader of a pipe has gone, as after `| head`, the program ends here without a word, by the signal that is meant
  /// for that (SIGPIPE; a shell shows the status 141).
  /// - Throws: `FileError` if it cannot be written: a full disk, for example, or a standard output that is closed.
  static func print(_ text: String) throws(FileError) {
    // The parent process may have ignored it, and children inherit that.
    signal(SIGPIPE, SIG_DFL)
    try AtomicFile.write([Array((text + "\n").utf8)], to: STDOUT_FILENO, named: "standard output")
  }
}
