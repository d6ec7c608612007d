import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

/// Rounding to BF16, which is the upper half of a `Float`.
@Suite struct BFloat16Tests {
  private func rounded<Scalar: BLASScalar>(_ values: [Scalar]) -> [UInt16] {
    let bytes = SafeTensors.Tensor(shape: [values.count], elements: values, as: .bfloat16).bytes
    return stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
  }

  private func value(_ pattern: UInt16) -> Float { Float(bitPattern: UInt32(pattern) << 16) }

  /// Each of the 65,536 patterns comes back from `Float` and from `Double`; a NaN stays one, with its sign.
  @Test func everyPattern() throws {
    let patterns = (0...UInt16.max).map { $0 }
    let bytes = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let tensor = SafeTensors.Tensor(type: .bfloat16, shape: [patterns.count], bytes: bytes)
    let floats = rounded(try tensor.elements(as: Float.self, place: ""))
    let doubles = rounded(try tensor.elements(as: Double.self, place: ""))
    for pattern in patterns {
      for found in [floats[Int(pattern)], doubles[Int(pattern)]] {
        guard value(pattern).isNaN else {
          #expect(found == pattern)
          continue
        }
        #expect(value(found).isNaN && found >> 15 == pattern >> 15, "\(pattern)")
      }
    }
  }

  /// Between each two neighbours: below the middle to the lower one, above it to the upper one, in the middle to the even one.
  @Test func nearest() {
    for pattern in stride(from: UInt16(0), to: 0x7F7F, by: 7) {
      let (low, high) = (Double(value(pattern)), Double(value(pattern + 1)))
      let middle = low + (high - low) / 2
      let even = pattern % 2 == 0 ? pattern : pattern + 1
      let doubles = [low, middle.nextDown, middle, middle.nextUp, high]
      let expected = [pattern, pattern, even, pattern + 1, pattern + 1]
      #expect(rounded(doubles) == expected, "\(pattern)")
      #expect(rounded(doubles.map { -$0 }) == expected.map { $0 | 0x8000 }, "\(pattern)")
      // Exact in `Float`, except above the largest half of a step.
      let single = Float(middle)
      #expect(rounded([single.nextDown, single, single.nextUp]) == [pattern, even, pattern + 1], "\(pattern)")
    }
  }

  /// A `Double` just above the middle, whose nearest `Float` is the middle: rounded twice it would go to the even neighbour below.
  @Test func notRoundedTwice() {
    let middle = 1 + 0x1p-8
    #expect(Float(middle + 0x1p-40) == Float(middle))
    #expect(rounded([middle + 0x1p-40, middle - 0x1p-40, middle]) == [0x3F81, 0x3F80, 0x3F80])
    let above = 1 + 0x1.8p-7
    #expect(rounded([above - 0x1p-40, above, above + 0x1p-40]) == [0x3F81, 0x3F82, 0x3F82])
  }

  /// Beyond the largest value by half a step: infinity, as below the smallest one zero.
  @Test func ends() {
    let largest = Double(value(0x7F7F))
    let step = 0x1p120
    #expect(
      rounded([largest, largest + step / 2 * 0.999, largest + step / 2, 1e300, .infinity]) == [
        0x7F7F, 0x7F7F, 0x7F80, 0x7F80, 0x7F80,
      ])
    #expect(rounded([-largest - step / 2, -.infinity, -1e300]) == [0xFF80, 0xFF80, 0xFF80])
    #expect(rounded([Float.greatestFiniteMagnitude, -Float.greatestFiniteMagnitude]) == [0x7F80, 0xFF80])
    let least = Double(value(1))
    #expect(rounded([least, least / 2 * 1.001, least / 2, 1e-300, -1e-300, -0.0]) == [1, 1, 0, 0, 0x8000, 0x8000])
  }

  @Test func notANumber() {
    for found in rounded([Double.nan, -.nan, .signalingNaN]) + rounded([Float.nan, Float(bitPattern: 0x7F80_0001)]) {
      #expect(value(found).isNaN, "\(found)")
    }
  }
}
