import LinearAlgebra

/// `sgemm` 1024×1024×1024, one call on each thread, all at the same time: the peak of OpenBLAS's products, with which the rest is
/// compared. Training steps leave zeros out, so by the operations of their shapes they can exceed it.
///
/// The matrices are large enough for the kernel to reach its full speed.
public struct Peak {
  private static let size = 1024
  /// A matrix a thread.
  private let a: [Matrix<Float>]
  /// Shared by all.
  private let b: Matrix<Float>
  private var c: [Matrix<Float>]
  private let workers: Workers

  /// - Parameter threads: from 1.
  public init(threads: Int) {
    var stream = RandomStream(seed: 1, name: "benchmark/peak")
    a = (0..<threads).map { _ in .normal(rows: Self.size, columns: Self.size, from: &stream) }
    b = .normal(rows: Self.size, columns: Self.size, from: &stream)
    c = a
    workers = Workers(count: threads)
  }

  /// C ← A B of each thread.
  public mutating func run() {
    c.withUnsafeMutableBufferPointer { c in workers.forEach(a.count) { index, _ in c[index].setProduct(a[index], b) } }
  }

  /// Floating-point operations of one run.
  public static func flops(threads: Int) -> Double { FLOPs.product(threads * size, size, size) }
}

extension Workload {
  /// `sgemm` itself, on one thread and on all.
  static func products(threads: Int) -> [Workload] {
    (threads == 1 ? [1] : [1, threads]).map { threads in
      Workload(
        name: threads == 1 ? "sgemm: 1024×1024×1024" : "sgemm: 1024×1024×1024 on each thread", threads: threads,
        flops: { Peak.flops(threads: threads) },
        prepare: {
          var peak = Peak(threads: threads)
          return { peak.run() }
        })
    }
  }
}
