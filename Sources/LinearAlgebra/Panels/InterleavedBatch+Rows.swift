extension InterleavedBatch {
  /// Copies `features`, at most 24, of each vector to `target`, a row of 24 a vector, filled up with zeros. Rows begin `stride`
  /// numbers apart. Writes whole blocks of sixteen rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func copyRows(_ features: Range<Int>, to target: UnsafeMutablePointer<Scalar>, stride: Int) {
    elements.withUnsafeBufferPointer { elements in
      for block in 0..<blocks {
        let source = elements.baseAddress! + (block * width + features.lowerBound) * 16
        Scalar.transpose(
          source, rows: features.count, columns: 16, stride: 16, to: target + block * 16 * stride, stride: stride)
      }
    }
    guard features.count < 24 else { return }
    for row in 0..<blocks * 16 {
      for place in features.count..<24 { target[row * stride + place] = 0 }
    }
  }
}
