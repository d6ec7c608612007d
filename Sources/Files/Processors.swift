import Foundation

/// The processors that this process may use.
public enum Processors {
  /// The default number of threads: processors in the affinity mask that are there, at most those that the CPU quota pays for.
  public static let available: Int = {
    let present = ProcessInfo.processInfo.activeProcessorCount
    // The mask may have processors that are switched off.
    let usable = min(present, allowed(status: systemText("/proc/self/status")) ?? present)
    return max(1, min(usable, quota(of: ControlGroup.all(of: "cpu"), text: systemText) ?? usable))
  }()

  /// Processors in the affinity mask (`taskset`, cpusets), from the contents of `/proc/self/status`; `nil` where it has none.
  static func allowed(status: String) -> Int? {
    // 32 bits a group, in hexadecimal: "ff,ffffffff".
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    return line?.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  }

  /// The least CPU quota of some groups, rounded to whole processors, at least 1; `nil` where there is no limit.
  /// - Parameter text: the contents of a file; empty where there is none.
  static func quota(of groups: [ControlGroup], text: (_ path: String) -> String) -> Int? {
    let quotas = groups.compactMap { group -> Double? in
      // "max 100000" or "150000 100000": microseconds in each period of so many. Version 1 has -1 for no limit.
      let numbers =
        group.isVersion2
        ? text(group.folder + "/cpu.max").split(whereSeparator: \.isWhitespace).map { Double($0) }
        : ["quota", "period"].map { Double(text("\(group.folder)/cpu.cfs_\($0)_us").filter { !$0.isWhitespace }) }
      guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
      return quota / period
    }
    return quotas.min().map { max(1, Int($0.rounded())) }
  }
}
