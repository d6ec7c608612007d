extension InterleavedBatch {
  /// Copies `features`, at most MR, of each vector to `target`, a row of MR elements a vector, filled up with zeros. Rows begin
  /// `stride` elements apart. Writes whole blocks of NR rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func copyRows(_ features: Range<Int>, to target: UnsafeMutablePointer<Scalar>, stride: Int) {
    elements.withUnsafeBufferPointer { elements in
      for block in 0..<blocks {
        let source = elements.baseAddress! + (block * width + features.lowerBound) * Tile.nr
        Scalar.transpose(
          source, rows: features.count, columns: Tile.nr, stride: Tile.nr, to: target + block * Tile.nr * stride,
          stride: stride)
      }
    }
    guard features.count < Tile.mr else { return }
    for row in 0..<blocks * Tile.nr {
      for place in features.count..<Tile.mr { target[row * stride + place] = 0 }
    }
  }
}
