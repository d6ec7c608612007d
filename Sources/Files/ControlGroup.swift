/// A control group that limits this process, as containers and service managers make them.
struct ControlGroup {
  /// The folder of its files.
  let folder: String
  /// Whether it is of version 2, whose files have other names.
  let isVersion2: Bool

  /// The group of this process and those above it, which limit it as well.
  /// - Parameters:
  ///   - controller: `cpu` or `memory`.
  ///   - groups: the contents of `/proc/self/cgroup`.
  ///   - mounts: those of `/proc/self/mountinfo`.
  static func all(
    of controller: String, groups: String = systemText("/proc/self/cgroup"),
    mounts: String = systemText("/proc/self/mountinfo")
  ) -> [ControlGroup] {
    groups.split(separator: "\n").flatMap { line -> [ControlGroup] in
      // hierarchy:controllers:path; version 2 has no controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isVersion2 = fields[1].isEmpty
      guard isVersion2 || fields[1].split(separator: ",").contains(where: { $0 == controller }),
        let mount = mount(of: controller, isVersion2: isVersion2, in: mounts)
      else { return [] }
      // Within a container, the mount's root is the container's own group.
      let path = String(fields[2]), isBelow = mount.root != "/" && (path + "/").hasPrefix(mount.root + "/")
      let names = (isBelow ? path.dropFirst(mount.root.count) : path[...]).split(separator: "/")
      return (0...names.count).reversed().map { count in
        ControlGroup(folder: mount.point + names.prefix(count).map { "/" + $0 }.joined(), isVersion2: isVersion2)
      }
    }
  }

  /// Where the file system of a controller's groups is mounted, and which group its root shows.
  private static func mount(
    of controller: String, isVersion2: Bool, in mounts: String
  ) -> (point: String, root: String)? {
    for line in mounts.split(separator: "\n") {
      // id parent device root point options … - type source options
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count, dash > 5 else { continue }
      let isMount =
        isVersion2
        ? fields[dash + 1] == "cgroup2"
        : fields[dash + 1] == "cgroup" && fields[dash + 3].split(separator: ",").contains { $0 == controller }
      if isMount { return (String(fields[4]), String(fields[3])) }
    }
    return nil
  }
}

/// The contents of a file that the system makes; empty where there is none.
func systemText(_ path: String) -> String { (try? readText(path)) ?? "" }
