import Compression
import Testing

extension MeasuredSVDTests {
  /// The estimate grows with the matrix and the rank, is above the matrix and its factors, and does not overflow.
  @Test func memoryEstimates() {
    for algorithm in SVDAlgorithm.allCases {
      func memory(_ rows: Int, _ columns: Int, rank: Int) -> Int {
        MeasuredSVD<Float>.memory(rows: rows, columns: columns, by: algorithm, rank: rank)
      }
      #expect(memory(1000, 1000, rank: 1000) > 4 * 3_000_000 && memory(1000, 1000, rank: 1000) < 4 * 40_000_000)
      #expect(memory(1000, 10, rank: 10) < 4 * 1000 * 1000, "\(algorithm): thin")
      #expect(memory(1000, 1000, rank: 10) <= memory(1000, 1000, rank: 1000))
      #expect(MeasuredSVD<Double>.memory(rows: 9, columns: 9, by: algorithm, rank: 9) > memory(9, 9, rank: 9))
      #expect(memory(1 << 40, 1 << 40, rank: 1) == .max)
    }
  }
}
