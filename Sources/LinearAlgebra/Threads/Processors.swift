import Foundation

/// The processors that this process may use.
public enum Processors {
  /// The default number of threads: processors in the affinity mask, at most those that the CPU quota pays for.
  public static let available: Int = {
    let count = allowed(status: systemText("/proc/self/status")) ?? ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(count, CPUQuota.ofThisProcess ?? count))
  }()

  /// Processors in the affinity mask (`taskset`, cpusets), from the contents of `/proc/self/status`; `nil` where it has none.
  static func allowed(status: String) -> Int? {
    // 32 bits a group, in hexadecimal: "ff,ffffffff".
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    return line?.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  }
}

/// The contents of a file that the system makes; empty where there is none.
private func systemText(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

/// The CPU time that a control group may use, as containers are given it.
enum CPUQuota {
  /// Of this process, in processors, at least 1; `nil` where there is no limit.
  static var ofThisProcess: Int? {
    processors(groups: systemText("/proc/self/cgroup"), mounts: systemText("/proc/self/mountinfo"), text: systemText)
  }

  /// The least quota of the group and of those above it, rounded to whole processors.
  /// - Parameters:
  ///   - groups: the contents of `/proc/self/cgroup`.
  ///   - mounts: those of `/proc/self/mountinfo`.
  ///   - text: the contents of a file; empty where there is none.
  static func processors(groups: String, mounts: String, text: (_ path: String) -> String) -> Int? {
    let quotas = groups.split(separator: "\n").flatMap { line -> [Double] in
      // hierarchy:controllers:path; version 2 has no controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isSecond = fields[1].isEmpty
      guard isSecond || fields[1].split(separator: ",").contains("cpu"),
        let mount = mountPoint(version2: isSecond, in: mounts)
      else { return [] }
      return foldersUpwards(from: fields[2]).compactMap { folder in
        quota(below: mount.path + relative(folder, to: mount.root), version2: isSecond, text: text)
      }
    }
    return quotas.min().map { max(1, Int($0.rounded())) }
  }

  /// Processors that one group is limited to.
  private static func quota(below folder: String, version2: Bool, text: (String) -> String) -> Double? {
    // "max 100000" or "150000 100000": microseconds in each period of so many. Version 1 has -1 for no limit.
    let numbers =
      version2
      ? text(folder + "/cpu.max").split(whereSeparator: \.isWhitespace).map { Double($0) }
      : ["quota", "period"].map { name in
        Double(text("\(folder)/cpu.cfs_\(name)_us").filter { !$0.isWhitespace })
      }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
    return quota / period
  }

  /// Where the file system of the control groups is mounted, and which group its root shows.
  private static func mountPoint(version2: Bool, in mounts: String) -> (path: String, root: String)? {
    for line in mounts.split(separator: "\n") {
      // id parent device root point options … - type source options
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count, dash > 5 else { continue }
      let controllers = fields[dash + 3].split(separator: ",")
      if version2 ? fields[dash + 1] == "cgroup2" : fields[dash + 1] == "cgroup" && controllers.contains("cpu") {
        return (String(fields[4]), String(fields[3]))
      }
    }
    return nil
  }

  /// `/a/b`, `/a` and the root, which is empty.
  private static func foldersUpwards(from path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { names.prefix($0).map { "/" + $0 }.joined() }
  }

  /// A group's folder below the mount: within a container, the mount's root is the container's own group.
  private static func relative(_ folder: String, to root: String) -> String {
    root != "/" && (folder + "/").hasPrefix(root + "/") ? String(folder.dropFirst(root.count)) : folder
  }
}
