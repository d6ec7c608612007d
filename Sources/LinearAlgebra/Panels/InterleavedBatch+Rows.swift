extension InterleavedBatch {
  /// Copies `features`, at most 24, of each vector to `target`, a row of 24 a vector, filled up with zeros, and multiplies
  /// them by `weight`. Rows begin `stride` numbers apart. Writes whole blocks of sixteen rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func copyRows(_ features: Range<Int>, to target: UnsafeMutablePointer<Scalar>, stride: Int, weight: Scalar) {
    elements.withUnsafeBufferPointer { elements in
      for block in 0..<blocks {
        let source = elements.baseAddress! + (block * width + features.lowerBound) * 16
        let rows = target + block * 16 * stride
        for first in [0, 8, 16] {
          if features.count - first >= 8 {
            Self.transpose(source + first * 16, to: rows + first, stride: stride)
            Self.transpose(source + first * 16 + 8, to: rows + first + 8 * stride, stride: stride)
          } else {
            for feature in first..<first + 8 {
              for lane in 0..<16 { rows[lane * stride + feature] = feature < features.count ? source[feature * 16 + lane] : 0 }
            }
          }
        }
      }
      guard weight != 1 else { return }
      for row in 0..<blocks * 16 {
        for place in 0..<24 { target[row * stride + place] *= weight }
      }
    }
  }

  /// Eight vectors' eight features from `source`, sixteen numbers apart, to rows of `target`, `stride` apart.
  @inline(__always)
  private static func transpose(_ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, stride: Int) {
    typealias Eight = SIMD8<Scalar>
    /// Alternate numbers of both, of the first halves of each half; then of the second ones.
    func pairs(_ a: Eight, _ b: Eight) -> (Eight, Eight) {
      (Eight(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]), Eight(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]))
    }
    func fours(_ a: Eight, _ b: Eight) -> (Eight, Eight) {
      (Eight(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5]), Eight(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7]))
    }
    let (a0, a1) = pairs(source.eight, (source + 16).eight)
    let (a2, a3) = pairs((source + 32).eight, (source + 48).eight)
    let (a4, a5) = pairs((source + 64).eight, (source + 80).eight)
    let (a6, a7) = pairs((source + 96).eight, (source + 112).eight)
    let (b0, b1) = fours(a0, a2)
    let (b2, b3) = fours(a1, a3)
    let (b4, b5) = fours(a4, a6)
    let (b6, b7) = fours(a5, a7)
    target.eight = Eight(lowHalf: b0.lowHalf, highHalf: b4.lowHalf)
    (target + stride).eight = Eight(lowHalf: b1.lowHalf, highHalf: b5.lowHalf)
    (target + 2 * stride).eight = Eight(lowHalf: b2.lowHalf, highHalf: b6.lowHalf)
    (target + 3 * stride).eight = Eight(lowHalf: b3.lowHalf, highHalf: b7.lowHalf)
    (target + 4 * stride).eight = Eight(lowHalf: b0.highHalf, highHalf: b4.highHalf)
    (target + 5 * stride).eight = Eight(lowHalf: b1.highHalf, highHalf: b5.highHalf)
    (target + 6 * stride).eight = Eight(lowHalf: b2.highHalf, highHalf: b6.highHalf)
    (target + 7 * stride).eight = Eight(lowHalf: b3.highHalf, highHalf: b7.highHalf)
  }
}

// In this file, and not in one for all loops, because a debug build sees one file at a time.
extension UnsafePointer where Pointee: BLASScalar {
  /// The eight numbers from here on.
  @inline(__always)
  fileprivate var eight: SIMD8<Pointee> { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
}

extension UnsafeMutablePointer where Pointee: BLASScalar {
  @inline(__always)
  fileprivate var eight: SIMD8<Pointee> {
    get { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: SIMD8<Pointee>.self) }
  }
}
