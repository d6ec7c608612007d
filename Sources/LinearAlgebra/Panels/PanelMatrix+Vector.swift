extension PanelMatrix {
  /// y ← W x: x has `columns` numbers, y `rows`. The same sums as of a batch, so the same bits.
  ///
  /// One vector fills one of a batch's sixteen places: here the registers hold a panel's rows instead.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func multiply(_ x: [Scalar], into y: inout [Scalar], workers: Workers) {
    precondition(x.count == columns && y.count == rows)
    let (rows, columns) = (rows, columns)
    elements.withUnsafeBufferPointer { w in
      x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          // Few numbers are read sooner than they are shared.
          let workers = w.count < Self.worthSharing ? Workers(count: 1) : workers
          workers.forEach(Self.panels(rows)) { panel, _ in
            var weights = w.baseAddress! + panel * Self.panelRows * columns
            var (a, b, c) = (SIMD8<Scalar>(), SIMD8<Scalar>(), SIMD8<Scalar>())
            for k in 0..<columns {
              let x = SIMD8(repeating: x[k])
              a.addProduct(x, weights.eight)
              b.addProduct(x, (weights + 8).eight)
              c.addProduct(x, (weights + 16).eight)
              weights += Self.panelRows
            }
            let first = panel * Self.panelRows
            for row in 0..<min(Self.panelRows, rows - first) {
              y[first + row] = row < 8 ? a[row] : row < 16 ? b[row - 8] : c[row - 16]
            }
          }
        }
      }
    }
  }

  /// Numbers; a megabyte of `Float`s takes some 30 μs.
  private static var worthSharing: Int { 1 << 18 }
}

// In this file, and not in one for all loops, because a debug build sees one file at a time.
extension UnsafePointer where Pointee: BLASScalar {
  /// The eight numbers from here on.
  @inline(__always)
  fileprivate var eight: SIMD8<Pointee> { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
}
