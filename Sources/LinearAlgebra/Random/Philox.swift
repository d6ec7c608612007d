/// Philox 4×32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (2011).
///
/// A block is a pure function of a 128-bit counter and a 64-bit key, so any part of a stream can be computed directly, in any
/// order, on any thread. Tests compare it with the known answers of its authors.
public enum Philox {
  /// The four 32-bit words of one block.
  @inline(__always)
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x, k) = (counter, key)
    for round in 0..<10 {
      if round > 0 { k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let a = UInt64(x.x) &* 0xD251_1F53
      let b = UInt64(x.z) &* 0xCD9E_8D57
      x = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ x.y ^ k.x, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ x.w ^ k.y, UInt32(truncatingIfNeeded: a))
    }
    return x
  }

  /// The sixteen blocks of the counters (`low`, `high`) to (`low` + 15, `high`), `low` a multiple of 16: x, y, z and w hold that
  /// word of each block. The bits are those of `block`. Sixteen blocks take two registers a word, whose products overlap.
  @inline(__always)
  static func sixteenBlocks(low: UInt64, high: SIMD2<UInt32>, key: SIMD2<UInt32>) -> Words {
    var x = SIMD16(repeating: UInt32(truncatingIfNeeded: low)) | SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    var y = SIMD16(repeating: UInt32(truncatingIfNeeded: low >> 32))
    var (z, w) = (SIMD16(repeating: high.x), SIMD16(repeating: high.y))
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let (a, b) = (product(x, 0xD251_1F53), product(z, 0xCD9E_8D57))
      (x, y, z, w) = (b.high ^ y ^ SIMD16(repeating: k0), b.low, a.high ^ w ^ SIMD16(repeating: k1), a.low)
      (k0, k1) = (k0 &+ 0x9E37_79B9, k1 &+ 0xBB67_AE85)
    }
    return Words(x: x, y: y, z: z, w: w)
  }

  /// High and low words of sixteen products, as eight 64-bit products of the even lanes and eight of the odd ones: AVX2 has an
  /// instruction for these.
  @inline(__always)
  private static func product(_ a: SIMD16<UInt32>, _ c: UInt64) -> (high: SIMD16<UInt32>, low: SIMD16<UInt32>) {
    let (lows, highs) = (0xFFFF_FFFF as UInt64, 0xFFFF_FFFF_0000_0000 as UInt64)
    let pairs = unsafeBitCast(a, to: SIMD8<UInt64>.self)
    let (even, odd) = ((pairs & lows) &* SIMD8(repeating: c), (pairs &>> 32) &* SIMD8(repeating: c))
    let (high, low) = ((even &>> 32) | (odd & highs), (even & lows) | (odd &<< 32))
    return (unsafeBitCast(high, to: SIMD16<UInt32>.self), unsafeBitCast(low, to: SIMD16<UInt32>.self))
  }

  /// The words of sixteen blocks.
  struct Words {
    let x, y, z, w: SIMD16<UInt32>
  }
}
