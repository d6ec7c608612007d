/// The person pressed Ctrl-C, or the system asked the program to stop.
public struct Interruption: Error, Equatable, CustomStringConvertible {
  /// Whether there is a checkpoint that the next run goes on from.
  public let isSaved: Bool

  /// An interruption.
  public init(isSaved: Bool = false) { self.isSaved = isSaved }

  public var description: String {
    "interrupted; earlier results are unchanged" + (isSaved ? "; the same command continues from here" : "")
  }
}
