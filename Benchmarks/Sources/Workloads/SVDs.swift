import LinearAlgebra

extension Workload {
  /// SVDs of square matrices in single precision, each on one thread.
  static var svds: [Workload] {
    [64, 128, 256].map { size in
      svd("Jacobi", size, flops: { _ in FLOPs.svd(size, size) }) { a in { try JacobiSVD.decompose(a) } }
    }
      + [64, 128, 256, 512, 1024].map { size in
        svd("LAPACK", size, flops: { _ in FLOPs.svd(size, size) }) { a in { try LAPACKSVD.decompose(a) } }
      }
      + [256, 512, 1024].map { size in
        svd("subspace cold, D = 20", size, flops: Subspace.coldFLOPs) { a in { try Subspace.cold(a) } }
      }
      + [256, 512, 1024].map { size in
        svd("subspace warm, D = 20", size, flops: Subspace.warmFLOPs) { a in
          var subspace = try Subspace.started(a)
          return { try subspace.warm(a) }
        }
      }
  }

  private static func svd(
    _ algorithm: String, _ size: Int, flops: @escaping @Sendable (Matrix<Float>) throws -> Double,
    _ prepare: @escaping @Sendable (Matrix<Float>) throws -> () throws -> Any
  ) -> Workload {
    let matrix = { @Sendable in SVD.falling(size, size, stream: "svd/\(size)").product }
    return Workload(
      name: "SVD: \(algorithm), \(size)×\(size)", threads: 1, flops: { try flops(matrix()) },
      prepare: { try prepare(matrix()) })
  }
}
