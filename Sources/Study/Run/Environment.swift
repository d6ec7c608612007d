import Files
import Foundation
import LinearAlgebra
import Results

extension Manifest.Environment {
  /// This program on this machine.
  public static func current(threads: Int) -> Manifest.Environment {
    let source = SourceTree.ofThisProgram
    return Manifest.Environment(
      sourceRevision: source?.revision ?? "unknown", sourceDigest: source?.digest ?? "unknown", toolchain: toolchain,
      blas: OpenBLAS.configuration, blasKernel: OpenBLAS.kernel, blasThreads: OpenBLAS.threads,
      processor: field("model name", of: "/proc/cpuinfo", separator: ":"),
      operatingSystem: field("PRETTY_NAME", of: "/etc/os-release", separator: "="), threads: threads)
  }

  private static var toolchain: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #else
      "Swift 6.3"
    #endif
  }

  /// The value of the first line that begins with `name`.
  private static func field(_ name: String, of path: String, separator: Character) -> String {
    let lines = ((try? readText(path)) ?? "").split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix(name) }), let start = line.firstIndex(of: separator) else {
      return "unknown"
    }
    return line[line.index(after: start)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
  }
}

/// The checkout that this program was built in.
struct SourceTree {
  /// The targets whose code decides the numbers; a change to the others (figures, report, command line) does not.
  private static let deciding = ["Files", "LinearAlgebra", "MNIST", "Network", "Compression", "Study"]

  private let root: String

  /// Found by going up from the executable; `nil` where it was installed elsewhere.
  static let ofThisProgram: SourceTree? = {
    guard var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent() else { return nil }
    while folder.path != "/" {
      if fileExists(folder.path + "/Package.swift"), fileExists(folder.path + "/Sources/Study") {
        return SourceTree(root: folder.path)
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  /// SHA-256 of the deciding sources: of their names and contents, in the order of their names. Another value where they
  /// were changed after this program was built: then they are not what it runs.
  var digest: String? {
    guard let files = try? self.files else { return nil }
    let digest = SHA256.hexDigest(of: files.flatMap { Array("\($0.name)\0".utf8) + $0.bytes })
    guard let built = Self.modified(Bundle.main.executablePath ?? ""), files.allSatisfy({ $0.modified <= built }) else {
      return SHA256.hexDigest(of: Array("not built from \(digest)".utf8))
    }
    return digest
  }

  private var files: [(name: String, bytes: [UInt8], modified: Date)] {
    get throws {
      try paths.map { name in
        (name, try readFile("\(root)/\(name)"), Self.modified("\(root)/\(name)") ?? .distantFuture)
      }
    }
  }

  private static func modified(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }

  private var paths: [String] {
    let files = Self.deciding.flatMap { target -> [String] in
      let names = FileManager.default.enumerator(atPath: "\(root)/Sources/\(target)")?.compactMap { $0 as? String } ?? []
      return names.filter { $0.hasSuffix(".swift") }.map { "Sources/\(target)/\($0)" }
    }
    return files.sorted()
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
    return process.terminationStatus == 0
      ? String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }
}
