/// A named stream of random values, derived from a seed.
///
/// Block i of the stream is Philox's block with the counter (i, name) and the key seed. So streams of different names are
/// independent, and a value does not depend on threads or on other streams.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private let name: SIMD2<UInt32>
  private var index: UInt64
  private var words = SIMD4<UInt32>()
  private var used = 4
  private var spareNormal: Double?

  /// The stream `name` of `seed`, from block `index` on.
  public init(seed: UInt64, name: String, index: UInt64 = 0) {
    key = Self.words(of: seed)
    self.name = Self.words(of: Self.hash(name))
    self.index = index
  }

  /// The next 32 random bits.
  public mutating func next32() -> UInt32 {
    if used == 4 {
      words = block(index)
      index &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let low = next32()
    return UInt64(next32()) << 32 | UInt64(low)
  }

  /// Block `index` of the stream. The position of the stream does not change.
  @inline(__always)
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    let low = Self.words(of: index)
    return Philox.block(counter: SIMD4(low.x, low.y, name.x, name.y), key: key)
  }

  /// Blocks `index`, a multiple of 16, to `index` + 15, as 128 values of 16 bits: the first words of all blocks, then the second
  /// words, and so on; the low half of a word before the high one.
  @inline(__always)
  func sixteenBlocks(_ index: UInt64, into bits: UnsafeMutablePointer<UInt16>) {
    let words = Philox.sixteenBlocks(low: index, high: name, key: key)
    let target = UnsafeMutableRawPointer(bits)
    target.storeBytes(of: words.x, as: SIMD16<UInt32>.self)
    target.storeBytes(of: words.y, toByteOffset: 64, as: SIMD16<UInt32>.self)
    target.storeBytes(of: words.z, toByteOffset: 128, as: SIMD16<UInt32>.self)
    target.storeBytes(of: words.w, toByteOffset: 192, as: SIMD16<UInt32>.self)
  }

  /// Uniform in [0, 1), with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in `bounds`.
  public mutating func uniform(in bounds: ClosedRange<Double>) -> Double {
    bounds.lowerBound + (bounds.upperBound - bounds.lowerBound) * uniform()
  }

  /// Standard normal, by the transformation of Box and Muller (1958).
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let radius = (-2 * Elementary.log(1 - uniform())).squareRoot()
    let (cosine, sine) = Elementary.cosineAndSine(turns: uniform())
    spareNormal = radius * sine
    return radius * cosine
  }

  /// An integer from 0 to `bound` − 1, all equally likely: Lemire's method (2019), with rejection.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    let bound = UInt64(bound)
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= bound || product.low >= (0 &- bound) % bound { return Int(product.high) }
    }
  }

  /// The integers 0 ..< `count` in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    return order
  }

  /// FNV-1a, 64 bits (Fowler, Noll and Vo): stable between runs, which `Hasher` is not.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static func words(of value: UInt64) -> SIMD2<UInt32> {
    SIMD2(UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
  }
}
