import Foundation
import Testing

@testable import Files

@Suite struct ProcessorsTests {
  @Test func affinityMask() {
    #expect(Processors.allowed(status: "Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n") == 2)
    #expect(Processors.allowed(status: "Cpus_allowed:\tff,00000000,0000000f\n") == 12)
    #expect(Processors.allowed(status: "Name:\tx\n") == nil)
  }

  @Test func hereThereIsOneAtLeast() {
    #expect((1...ProcessInfo.processInfo.activeProcessorCount).contains(Processors.available))
  }

  private static let version2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let version1 = """
    36 32 0:33 / /sys/fs/cgroup/cpuset rw shared:15 - cgroup cgroup rw,cpuset
    33 32 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct

    """

  private func processors(groups: String, mounts: String, _ files: [String: String]) -> Int? {
    Processors.quota(of: ControlGroup.all(of: "cpu", groups: groups, mounts: mounts)) { files[$0] ?? "" }
  }

  @Test func quotaOfVersion2() {
    let root = "/sys/fs/cgroup"
    for (text, expected): (String, Int?) in [
      ("max 100000\n", nil), ("200000 100000\n", 2), ("150000 100000\n", 2), ("120000 100000\n", 1), ("10000 100000\n", 1),
      ("", nil), ("nonsense\n", nil), ("100000 0\n", nil), ("-5 100000", nil),
    ] {
      let found = processors(groups: "0::/a/b\n", mounts: Self.version2, [root + "/a/b/cpu.max": text])
      #expect(found == expected, "\(text)")
    }
    // A group above may have less.
    let files = [root + "/a/b/cpu.max": "400000 100000", root + "/a/cpu.max": "100000 100000"]
    #expect(processors(groups: "0::/a/b\n", mounts: Self.version2, files) == 1)
    // In a container the group's own folder is the root.
    #expect(processors(groups: "0::/\n", mounts: Self.version2, [root + "/cpu.max": "300000 100000"]) == 3)
    let inContainer = Self.version2.replacing(" / /sys", with: " /docker/x /sys")
    #expect(processors(groups: "0::/docker/x\n", mounts: inContainer, [root + "/cpu.max": "300000 100000"]) == 3)
  }

  @Test func quotaOfVersion1() {
    let folder = "/sys/fs/cgroup/cpu,cpuacct"
    let groups = "5:cpuset:/\n4:cpu,cpuacct:/user.slice\n0::/user.slice\n"
    func quota(_ quota: String, _ period: String) -> Int? {
      processors(
        groups: groups, mounts: Self.version1,
        [folder + "/user.slice/cpu.cfs_quota_us": quota, folder + "/user.slice/cpu.cfs_period_us": period])
    }
    #expect(quota("300000\n", "100000\n") == 3)
    #expect(quota("-1\n", "100000\n") == nil)
    #expect(quota("50000\n", "100000\n") == 1)
    #expect(quota("300000\n", "") == nil)
    #expect(processors(groups: groups, mounts: "", [:]) == nil)
    #expect(processors(groups: "", mounts: Self.version1, [:]) == nil)
  }
}
