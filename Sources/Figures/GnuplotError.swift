/// gnuplot could not be started, or did not accept what it was sent. Prints as one line.
public struct GnuplotError: Error, Equatable, CustomStringConvertible {
  /// The figure that was being drawn, if one was.
  public var figure: String?
  /// What gnuplot or the system said.
  public let reason: String

  public init(figure: String? = nil, reason: String) {
    self.figure = figure
    self.reason = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  public var description: String { (figure.map { "\($0): " } ?? "") + "gnuplot: \(reason)" }
}
