/// The person pressed Ctrl-C, or the system asked the program to stop.
public struct Interruption: Error, Equatable, CustomStringConvertible {
  /// An interruption.
  public init() {}
  public var description: String { "interrupted; earlier results are as they were" }
}
