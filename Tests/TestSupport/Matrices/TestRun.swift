import Foundation

/// The environment variables that say what is tested.
public enum TestRun {
  /// `LOWRANK_TESTS`: how many times the cases are run, each time with other seeds; 1 by default.
  public static let multiple = max(1, Int(environment["LOWRANK_TESTS"] ?? "") ?? 1)

  /// `LOWRANK_SEED`: the seed of the first case; the next case has the next one. 0 by default, so that `swift test` always
  /// tests the same; random by default in a run of several times.
  public static let seed: UInt64 =
    UInt64(environment["LOWRANK_SEED"] ?? "") ?? (multiple > 1 ? UInt64.random(in: 1...999_999_999) : 0)

  /// `LOWRANK_CASE`: the line of the one case to be run.
  public static let asked = environment["LOWRANK_CASE"]

  /// With `LOWRANK_TRACE` set, prints the case that begins: after a crash the last ones tell where.
  public static func trace(_ one: SVDCase) {
    if isTracing { FileHandle.standardError.write(Data("LOWRANK_CASE='\(one)'\n".utf8)) }
  }

  private static let isTracing = environment["LOWRANK_TRACE"] != nil

  /// `LOWRANK_LEDGER`: the file for the worst ratio of each property in each family.
  static let ledger = environment["LOWRANK_LEDGER"]

  private static let environment = ProcessInfo.processInfo.environment
}
