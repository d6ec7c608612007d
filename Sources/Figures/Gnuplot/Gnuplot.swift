import CGnuplot
import Foundation

/// A running gnuplot, through gnuplot-iostream.
///
/// What goes wrong on the way is thrown by `close()`: only then has gnuplot read everything.
struct Gnuplot: ~Copyable {
  private let session: OpaquePointer

  /// Starts gnuplot with its default settings, whatever the user's own are.
  init() throws(GnuplotError) {
    var systemError: Int32 = 0
    guard let session = gnuplot_open(&systemError) else {
      throw GnuplotError(
        reason: systemError == ENOENT
          ? "no such program on PATH; the package gnuplot-nox has it"
          : "cannot be started: " + String(cString: strerror(systemError)))
    }
    self.session = session
  }

  deinit { gnuplot_close(session, nil, 0) }

  /// Sends one command. A person's text in it goes through `quoted`.
  func send(_ line: String) {
    precondition(!line.utf8.contains { $0 < 0x20 }, "a gnuplot command is one line")
    gnuplot_send_line(session, line)
  }

  /// Sends columns of equal length as the data block `$name`; NaN stands for a missing value.
  func send(_ columns: [[Double]], as name: String) {
    precondition(columns.allSatisfy { $0.count == columns[0].count })
    gnuplot_send_data(session, name, columns.flatMap { $0 }, columns.count, columns.first?.count ?? 0)
  }

  /// Ends gnuplot and waits until it has written everything.
  /// - Returns: the warnings it printed, in one line; empty if there are none.
  /// - Throws: `GnuplotError` with gnuplot's own message.
  consuming func close() throws(GnuplotError) -> String {
    var message = [CChar](repeating: 0, count: 4096)
    let status = gnuplot_close(session, &message, message.count)
    discard self
    let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let outcome = GnuplotError(reason: text)
    guard status == 0 else { throw outcome.reason.isEmpty ? GnuplotError(reason: "exit status \(status)") : outcome }
    return outcome.reason
  }
}

/// `text` as a gnuplot expression for exactly this string: nothing in it can end the string or start a command.
///
/// gnuplot takes what is between single quotes literally. A single quote itself, and a control character, which might
/// end the line, go between double quotes by number, and the pieces are joined: `it's` becomes `'it'."\047".'s'`.
/// (Doubling the quote, as the manual has it, is not safe: gnuplot 5.4 misreads `''''`.)
func quoted(_ text: String) -> String {
  var pieces: [String] = []
  var literal = ""
  func finish() {
    if !literal.isEmpty { pieces.append("'\(literal)'") }
    literal = ""
  }
  for scalar in text.unicodeScalars {
    if scalar == "'" || scalar.value < 0x20 || scalar.value == 0x7F {
      finish()
      let octal = String(scalar.value, radix: 8)
      pieces.append("\"\\" + String(repeating: "0", count: 3 - octal.count) + octal + "\"")
    } else {
      literal.unicodeScalars.append(scalar)
    }
  }
  finish()
  return pieces.isEmpty ? "''" : pieces.joined(separator: ".")
}
