import LinearAlgebra
import TestSupport
import Testing

/// Lists of nonzeros against a filter, in both precisions: `Float` has loops of its own.
@Suite struct NonzeroListTests {
  /// Elements, a share of them zero; among the others ±∞, NaN and the smallest subnormals.
  private func elements<Scalar: BLASScalar>(_ count: Int, zeros: Double, _: Scalar.Type) -> [Scalar] {
    var stream = RandomStream(seed: UInt64(count), name: "nonzeros/\(zeros)")
    let special: [Scalar] = [.infinity, -.infinity, .nan, -.nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude]
    return (0..<count).map { _ in
      let choice = stream.uniform()
      if choice < zeros { return choice < zeros / 2 ? -0.0 : 0 }
      return stream.uniform() < 0.1 ? special[Int(stream.uniform() * 6)] : Scalar(stream.normal())
    }
  }

  /// Bits, as NaN is not equal to itself.
  private func bits<Scalar: BLASScalar>(_ elements: some Sequence<Scalar>) -> [String] { elements.map { "\($0)" } }

  @Test(arguments: Precision.allCases) func ofARow(_ precision: Precision) {
    for count: Int in [0, 1, 7, 8, 9, 15, 16, 17, 24, 33, 119, 120, 128, 256] {
      func check<Scalar: BLASScalar>(_: Scalar.Type) {
        for zeros in [0, 0.3, 0.8, 1] {
          // Elements after the row are not zero.
          let row = elements(count, zeros: zeros, Scalar.self) + [Scalar](repeating: 5, count: 8)
          let room = (count + 7) / 8 * 8
          var (found, indices) = ([Scalar](repeating: 7, count: room + 1), [UInt8](repeating: 99, count: room + 1))
          let length = Scalar.listNonzeros(row, count: count, to: &found, indices: &indices)
          let expected = (0..<count).filter { row[$0] != 0 }
          #expect(
            indices[..<length].map(Int.init) == expected && bits(found[..<length]) == bits(expected.map { row[$0] }),
            "\(count), \(precision)")
          #expect(found[room] == 7 && indices[room] == 99, "written beyond the room")
        }
      }
      check(precision.type)
    }
  }

  @Test(arguments: Precision.allCases) func ofBlocks(_ precision: Precision) {
    for count: Int in [0, 1, 8, 15, 16, 17, 31, 32, 100, 128, 300] {
      func check<Scalar: BLASScalar>(_: Scalar.Type) {
        for (zeros, stride) in [(0, 16), (0.3, 48), (0.8, 16), (1, 32)] {
          let blocks = (count + 15) / 16
          // Elements between the blocks and after the last one are not zero.
          var source = [Scalar](repeating: 5, count: max(16, blocks * stride))
          let all = elements(count, zeros: zeros, Scalar.self)
          for i in 0..<count { source[i / 16 * stride + i % 16] = all[i] }
          let room = blocks * 16
          var (found, places) = ([Scalar](repeating: 7, count: room + 1), [UInt32](repeating: 99, count: room + 1))
          let length = Scalar.listNonzeros(source, count: count, stride: stride, to: &found, places: &places, every: 48)
          let expected = (0..<count).filter { all[$0] != 0 }
          #expect(places[..<length].map(Int.init) == expected.map { $0 * 48 }, "\(count), \(precision)")
          #expect(bits(found[..<length]) == bits(expected.map { all[$0] }), "\(count), \(precision)")
          #expect(found[room] == 7 && places[room] == 99, "written beyond the room")
        }
      }
      check(precision.type)
    }
  }
}
