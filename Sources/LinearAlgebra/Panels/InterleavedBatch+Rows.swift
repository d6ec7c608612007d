extension InterleavedBatch {
  /// Copies `features`, at most 24, of each vector to `target`, a row of 24 a vector, filled up with zeros, and multiplies
  /// them by `weight`. Rows begin `stride` numbers apart. Writes whole blocks of sixteen rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func copyRows(_ features: Range<Int>, to target: UnsafeMutablePointer<Scalar>, stride: Int, weight: Scalar) {
    elements.withUnsafeBufferPointer { elements in
      for block in 0..<blocks {
        let source = elements.baseAddress! + (block * width + features.lowerBound) * 16
        Scalar.transpose(source, rows: features.count, columns: 16, stride: 16, to: target + block * 16 * stride, stride: stride)
      }
    }
    guard weight != 1 || features.count < 24 else { return }
    for row in 0..<blocks * 16 {
      let numbers = target + row * stride
      for place in 0..<features.count { numbers[place] *= weight }
      for place in features.count..<24 { numbers[place] = 0 }
    }
  }
}
