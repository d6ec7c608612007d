import CGnuplot
import Foundation

/// A gnuplot script, written by gnuplot-iostream.
struct Gnuplot: ~Copyable {
  private let script: OpaquePointer

  init() throws(GnuplotError) {
    guard let script = gnuplot_script_create() else { throw GnuplotError(cannotStart: errno) }
    self.script = script
  }

  deinit { gnuplot_script_free(script) }

  /// Adds one command. Text from outside goes through `quoted`.
  func add(_ command: String) {
    precondition(!command.utf8.contains { $0 < 0x20 }, "a gnuplot command is one line")
    gnuplot_script_add_line(script, command)
  }

  /// Adds columns of equal length as the data block `$name`; NaN stands for a missing value.
  func addData(_ columns: [[Double]], as name: String) {
    precondition(columns.allSatisfy { $0.count == columns[0].count })
    gnuplot_script_add_data(script, name, columns.flatMap { $0 }, columns.count, columns.first?.count ?? 0)
  }

  /// Runs gnuplot with its default settings, whatever the user's own are, and waits until it has ended.
  /// - Returns: what it drew, and the warnings it printed, in one line; empty if there are none.
  /// - Throws: `GnuplotError` with gnuplot's own message.
  consuming func run() throws(GnuplotError) -> (output: [UInt8], warnings: String) {
    let status = gnuplot_script_run(script)
    if status < 0 { throw GnuplotError(cannotStart: errno) }
    let outcome = GnuplotError(reason: String(cString: gnuplot_script_errors(script)))
    guard status == 0 else { throw outcome.reason.isEmpty ? GnuplotError(reason: "exit status \(status)") : outcome }
    var count = 0
    let output = gnuplot_script_output(script, &count)
    return ([UInt8](UnsafeRawBufferPointer(start: output, count: count)), outcome.reason)
  }
}

/// `text` as a gnuplot expression for exactly this string: nothing in it can end the string or start a command.
///
/// gnuplot takes text between single quotes literally. A single quote and control characters are written between double
/// quotes by their octal code, and the pieces are joined: `it's` becomes `'it'."\047".'s'`. Doubling the quote, as the manual
/// says, is not safe: gnuplot 5.4 misreads `''''`.
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
