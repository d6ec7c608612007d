import Dispatch
import LinearAlgebra
import Synchronization
import Testing
import TestSupport

/// Some builds of OpenBLAS corrupt the results of concurrent calls.
@Suite struct SVDThreadTests {
  static let cases = SVDCase.selected.filter { $0.scale == .one && (8...33).contains($0.rank) }

  @Test(arguments: Precision.allCases, SVDAlgorithm.allCases)
  func concurrentCallsGiveTheBitsOfSerialOnes(_ precision: Precision, _ algorithm: SVDAlgorithm) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      // Up to 90 of them, of all families.
      let cases = Self.cases.filter { $0.precision == precision }
      let matrices = stride(from: 0, to: cases.count, by: 1 + cases.count / 90).map { cases[$0].matrix(Scalar.self) }
      let serial = try matrices.map { try algorithm.decompose($0) }
      // Eight threads, each with all the matrices, each from another one on.
      let wrong = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 8) { thread in
        for turn in matrices.indices {
          let index = (turn + thread * 5) % matrices.count
          if (try? algorithm.decompose(matrices[index])) != serial[index] { wrong.withLock { $0 += 1 } }
        }
      }
      #expect(wrong.withLock { $0 } == 0)
    }
    try check(precision.type)
  }

  @Test func workersGiveTheBitsOfSerialCalls() throws {
    let matrices = Self.cases.prefix(40).map { $0.matrix(Double.self) }
    let serial = try matrices.map { try LAPACKSVD.decompose($0) }
    for count in [2, 3, 8] {
      #expect(try Workers(count: count).map(matrices) { try LAPACKSVD.decompose($0) } == serial)
    }
  }
}
