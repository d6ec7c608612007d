/// Philox 4×32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (2011).
///
/// A block is a pure function of a 128-bit counter and a 64-bit key, so any part of a stream can be had at once, in any
/// order, on any thread. Checked against the known answers of its authors.
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

  /// Four blocks side by side, whose counters begin with `low` and `low` + 1, + 2, + 3 (128 bits with `high`, no carry beyond 64):
  /// element w of the result holds word w of each.
  ///
  /// The same numbers as `block` gives one by one. Words are kept in 64 bits, so that a product of two needs no conversion.
  @inline(__always)
  static func fourBlocks(low: UInt64, high: SIMD2<UInt32>, key: SIMD2<UInt32>) -> Words {
    let counters = SIMD4<UInt64>(repeating: low) &+ SIMD4(0, 1, 2, 3)
    let mask = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)
    var (x, y) = (counters & mask, counters &>> 32)
    var (z, w) = (SIMD4<UInt64>(repeating: UInt64(high.x)), SIMD4<UInt64>(repeating: UInt64(high.y)))
    var k = key
    for round in 0..<10 {
      if round > 0 { k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let a = x &* SIMD4(repeating: 0xD251_1F53)
      let b = z &* SIMD4(repeating: 0xCD9E_8D57)
      (x, y) = ((b &>> 32) ^ y ^ SIMD4(repeating: UInt64(k.x)), b & mask)
      (z, w) = ((a &>> 32) ^ w ^ SIMD4(repeating: UInt64(k.y)), a & mask)
    }
    return Words(x: x, y: y, z: z, w: w)
  }

  /// The words of four blocks.
  struct Words {
    let x, y, z, w: SIMD4<UInt64>
  }
}
