import CGnuplot
import Foundation

/// A running gnuplot, through gnuplot-iostream.
///
/// What goes wrong on the way (gnuplot stops at its first error) is thrown by `close()`.
struct Gnuplot: ~Copyable {
  private let session: OpaquePointer

  /// Starts gnuplot with its default settings, whatever the user's own are.
  init() throws(GnuplotError) {
    var systemError: Int32 = 0
    guard let session = gnuplot_open(&systemError) else {
      throw GnuplotError(reason: systemError == ENOENT
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

/// `text` as a gnuplot string: nothing in it can end the string or start a command.
///
/// gnuplot takes everything between single quotes literally, but for a doubled quote, which stands for one. Control
/// characters, a line feed above all, become spaces.
func quoted(_ text: String) -> String {
  var result = "'"
  for scalar in text.unicodeScalars {
    switch scalar {
    case "'": result += "''"
    case _ where scalar.properties.generalCategory == .control: result += " "
    case "\u{2028}", "\u{2029}": result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "'"
}
