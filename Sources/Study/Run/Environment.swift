import Files
import Foundation
import LinearAlgebra
import Results

extension Manifest.Environment {
  /// This program on this machine.
  public static func current(threads: Int) -> Manifest.Environment {
    let sources = ProgramSources.ofThisProgram
    return Manifest.Environment(
      sourceRevision: sources.revision, sourceDigest: sources.digest, toolchain: sources.compilers,
      blas: OpenBLAS.configuration, blasKernel: OpenBLAS.kernel, blasThreads: OpenBLAS.threads,
      processor: field("model name", of: "/proc/cpuinfo", separator: ":"),
      operatingSystem: field("PRETTY_NAME", of: "/etc/os-release", separator: "="), threads: threads)
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
