/// Inverted dropout (Srivastava et al. 2014): an activation is zeroed with probability p, and else divided by 1 − p.
///
/// Which ones are zeroed follows from stream, step, vector and feature alone, so it does not depend on tiles or threads.
/// p is rounded to a multiple of 2⁻¹⁶.
public struct Dropout<Scalar: BLASScalar>: Sendable {
  /// The largest 16-bit value that means "zeroed", plus one.
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
  /// Drops activations of `step`, below 2³²; for batches of at most 2¹⁵ vectors of at most 2²⁰ elements.
  ///
  /// For each feature 64 vectors share eight blocks of 128 random bits. The counter of the blocks has 12 bits below the
  /// feature's 20 and the step's 32, so a smaller last batch shifts nothing.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func apply(_ dropout: Dropout<Scalar>, step: Int) {
    guard dropout.threshold > 0 else { return }
    precondition(step < 1 << 32 && features.upperBound <= 1 << 20 && blocks.upperBound <= 1 << 11)
    let (threshold, scale) = (Int32(dropout.threshold), dropout.scale)
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 64) { space in
      let bits = space.baseAddress!.bindMemory(to: UInt16.self, capacity: 128)
      for feature in features {
        // The bits of eight blocks of vectors at once.
        for eight in blocks.lowerBound / 8..<(blocks.upperBound + 7) / 8 {
          dropout.stream.sixteenBlocks(UInt64(step) << 32 | UInt64(feature) << 12 | UInt64(16 * eight), into: bits)
          for block in max(8 * eight, blocks.lowerBound)..<min(8 * eight + 8, blocks.upperBound) {
            // The first words are those of four blocks of each half.
            let own = bits + block % 4 * 32 + block / 4 % 2 * 16
            var factors = SIMD16<Scalar>()
            // The shift gives −1 below the threshold, else 0: without a branch, so that the compiler makes vectors of it.
            for lane in 0..<Tile.nr { factors[lane] = Scalar(1 &+ (Int32(own[lane]) &- threshold) &>> 31) * scale }
            lanes(block, feature).simd16 *= factors
          }
        }
      }
    }
  }
}
