import Foundation

/// gnuplot could not be started, or did not accept the script. Prints as one line.
public struct GnuplotError: Error, Equatable, CustomStringConvertible {
  /// The path of the figure that was being drawn, if one was.
  public var figure: String?
  /// What gnuplot or the system said.
  public let reason: String

  init(figure: String? = nil, reason: String) {
    self.figure = figure
    let line = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // gnuplot reads on after an error; the first one is what matters.
    self.reason = line.count > 300 ? line.prefix(299) + "…" : line
  }

  init(cannotStart systemError: Int32) {
    self.init(
      reason: systemError == ENOENT
        ? "no such program on PATH; the package gnuplot-nox has it"
        : "cannot be started: " + String(cString: strerror(systemError)))
  }

  public var description: String { (figure.map { "\($0): " } ?? "") + "gnuplot: \(reason)" }
}
