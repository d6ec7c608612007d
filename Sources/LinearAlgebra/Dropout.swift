/// Inverted dropout (Srivastava et al. 2014): an activation is zeroed with a probability, and else divided by what is left.
///
/// Which ones are zeroed follows from stream, step, row and column alone, so it does not depend on tiles or threads. The
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

extension Tile {
  /// Drops activations of `step`. The tile must begin at a multiple of 8 columns: eight share a block of random bits.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func apply(_ dropout: Dropout<Scalar>, step: Int) {
    guard dropout.threshold > 0 else { return }
    precondition(columns.lowerBound % 8 == 0)
    let blocksPerRow = (stride + 7) / 8
    let (threshold, scale) = (dropout.threshold, dropout.scale)
    // 32 numbers of 16 bits, and room to align them as numbers of 64.
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { space in
      let bits = space.baseAddress!.bindMemory(to: UInt16.self, capacity: 32)
      for i in rows {
        let y = row(i)
        // Rows of a batch are counted in 2²⁰ places a step, so that a smaller last batch shifts nothing.
        let first = (UInt64(step) << 20 | UInt64(i)) * UInt64(blocksPerRow) + UInt64(columns.lowerBound / 8)
        for start in Swift.stride(from: 0, to: columns.count, by: 32) {
          dropout.stream.fourBlocks(first + UInt64(start / 8), into: bits)
          let part = y + start
          if columns.count - start >= 32 {
            for lane in 0..<32 { part[lane] *= bits[lane] < threshold ? 0 : scale }
          } else {
            for lane in 0..<(columns.count - start) { part[lane] *= bits[lane] < threshold ? 0 : scale }
          }
        }
      }
    }
  }
}
