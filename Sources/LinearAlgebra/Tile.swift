/// A rectangle of a matrix, open for writing to one thread while a closure runs.
public struct Tile<Scalar: BLASScalar> {
  let base: UnsafeMutablePointer<Scalar>
  let stride: Int
  /// The rectangle, in rows and columns of the whole matrix.
  public let rows: Range<Int>
  public let columns: Range<Int>

  var start: UnsafeMutablePointer<Scalar> { base + rows.lowerBound * stride + columns.lowerBound }

  @inline(__always)
  func row(_ i: Int) -> UnsafeMutableBufferPointer<Scalar> {
    UnsafeMutableBufferPointer(start: base + i * stride + columns.lowerBound, count: columns.count)
  }
}

extension Tile {
  /// y ← y + b, row by row; b is as long as the whole matrix is wide.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func add(bias: [Scalar]) {
    bias.withUnsafeBufferPointer { bias in
      for i in rows {
        let y = row(i)
        for j in 0..<columns.count { y[j] += bias[columns.lowerBound + j] }
      }
    }
  }

  /// y ← max(0, y + b): bias and ReLU; NaN stays.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addThenReLU(bias: [Scalar]) {
    bias.withUnsafeBufferPointer { bias in
      for i in rows {
        let y = row(i)
        for j in 0..<columns.count {
          let sum = y[j] + bias[columns.lowerBound + j]
          y[j] = sum < 0 ? 0 : sum
        }
      }
    }
  }

  /// y ← max(0, y); NaN stays, so that it shows in the loss.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func applyReLU() {
    for i in rows {
      let y = row(i)
      for j in 0..<columns.count { y[j] = y[j] < 0 ? 0 : y[j] }
    }
  }

  /// dy ← dy · `scale` where the activation y is positive, 0 elsewhere: the derivative of ReLU, and of dropout, which zeroes
  /// and scales what it keeps.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maskGradient(by activation: Matrix<Scalar>, scale: Scalar) {
    precondition(activation.columns == stride && activation.rows >= rows.upperBound)
    activation.elements.withUnsafeBufferPointer { activation in
      for i in rows {
        let gradient = row(i)
        let y = activation.baseAddress! + i * stride + columns.lowerBound
        for j in 0..<columns.count { gradient[j] = y[j] > 0 ? gradient[j] * scale : 0 }
      }
    }
  }
}

extension Tile {
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
    factors.withUnsafeBufferPointer { factors in
      for i in rows {
        let y = row(i)
        for j in 0..<columns.count { y[j] *= factors[columns.lowerBound + j] }
      }
    }
  }
}
