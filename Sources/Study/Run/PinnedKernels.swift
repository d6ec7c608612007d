import Files
import Foundation
import LinearAlgebra

/// Makes sure that OpenBLAS runs one kernel family and one thread, so that results have the same bits on every x86-64 processor
/// with AVX2.
///
/// OpenBLAS chooses its kernels when it is loaded, before any code of this program, so the program sets the environment and
/// starts itself again.
public enum PinnedKernels {
  /// The family that every processor with AVX2 can run.
  private static let family = "Haswell"
  /// If OpenBLAS was built on OpenMP, `OMP_NUM_THREADS` sets its threads, and `OPENBLAS_NUM_THREADS` does not.
  private static let settings = ["OPENBLAS_CORETYPE": family, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"]

  /// To be called first. It may start the program again, or exit if the processor has no AVX2.
  /// - Parameter warn: called with a warning if the kernels cannot be pinned or others were requested, or with an error.
  public static func ensure(warn: (String) -> Void) {
    #if arch(x86_64)
      // The loops of training are compiled for it: without, the program would die of an unknown instruction.
      guard hasAVX2 else {
        warn("error: /proc/cpuinfo: found a processor without AVX2 and FMA, expected one with both")
        exit(1)
      }
    #endif
    let environment = ProcessInfo.processInfo.environment
    let pinned = settings.allSatisfy { environment[$0.key] == $0.value }
    if pinned {
      if OpenBLAS.kernel != family {
        warn(
          "warning: OpenBLAS runs its kernels '\(OpenBLAS.kernel)', not '\(family)': digests will not be those of other machines"
        )
      }
      if OpenBLAS.threads != 1 {
        warn("warning: OpenBLAS runs \(OpenBLAS.threads) threads, not 1: digests will not be those of other machines")
      }
      return
    }
    // Other architectures have other kernels.
    guard hasAVX2 else {
      warn(
        "warning: this is no x86-64 processor (OpenBLAS: '\(OpenBLAS.kernel)'): digests will not be those of other machines")
      return
    }
    if let asked = environment["OPENBLAS_CORETYPE"], asked != family {
      warn("OPENBLAS_CORETYPE: found '\(asked)'; '\(family)' is used, so that digests agree with other machines")
    }
    for (name, value) in settings { setenv(name, value, 1) }
    var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) } + [nil]
    // By its real path, so that `ps` shows it.
    execv((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/proc/self/exe", &arguments)
    warn("warning: could not start again with \(family) kernels: \(String(cString: strerror(errno)))")
  }

  /// Whether the processor lists AVX2 and FMA.
  private static var hasAVX2: Bool {
    let lines = ((try? readText("/proc/cpuinfo")) ?? "").split(separator: "\n")
    guard let flags = lines.first(where: { $0.hasPrefix("flags") })?.split(separator: " ") else { return false }
    return flags.contains("avx2") && flags.contains("fma")
  }
}
