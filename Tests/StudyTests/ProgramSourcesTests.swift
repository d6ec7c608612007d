import Files
import Foundation
import Testing
import TestSupport

@testable import Study

/// The digest of the sources covers whatever can change a result.
@Suite struct ProgramSourcesTests {
  /// The checkout: this file is Tests/StudyTests/ProgramSourcesTests.swift.
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The package as SwiftPM describes it.
  private struct Package: Decodable {
    let targets: [Target]

    struct Target: Decodable {
      let name: String
      let path: String
      let target_dependencies: [String]?
    }

    /// The targets that `name` is built from, itself included.
    func targets(below name: String) -> [Target] {
      var found: [String: Target] = [:]
      func visit(_ name: String) {
        guard found[name] == nil, let target = targets.first(where: { $0.name == name }) else { return }
        found[name] = target
        target.target_dependencies?.forEach(visit)
      }
      visit(name)
      return Array(found.values)
    }
  }

  private static func package() throws -> Package {
    try withTemporaryFolder { folder in
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      // In another build folder: the lock of the usual one is held by `swift test`.
      process.arguments = [
        "swift", "package", "--package-path", root, "--scratch-path", folder, "describe", "--type", "json",
      ]
      (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
      try process.run()
      let json = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return try JSONDecoder().decode(Package.self, from: json)
    }
  }

  /// Every target that `Study` is built from is digested, and no other name is in the list of those that are not.
  @Test func everyTargetOfStudy() throws {
    let package = try Self.package()
    let deciding = package.targets(below: "Study")
    #expect(Set(deciding.map(\.name)).isSuperset(of: ["Study", "LinearAlgebra", "CKernels", "COpenBLAS", "Results"]))
    for target in deciding {
      #expect(target.path == "Sources/\(target.name)" && !SourceTree.notDigested.contains(target.name), "\(target.name)")
    }
    #expect(SourceTree.notDigested.isSubset(of: package.targets.map(\.name)))
    // Targets hold no other kinds of sources.
    for file in try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/Sources") where file.contains(".") {
      #expect(SourceTree.kinds.union(["md"]).contains((file as NSString).pathExtension), "\(file)")
    }
  }

  /// Another byte in any kind of source, another name, another compiler: another digest. Pages and what only draws: the same.
  @Test func everyKindOfFile() throws {
    let deciding = [
      "Package.swift", "Sources/Study/a.swift", "Sources/CKernels/a.c", "Sources/CKernels/include/a.h",
      "Sources/LinearAlgebra/Panels/a.cpp", "Sources/COpenBLAS/module.modulemap", "Sources/New/a.swift",
    ]
    let others = [
      "Sources/LinearAlgebra/README.md", "Sources/Study/.a.swift.swp", "Sources/Study/a.swift~", "Sources/Figures/a.swift",
      "Sources/CGnuplot/a.cpp", "Tests/a.swift",
    ]
    try withTemporaryFolder { folder in
      for path in deciding + others { try AtomicFile.write("1", to: "\(folder)/\(path)") }
      let tree = SourceTree(root: folder)
      func digest(_ compilers: String = "Swift 1") -> String? { tree.digest(compilers: compilers, builtAt: .distantFuture) }
      let first = try #require(digest())
      var seen: Set = [first]
      for path in deciding {
        try AtomicFile.write("2", to: "\(folder)/\(path)")
        #expect(seen.insert(try #require(digest())).inserted, "\(path)")
        try AtomicFile.write("1", to: "\(folder)/\(path)")
        #expect(digest() == first, "\(path)")
      }
      for path in others {
        try AtomicFile.write("2", to: "\(folder)/\(path)")
        #expect(digest() == first, "\(path)")
      }
      #expect(seen.insert(try #require(digest("Swift 2"))).inserted)
      // A program that is older than a source was not built from it.
      #expect(tree.digest(compilers: "Swift 1", builtAt: .distantPast) == nil)
      try FileManager.default.moveItem(atPath: "\(folder)/Sources/New/a.swift", toPath: "\(folder)/Sources/New/b.swift")
      #expect(seen.insert(try #require(digest())).inserted)
      try FileManager.default.removeItem(atPath: "\(folder)/Sources/New/b.swift")
      #expect(seen.insert(try #require(digest())).inserted)
    }
  }
}
