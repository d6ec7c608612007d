/// A rectangle of a matrix, open for writing to one thread while a closure runs.
public struct Tile<Scalar: BLASScalar> {
  let base: UnsafeMutablePointer<Scalar>
  let stride: Int
  /// The rectangle, in rows and columns of the whole matrix.
  public let rows: Range<Int>
  public let columns: Range<Int>

  var start: UnsafeMutablePointer<Scalar> { base + rows.lowerBound * stride + columns.lowerBound }

  @inline(__always)
  func row(_ i: Int) -> UnsafeMutablePointer<Scalar> { base + i * stride + columns.lowerBound }
}

// The loops below are written so that the compiler makes vectors of them: pointers, no branches, no calls.
extension Tile {
  /// y ← y + b, row by row; b is as long as the whole matrix is wide.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func add(bias: [Scalar]) {
    precondition(bias.count == stride)
    bias.withUnsafeBufferPointer { bias in
      let b = bias.baseAddress! + columns.lowerBound
      for i in rows {
        let y = row(i)
        for j in 0..<columns.count { y[j] += b[j] }
      }
    }
  }

  /// y ← max(0, y + b): bias and ReLU. NaN stays NaN, so that it is noticed.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addThenReLU(bias: [Scalar]) {
    precondition(bias.count == stride)
    bias.withUnsafeBufferPointer { bias in
      let b = bias.baseAddress! + columns.lowerBound
      for i in rows {
        let y = row(i)
        for j in 0..<columns.count { y[j] = max(y[j] + b[j], 0) }
      }
    }
  }

  /// y ← β y, where β = 0 makes zeros of NaN too, as in BLAS.
  func scale(by beta: Scalar) {
    for i in rows {
      let y = row(i)
      for j in 0..<columns.count { y[j] = beta == 0 ? 0 : beta * y[j] }
    }
  }

  /// Column j times `factors[j]`; `factors` is as long as the whole matrix is wide.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scaleColumns(by factors: [Scalar]) {
    precondition(factors.count == stride)
    factors.withUnsafeBufferPointer { factors in
      let f = factors.baseAddress! + columns.lowerBound
      for i in rows {
        let y = row(i)
        for j in 0..<columns.count { y[j] *= f[j] }
      }
    }
  }
}
