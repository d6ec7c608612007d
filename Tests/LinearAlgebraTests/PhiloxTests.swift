import Testing

@testable import LinearAlgebra

@Suite struct PhiloxTests {
  /// The known answers of its authors: Random123, `kat_vectors`, philox4x32 with 10 rounds.
  @Test(
    arguments: [
      (SIMD4(0, 0, 0, 0), SIMD2(0, 0), SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
      (
        SIMD4(repeating: 0xffff_ffff), SIMD2(repeating: 0xffff_ffff),
        SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
      ),
      (
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
        SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
      ),
    ] as [(SIMD4<UInt32>, SIMD2<UInt32>, SIMD4<UInt32>)])
  func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, block: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == block)
  }

  /// Sixteen blocks at a time are the same as one by one.
  @Test func sixteenBlocks() {
    for low: UInt64 in [0, 16, 0xFFFF_FFF0, 0x1234_5678_9ABC_DEF0, .max - 15] as [UInt64] {
      let (high, key) = (SIMD2<UInt32>(0xDEAD_BEEF, 7), SIMD2<UInt32>(0x2710_3F1A, 0xFFFF_0001))
      let words = Philox.sixteenBlocks(low: low, high: high, key: key)
      for lane in 0..<16 {
        let counter = low + UInt64(lane)
        let block = Philox.block(
          counter: SIMD4(UInt32(truncatingIfNeeded: counter), UInt32(counter >> 32), high.x, high.y), key: key)
        #expect(SIMD4(words.x[lane], words.y[lane], words.z[lane], words.w[lane]) == block, "\(low)")
      }
    }
  }
}
