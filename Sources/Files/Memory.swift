import Foundation

/// Memory that is about to be taken. Swift ends the program where an array cannot have its memory, so the need is checked before.
public enum Memory {
  /// Checks that there are `bytes` of memory: within the limit of the process (`ulimit -v`), the machine's free memory, and the
  /// limit of a container.
  /// - Parameters:
  ///   - addresses: bytes that are reserved beside these, and not used: they count for the limit of the process alone.
  ///   - place: what needs them, for the error.
  /// - Throws: `FileError` that says how much is needed.
  public static func require(_ bytes: Int, addresses: Int = 0, place: String) throws(FileError) {
    guard bytes > 0 else { return }
    // Taken from the system and given back, without being touched.
    let (all, overflow) = bytes.addingReportingOverflow(addresses)
    let memory = overflow ? MAP_FAILED : mmap(nil, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let isThere = memory != MAP_FAILED
    if isThere { munmap(memory, all) }
    // The system promises more than it has.
    guard isThere, bytes < small || bytes <= available ?? Int.max else {
      throw FileError(
        path: place, found: "too little memory", expected: "about \(megabytes(isThere || overflow ? bytes : all))")
    }
  }

  /// The limit of this process's address space in bytes (`ulimit -v`); `nil` where there is none.
  public static var addressLimit: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }

  /// Below this size, the free memory is not looked up.
  private static let small = 1 << 24

  /// Bytes that can be had without pushing other programs out; `nil` where the system does not say.
  private static var available: Int? {
    let values = systemText("/proc/meminfo").split(separator: "\n").reduce(into: [String: Int]()) { values, line in
      let words = line.split(separator: " ")
      if words.count >= 2 { values[String(words[0])] = Int(words[1]).map { $0 << 10 } }
    }
    let machine = values["MemAvailable:"].map { $0 + (values["SwapFree:"] ?? 0) }
    return ([machine] + ControlGroup.all(of: "memory").map { left(in: $0, text: systemText) }).compactMap(\.self).min()
  }

  /// Bytes that a control group leaves to its processes; `nil` where it has no limit. Files in its cache count as free.
  /// - Parameter text: the contents of a file; empty where there is none.
  static func left(in group: ControlGroup, text: (_ path: String) -> String) -> Int? {
    let (limit, usage, cache) =
      group.isVersion2
      ? ("memory.max", "memory.current", "inactive_file")
      : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    func number(_ file: String) -> Int? { Int(text("\(group.folder)/\(file)").filter { !$0.isWhitespace }) }
    guard let limit = number(limit), let usage = number(usage) else { return nil }
    let free = text("\(group.folder)/memory.stat").split(separator: "\n").first { $0.hasPrefix(cache + " ") }
      .flatMap { Int($0.dropFirst(cache.count + 1)) }
    return max(0, limit - usage + (free ?? 0))
  }

  private static func megabytes(_ bytes: Int) -> String {
    let megabytes = Double(bytes) / 1e6
    return megabytes < 1000 ? String(format: "%.0f MB", megabytes.rounded(.up)) : String(format: "%.1f GB", megabytes / 1000)
  }
}
