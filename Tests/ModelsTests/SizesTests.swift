import Testing

@testable import Models

@Suite struct SizesTests {
  @Test(
    arguments: [
      ("40%", .share(0.4)), ("40 %", .share(0.4)), ("12MB", .bytes(12_000_000)), ("12 mb", .bytes(12_000_000)),
      ("1.5GiB", .bytes(3 << 29)), ("1.5 kib", .bytes(1536)), ("300000", .bytes(300_000)), ("7B", .bytes(7)),
      ("2kB", .bytes(2000)), ("1MiB", .bytes(1 << 20)), ("3 GB", .bytes(3_000_000_000)), ("100%", .share(1)),
    ] as [(String, FileSize)])
  func sizes(text: String, size: FileSize) { #expect(FileSize(text) == size) }

  @Test(arguments: ["", "%", "MB", "0", "0%", "-1", "+1", "1e5", "1,5MB", "1.2.3", "12 M B", "12TB", " 12", "12%%", "5e9GB"])
  func notSizes(text: String) { #expect(FileSize(text) == nil) }

  @Test func ofAFile() {
    #expect(FileSize.share(0.25).bytes(of: 1001) == 250)
    // More than any file, and more than an integer holds.
    #expect(FileSize("99999999999999999999%")?.bytes(of: 1 << 40) == 1_000_000_000_000_000_000)
    #expect(FileSize.bytes(77).bytes(of: 1001) == 77)
  }

  @Test(arguments: [
    (0, "0 B"), (912, "912 B"), (999, "999 B"), (1000, "1.00 kB"), (45_149, "45.1 kB"), (999_499, "999 kB"),
    (999_500, "1.00 MB"), (9_994_999, "9.99 MB"), (9_995_000, "10.0 MB"), (90_868_376, "90.9 MB"), (99_950_000, "100 MB"),
    (1_250_000_000, "1.25 GB"), (7_000_000_000_000, "7.00 TB"), (7_000_000_000_000_000, "7000 TB"),
  ])
  func text(bytes: Int, text: String) { #expect(Sizes.text(bytes) == text) }

  @Test(arguments: [(1, 3, "33.3 %"), (413, 1000, "41.3 %"), (5, 0, "500.0 %")])
  func percent(bytes: Int, whole: Int, text: String) { #expect(Sizes.percent(bytes, of: whole) == text) }
}
