/// Inverted dropout (Srivastava et al. 2014): an activation is zeroed with a probability, and else divided by what is left.
///
/// Which ones are zeroed follows from stream, step, vector and number alone, so it does not depend on tiles or threads. The
/// probability is rounded to a multiple of 2⁻¹⁶.
public struct Dropout<Scalar: BLASScalar>: Sendable {
  /// The largest 16-bit number that means "zeroed", plus one.
  let threshold: UInt16
  let stream: RandomStream
  /// What kept activations are multiplied by: 1 / (1 − p).
  public let scale: Scalar

  /// - Parameters:
  ///   - probability: of being zeroed, in 0 ..< 1.
  ///   - stream: a stream of the layer's own.
  public init(probability: Double, stream: RandomStream) {
    precondition(0 <= probability && probability < 1)
    threshold = UInt16(min(65535, (probability * 65536).rounded()))
    scale = Scalar(65536 / (65536 - Double(threshold)))
    self.stream = stream
  }
}

extension BatchTile {
  /// Drops activations of `step`, below 2³²; for batches of at most 2¹⁵ vectors of at most 2²⁰ numbers.
  ///
  /// Eight vectors share a block of 128 random bits for each number. Blocks are counted in 2¹² places a number and 2²⁰
  /// numbers a step, so that a smaller last batch shifts nothing.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func apply(_ dropout: Dropout<Scalar>, step: Int) {
    guard dropout.threshold > 0 else { return }
    precondition(step < 1 << 32 && features.upperBound <= 1 << 20 && blocks.upperBound <= 1 << 11)
    precondition(blocks.lowerBound % 2 == 0, "two blocks of vectors share a call of the generator")
    let (threshold, scale) = (dropout.threshold, dropout.scale)
    // 32 numbers of 16 bits, and room to align them as numbers of 64.
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { space in
      let bits = space.baseAddress!.bindMemory(to: UInt16.self, capacity: 32)
      for feature in features {
        for block in stride(from: blocks.lowerBound, to: blocks.upperBound, by: 2) {
          dropout.stream.fourBlocks(UInt64(step) << 32 | UInt64(feature) << 12 | UInt64(2 * block), into: bits)
          let y = base + (block * width + feature) * 16
          for lane in 0..<16 { y[lane] *= bits[lane] < threshold ? 0 : scale }
          guard block + 1 < blocks.upperBound else { continue }
          let next = y + width * 16
          for lane in 0..<16 { next[lane] *= bits[16 + lane] < threshold ? 0 : scale }
        }
      }
    }
  }
}
