/// Codes of b bits one behind the other, without gaps: code i has the bits i·b … (i + 1)·b − 1, counted from the lowest bit of the
/// first byte on. Bits that are left over in the last byte are 0.
public enum PackedCodes {
  /// Bytes of `count` codes.
  static func size(of count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

  /// The bytes of codes below 2ᵇ.
  public static func pack(_ codes: [UInt8], bits: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size(of: codes.count, bits: bits))
    var (pending, waiting) = (0, 0)
    for code in codes {
      pending |= Int(code) << waiting
      waiting += bits
      while waiting >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        (pending, waiting) = (pending >> 8, waiting - 8)
      }
    }
    if waiting > 0 { bytes.append(UInt8(pending)) }
    return bytes
  }

  /// The first `count` codes; `nil` where there are not as many bytes as they need, or a bit behind them is not 0.
  static func unpack(_ bytes: [UInt8], count: Int, bits: Int) -> [UInt8]? {
    guard bytes.count == size(of: count, bits: bits) else { return nil }
    var codes: [UInt8] = []
    codes.reserveCapacity(count)
    var (pending, waiting, position) = (0, 0, 0)
    for _ in 0..<count {
      while waiting < bits {
        pending |= Int(bytes[position]) << waiting
        (position, waiting) = (position + 1, waiting + 8)
      }
      codes.append(UInt8(pending & (1 << bits - 1)))
      (pending, waiting) = (pending >> bits, waiting - bits)
    }
    return pending == 0 ? codes : nil
  }
}
