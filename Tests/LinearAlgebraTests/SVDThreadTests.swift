import Dispatch
import LinearAlgebra
import Synchronization
import Testing
import TestSupport

/// Concurrent calls give the bits of serial ones; some builds of OpenBLAS corrupt them.
@Suite struct SVDThreadTests {
  /// Up to 90 matrices of a precision, of all families.
  private func matrices<Scalar: BLASScalar>(_ precision: Precision, as _: Scalar.Type) -> [Matrix<Scalar>] {
    let cases = SVDCase.selected.filter { $0.precision == precision && $0.scale == .one && (8...33).contains($0.rank) }
    return stride(from: 0, to: cases.count, by: 1 + cases.count / 90).map { cases[$0].matrix(Scalar.self) }
  }

  /// The number of results that differ from the serial ones, of eight threads that take all matrices in different orders.
  private func wrong<Scalar: BLASScalar, Result: Equatable & Sendable>(
    _ matrices: [Matrix<Scalar>], _ compute: @Sendable (Matrix<Scalar>) throws -> Result
  ) throws -> Int {
    let serial = try matrices.map(compute)
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for turn in matrices.indices {
        let index = (turn + thread * 5) % matrices.count
        if (try? compute(matrices[index])) != serial[index] { wrong.withLock { $0 += 1 } }
      }
    }
    return wrong.withLock { $0 }
  }

  @Test(arguments: Precision.allCases) func concurrentCallsGiveTheBitsOfSerialOnes(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let all = matrices(precision, as: Scalar.self)
      for algorithm in SVDAlgorithm.allCases { #expect(try wrong(all) { try algorithm.decompose($0) } == 0, "\(algorithm)") }
      for driver in LAPACKDriver.allCases {
        #expect(try wrong(all) { try LAPACKSVD.singularValues(of: $0, drivers: [driver]) } == 0, "values, \(driver)")
      }
    }
    try check(precision.type)
  }

  /// A cold start and a warm one, as in every step of dynamic SVD.
  @Test(arguments: Precision.allCases) func concurrentCallsThatTrack(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let count = try wrong(matrices(precision, as: Scalar.self)) { a in
        var subspace = SubspaceSVD<Scalar>(rank: 4, seed: 1)
        let drifted = a.scalingRows(by: (0..<a.rows).map { 1 + Scalar($0) / 64 })
        return [try subspace.decompose(a).svd, try subspace.track(drifted).svd]
      }
      #expect(count == 0)
    }
    try check(precision.type)
  }

  @Test func workersGiveTheBitsOfSerialCalls() throws {
    let matrices = Array(self.matrices(.double, as: Double.self).prefix(40))
    let serial = try matrices.map { try LAPACKSVD.decompose($0) }
    for count in [2, 3, 8] { #expect(try Workers(count: count).map(matrices) { try LAPACKSVD.decompose($0) } == serial) }
  }
}
