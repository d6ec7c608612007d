/// Some features of some blocks of an `InterleavedBatch`, which one thread may write while a closure runs.
public struct BatchTile<Scalar: BLASScalar> {
  let base: UnsafeMutablePointer<Scalar>
  /// Elements of a vector of the batch.
  public let width: Int
  public let features: Range<Int>
  let blocks: Range<Int>

  /// The NR elements of a feature.
  @inline(__always)
  func lanes(_ block: Int, _ feature: Int) -> UnsafeMutablePointer<Scalar> { base + (block * width + feature) * Tile.nr }
}

// The loops below are written so that the compiler makes vectors of them: pointers, no branches, no calls.
extension BatchTile {
  /// y ← y + b
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addBias(_ bias: [Scalar]) {
    precondition(bias.count == width)
    for block in blocks {
      for feature in features {
        let (y, b) = (lanes(block, feature), bias[feature])
        for lane in 0..<Tile.nr { y[lane] += b }
      }
    }
  }

  /// y ← max(0, y + b): bias and ReLU. NaN stays NaN, so that it is noticed.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addBiasThenReLU(_ bias: [Scalar]) {
    precondition(bias.count == width)
    for block in blocks {
      for feature in features {
        let (y, b) = (lanes(block, feature), bias[feature])
        for lane in 0..<Tile.nr { y[lane] = max(y[lane] + b, 0) }
      }
    }
  }

  /// y ← f(y + b)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addBias(_ bias: [Scalar], then f: (Scalar) -> Scalar) {
    precondition(bias.count == width)
    for block in blocks {
      for feature in features {
        let (y, b) = (lanes(block, feature), bias[feature])
        for lane in 0..<Tile.nr { y[lane] = f(y[lane] + b) }
      }
    }
  }

  /// y ← y s, each feature by its own factor.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scale(by factors: [Scalar]) {
    precondition(factors.count == width)
    for block in blocks {
      for feature in features {
        let (y, s) = (lanes(block, feature), factors[feature])
        for lane in 0..<Tile.nr { y[lane] *= s }
      }
    }
  }

  /// dy ← dy · `scale` where the activation y is positive, 0 elsewhere: the derivative of ReLU, and of dropout, which zeroes
  /// and scales what it keeps.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maskGradient(by activation: InterleavedBatch<Scalar>, scale: Scalar) {
    precondition(activation.width == width && activation.blocks >= blocks.upperBound)
    activation.elements.withUnsafeBufferPointer { activation in
      for block in blocks {
        for feature in features {
          let (gradient, y) = (lanes(block, feature), activation.baseAddress! + (block * width + feature) * Tile.nr)
          // Apart from the product, as the compiler must assume that `gradient` and `y` overlap.
          var factors = SIMD16<Scalar>()
          for lane in 0..<Tile.nr { factors[lane] = y[lane] > 0 ? scale : 0 }
          gradient.simd16 *= factors
        }
      }
    }
  }
}
