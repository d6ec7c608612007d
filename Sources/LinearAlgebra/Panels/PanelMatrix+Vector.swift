extension PanelMatrix {
  /// y ← W x: x has `columns` elements, y `rows`. The same sums as of a batch, so the same bits.
  ///
  /// One vector would fill one of a block's NR lanes: here the registers hold a panel's rows instead.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func multiply(_ x: [Scalar], into y: inout [Scalar], workers: Workers) {
    precondition(x.count == columns && y.count == rows)
    let (rows, columns) = (rows, columns)
    elements.withUnsafeBufferPointer { w in
      x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          // Small matrices run on one thread: sharing would take longer.
          let workers = w.count < Self.worthSharing ? Workers(count: 1) : workers
          workers.forEach(Self.panels(rows)) { panel, _ in
            let weights = w.baseAddress! + panel * Tile.mr * columns
            var sums = PanelSums<Scalar>()
            for k in 0..<columns { sums.accumulate(x[k], times: weights + k * Tile.mr) }
            let first = panel * Tile.mr
            for row in 0..<min(Tile.mr, rows - first) { y[first + row] = sums[row] }
          }
        }
      }
    }
  }

  /// Elements; a megabyte of `Float`s takes some 30 μs.
  private static var worthSharing: Int { 1 << 18 }
}
