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
}
