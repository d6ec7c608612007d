import Files
import Foundation
import LinearAlgebra

/// What this program was built from: what `manifest.json` records, and what a fingerprint covers.
///
/// A program in a checkout digests the sources there. An installed one has what `make install` recorded beside it.
public struct ProgramSources: Codable, Sendable {
  /// The commit, with `-dirty` where the sources differ from it; `unknown` without a checkout.
  public let revision: String
  /// SHA-256 of the compilers' versions and of all sources that decide results.
  public let digest: String
  /// Name and full version of the Swift and the C compiler.
  public let compilers: String
  /// SHA-256 of the executable that `make install` recorded this for; `nil` in a checkout.
  private var executable: String?

  /// Those of the running program.
  public static let ofThisProgram: ProgramSources = {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let compilers = Self.compilers(builtIn: folder.path)
    if let tree = SourceTree(above: folder),
      let digest = tree.digest(compilers: compilers, builtAt: SourceTree.modified(path))
    {
      return ProgramSources(revision: tree.revision ?? "unknown", digest: digest, compilers: compilers)
    }
    let executable = executableDigest
    let record = folder.path + "/../share/lowrank/sources.json"
    if let json = try? JSON(parsing: readFile(record)),
      let sources: ProgramSources = try? json.decoded(path: record, expected: "what make install wrote"),
      sources.executable == executable
    {
      return sources
    }
    // The program's own bytes stand for sources that are not known: another program never passes for this one.
    return ProgramSources(revision: "unknown", digest: executable, compilers: compilers, executable: executable)
  }()

  /// What `make install` keeps beside the installed program, as JSON.
  public var record: String {
    var installed = self
    installed.executable = Self.executableDigest
    return JSON(encoding: installed).prettyText
  }

  /// SHA-256 of the executable: another one for any change of the program.
  public static var executableDigest: String { SHA256.hexDigest(of: (try? readFile(path)) ?? []) }

  private static let path =
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/proc/self/exe"

  /// The Swift compiler is what SwiftPM recorded in the folder of the build: it builds everything anew when that changes. The
  /// C compiler names itself in what it compiles.
  private static func compilers(builtIn folder: String) -> String {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    let records = names.filter { $0.hasPrefix("swift-version") }.compactMap { try? readText("\(folder)/\($0)") }
    let swift = records.compactMap { $0.split(separator: "\n").first.map(String.init) }
    return (Set(swift).sorted() + [KernelCompiler.version]).joined(separator: ", ")
  }
}

/// A checkout of this package.
struct SourceTree {
  /// The targets that change no result: they draw and print what there is. All other folders of `Sources` are digested, so
  /// that a new target is.
  static let notDigested: Set = ["CGnuplot", "Figures", "Report", "lowrank"]

  let root: String

  init(root: String) { self.root = root }

  /// The checkout that `folder` lies in; `nil` if it lies in none.
  init?(above folder: URL) {
    var folder = folder
    while !(fileExists(folder.path + "/Package.swift") && fileExists(folder.path + "/Sources/Study")) {
      guard folder.path != "/" else { return nil }
      folder.deleteLastPathComponent()
    }
    root = folder.path
  }

  /// SHA-256 of the compilers, and of names and contents of `Package.swift` and of all files in the digested folders but
  /// Markdown, in the order of their names.
  /// - Parameter built: when the program was built. If a file has changed since, it is not what the program runs, and the
  ///   digest is another one.
  /// - Returns: `nil` if a file cannot be read.
  func digest(compilers: String, builtAt built: Date?) -> String? {
    let paths = paths
    guard let contents = try? paths.map({ Array("\($0)\0".utf8) + (try readFile("\(root)/\($0)")) }) else { return nil }
    let digest = SHA256.hexDigest(of: Array("\(compilers)\0".utf8) + contents.flatMap { $0 })
    let isBuilt = paths.allSatisfy { path in
      guard let built, let modified = Self.modified("\(root)/\(path)") else { return false }
      return modified <= built
    }
    return isBuilt ? digest : SHA256.hexDigest(of: Array("not built from \(digest)".utf8))
  }

  /// The digested files, relative to the root.
  private var paths: [String] {
    let files = FileManager.default.enumerator(atPath: "\(root)/Sources")?.compactMap { $0 as? String } ?? []
    let digested = files.filter { file in
      let target = String(file.prefix { $0 != "/" })
      var isFolder: ObjCBool = false
      return !Self.notDigested.contains(target) && !file.hasSuffix(".md")
        && FileManager.default.fileExists(atPath: "\(root)/Sources/\(file)", isDirectory: &isFolder) && !isFolder.boolValue
    }
    return (["Package.swift"] + digested.map { "Sources/\($0)" }).sorted()
  }

  static func modified(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }

  /// The commit, with `-dirty` where the sources were changed since.
  var revision: String? {
    guard let commit = git("rev-parse", "--short=12", "HEAD"), !commit.isEmpty else { return nil }
    let changes = git("status", "--porcelain", "--", "Sources", "Package.swift") ?? ""
    return changes.isEmpty ? commit : commit + "-dirty"
  }

  private func git(_ arguments: String...) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", root] + arguments
    (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return nil }
    let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return process.terminationStatus == 0 ? text : nil
  }
}
