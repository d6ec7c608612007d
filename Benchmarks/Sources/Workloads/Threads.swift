import Foundation

/// Threads of the workloads that use several: `LOWRANK_THREADS`, all processors if it is empty or not set.
///
/// It is in the environment, as package-benchmark passes no arguments to benchmarks.
public enum Threads {
  /// - Throws: `SettingError` if it is not an integer from 1 to 1024.
  public static func asked() throws -> Int {
    guard let text = ProcessInfo.processInfo.environment["LOWRANK_THREADS"], !text.isEmpty else {
      return ProcessInfo.processInfo.activeProcessorCount
    }
    guard let count = Int(text), (1...1024).contains(count) else {
      throw SettingError(name: "THREADS", found: "'\(text)'", expected: "1 to 1024")
    }
    return count
  }
}

/// A setting of `make bench` that cannot be used.
public struct SettingError: Error, CustomStringConvertible {
  let name: String
  let found: String
  let expected: String

  public init(name: String, found: String, expected: String) {
    (self.name, self.found, self.expected) = (name, found, expected)
  }

  public var description: String { "\(name): found \(found), expected \(expected)" }
}
