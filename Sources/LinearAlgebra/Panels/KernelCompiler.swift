import CKernels

/// The C compiler that built the kernels.
public enum KernelCompiler {
  /// Name, version and commit, such as `clang 21.0.0 11673e6660b2d0a5f9f99b1c7b773f4c2f6df1b0`.
  public static let version = String(cString: lowrank_compiler()).split(separator: " ")
    .filter { !$0.contains("://") }.joined(separator: " ").filter { $0 != ")" }
}
