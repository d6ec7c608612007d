import Files
import Foundation
import LinearAlgebra

/// What this program was built from: recorded in `manifest.json`, and a part of each fingerprint.
public struct ProgramSources: Codable, Sendable {
  /// The commit, with `-dirty` where the sources differ from it; `unknown` without a checkout.
  public let revision: String
  /// SHA-256 of the compilers' versions and of all sources that decide results.
  public let digest: String
  /// Name and full version of the Swift and the C compiler.
  public let compilers: String
  /// SHA-256 of the executable.
  private let executable: String

  /// Those of the running program: what `make build` or `make install` recorded for exactly this executable; else, of a program
  /// in a checkout, the sources there, if none is newer than the program. Otherwise the sources are not known, and the
  /// program's own bytes stand for them: so no program passes for another.
  public static let ofThisProgram: ProgramSources = {
    let (executable, folder) = (executableDigest, URL(fileURLWithPath: path).deletingLastPathComponent())
    for record in ["sources.json", "../share/lowrank/sources.json"].map({ "\(folder.path)/\($0)" }) {
      if let json = try? JSON(parsing: readFile(record)),
        let sources: ProgramSources = try? json.decoded(path: record, expected: "sources"), sources.executable == executable
      {
        return sources
      }
    }
    let (compilers, tree) = (Self.compilers(builtIn: folder.path), SourceTree(above: folder))
    return ProgramSources(
      revision: tree?.revision ?? "unknown",
      digest: tree?.digest(compilers: compilers, builtAt: SourceTree.modified(path)) ?? executable, compilers: compilers,
      executable: executable)
  }()

  /// As JSON, to be kept beside the program.
  public var record: String { JSON(encoding: self).prettyText }

  /// SHA-256 of the executable: another one for any change of the program. One that cannot be read has another each time.
  public static var executableDigest: String {
    SHA256.hexDigest(of: (try? readFile(path)) ?? Array(UUID().uuidString.utf8))
  }

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
  static let notDigested: Set = ["CGnuplot", "Figures", "Models", "Report", "lowrank"]

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

  /// What a source file's name ends in.
  static let kinds: Set = ["swift", "c", "cpp", "h", "modulemap"]

  /// SHA-256 of the compilers, and of names and contents of `Package.swift` and of all source files of the digested targets, in
  /// the order of their names.
  /// - Parameter built: when the program was built.
  /// - Returns: `nil` if a file cannot be read or has changed since: then it is not what the program was built from.
  func digest(compilers: String, builtAt built: Date?) -> String? {
    var contents = Array("\(compilers)\0".utf8)
    for path in paths {
      guard let bytes = try? readFile("\(root)/\(path)"), let modified = Self.modified("\(root)/\(path)"), let built,
        modified <= built
      else { return nil }
      contents += Array("\(path)\0".utf8) + bytes
    }
    return SHA256.hexDigest(of: contents)
  }

  /// The digested files, relative to the root.
  private var paths: [String] {
    let files = FileManager.default.enumerator(atPath: "\(root)/Sources")?.compactMap { $0 as? String } ?? []
    let digested = files.filter { file in
      !Self.notDigested.contains(String(file.prefix { $0 != "/" })) && Self.kinds.contains((file as NSString).pathExtension)
        && !(file as NSString).lastPathComponent.hasPrefix(".")
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
