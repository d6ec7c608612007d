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
            transposeEight(source + first * 16, stride: 16, to: rows + first, stride: stride)
            transposeEight(source + first * 16 + 8, stride: 16, to: rows + first + 8 * stride, stride: stride)
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
}

/// Target ← sourceᵀ: `rows` × `columns` numbers; rows of both begin their `stride` numbers apart.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func transpose<Scalar: BLASScalar>(
  _ source: UnsafePointer<Scalar>, rows: Int, columns: Int, stride: Int, to target: UnsafeMutablePointer<Scalar>,
  stride targetStride: Int
) {
  for row in Swift.stride(from: 0, to: rows, by: 8) {
    for column in Swift.stride(from: 0, to: columns, by: 8) {
      let (source, target) = (source + row * stride + column, target + column * targetStride + row)
      if row + 8 <= rows, column + 8 <= columns {
        transposeEight(source, stride: stride, to: target, stride: targetStride)
      } else {
        for i in 0..<min(8, rows - row) {
          for j in 0..<min(8, columns - column) { target[j * targetStride + i] = source[i * stride + j] }
        }
      }
    }
  }
}

/// Eight rows of eight.
@inline(__always)
private func transposeEight<Scalar: BLASScalar>(
  _ source: UnsafePointer<Scalar>, stride: Int, to target: UnsafeMutablePointer<Scalar>, stride targetStride: Int
) {
  typealias Eight = SIMD8<Scalar>
  /// Alternate numbers of both, of the first halves of each half; then of the second ones.
  @inline(__always)
  func pairs(_ a: Eight, _ b: Eight) -> (Eight, Eight) {
    (Eight(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]), Eight(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]))
  }
  @inline(__always)
  func fours(_ a: Eight, _ b: Eight) -> (Eight, Eight) {
    (Eight(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5]), Eight(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7]))
  }
  let (a0, a1) = pairs(source.eight, (source + stride).eight)
  let (a2, a3) = pairs((source + 2 * stride).eight, (source + 3 * stride).eight)
  let (a4, a5) = pairs((source + 4 * stride).eight, (source + 5 * stride).eight)
  let (a6, a7) = pairs((source + 6 * stride).eight, (source + 7 * stride).eight)
  let (b0, b1) = fours(a0, a2)
  let (b2, b3) = fours(a1, a3)
  let (b4, b5) = fours(a4, a6)
  let (b6, b7) = fours(a5, a7)
  target.eight = Eight(lowHalf: b0.lowHalf, highHalf: b4.lowHalf)
  (target + targetStride).eight = Eight(lowHalf: b1.lowHalf, highHalf: b5.lowHalf)
  (target + 2 * targetStride).eight = Eight(lowHalf: b2.lowHalf, highHalf: b6.lowHalf)
  (target + 3 * targetStride).eight = Eight(lowHalf: b3.lowHalf, highHalf: b7.lowHalf)
  (target + 4 * targetStride).eight = Eight(lowHalf: b0.highHalf, highHalf: b4.highHalf)
  (target + 5 * targetStride).eight = Eight(lowHalf: b1.highHalf, highHalf: b5.highHalf)
  (target + 6 * targetStride).eight = Eight(lowHalf: b2.highHalf, highHalf: b6.highHalf)
  (target + 7 * targetStride).eight = Eight(lowHalf: b3.highHalf, highHalf: b7.highHalf)
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
