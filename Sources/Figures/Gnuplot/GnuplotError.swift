/// gnuplot could not be started, or did not accept what it was sent. Prints as one line.
public struct GnuplotError: Error, Equatable, CustomStringConvertible {
  /// The figure that was being drawn, if one was.
  public var figure: String?
  /// What gnuplot or the system said.
  public let reason: String

  /// An error about a figure's path, or about gnuplot itself.
  public init(figure: String? = nil, reason: String) {
    self.figure = figure
    let line = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // gnuplot reads on after an error; the first one is what matters.
    self.reason = line.count > 300 ? line.prefix(299) + "…" : line
  }

  public var description: String { (figure.map { "\($0): " } ?? "") + "gnuplot: \(reason)" }
}
