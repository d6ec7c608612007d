/// A piece of work that is timed.
public struct Workload: Sendable {
  /// Its name in the table, unique.
  public let name: String
  /// Threads that it uses. Its speed is compared with that of `sgemm` on as many.
  public let threads: Int
  /// Floating-point operations of one run, by the formulas of `FLOPs`.
  public let flops: @Sendable () throws -> Double
  /// Makes the matrices and networks, and returns what is timed; its results only keep the compiler from leaving the work out.
  public let prepare: @Sendable () throws -> () throws -> Any

  /// All of them, in the order of the table.
  ///
  /// - Parameter threads: for the workloads that use several.
  public static func all(threads: Int) -> [Workload] {
    products(threads: threads) + trainingSteps(threads: threads) + svds + inference(threads: threads)
  }
}
