import LinearAlgebra
import Testing

@testable import NeuralNetwork

@Suite struct QuantisedMatrixTests {
  /// The levels are the odd multiples of half a scale.
  @Test func levels() {
    let two = QuantisedMatrix(rows: 2, columns: 4, bits: 2, codes: [0, 1, 2, 3, 3, 3, 0, 1], scales: [2, 0.5])
    #expect(two.matrix(of: Float.self).elements == [-3, -1, 1, 3, 0.75, 0.75, -0.75, -0.25])
    let eight = QuantisedMatrix(rows: 1, columns: 3, bits: 8, codes: [0, 128, 255], scales: [1])
    #expect(eight.matrix(of: Double.self).elements == [-127.5, 0.5, 127.5])
  }

  /// Every element is exact in single precision, so the precision of the reader does not matter.
  @Test(arguments: QuantisedMatrix.widths)
  func exactInSinglePrecision(bits: Int) {
    for scale in [QuantisedMatrix.smallestScale, Float16.leastNormalMagnitude, 0.0999, 1, .greatestFiniteMagnitude] {
      let codes = (0..<1 << bits).map { UInt8($0) }
      let matrix = QuantisedMatrix(rows: 1, columns: codes.count, bits: bits, codes: codes, scales: [scale])
      #expect(matrix.matrix(of: Float.self).elements.map { Double($0) } == matrix.matrix(of: Double.self).elements)
      #expect(matrix.matrix(of: Double.self).elements.allSatisfy { $0.isFinite && $0 != 0 })
    }
  }

  /// Packed codes are, bit by bit, the codes from the lowest bit on, and nothing else; and they come back.
  @Test(arguments: QuantisedMatrix.widths)
  func packing(bits: Int) {
    var stream = RandomStream(seed: 1, name: "codes")
    for count in 0...40 {
      let codes = (0..<count).map { _ in UInt8(stream.below(1 << bits)) }
      let packed = PackedCodes.pack(codes, bits: bits)
      #expect(packed.count == (count * bits + 7) / 8 && packed.count == PackedCodes.size(of: count, bits: bits))
      let expected = codes.flatMap { code in (0..<bits).map { code >> $0 & 1 } }
      let found = packed.flatMap { byte in (0..<8).map { byte >> $0 & 1 } }
      #expect(Array(found[..<expected.count]) == expected && found[expected.count...].allSatisfy { $0 == 0 })
      #expect(PackedCodes.unpack(packed, count: count, bits: bits) == codes)
    }
  }

  /// Each bit behind the last code is noticed, and so is a byte too many or too few.
  @Test(arguments: [2, 3, 4])
  func bitsLeftOver(bits: Int) {
    for count in 1...9 {
      let packed = PackedCodes.pack([UInt8](repeating: 1, count: count), bits: bits)
      for bit in count * bits..<packed.count * 8 {
        var wrong = packed
        wrong[bit / 8] |= 1 << UInt8(bit % 8)
        #expect(PackedCodes.unpack(wrong, count: count, bits: bits) == nil, "\(count) codes, bit \(bit)")
      }
      #expect(PackedCodes.unpack(packed + [0], count: count, bits: bits) == nil)
      #expect(PackedCodes.unpack(packed.dropLast(), count: count, bits: bits) == nil)
    }
  }
}
