/// One step of stochastic gradient descent with Nesterov momentum and L2 weight decay.
///
///     g ← ∂loss/∂w + λ w      (L2: the decay goes through the momentum, as in `torch.optim.SGD`)
///     v ← μ v + g
///     w ← w − η (g + μ v)     (Nesterov 1983, in the form of Sutskever et al. 2013 that needs no look-ahead)
public struct MomentumRule<Scalar: BLASScalar>: Sendable {
  /// η
  public var learningRate: Scalar
  /// μ
  public var momentum: Scalar
  /// λ
  public var weightDecay: Scalar

  /// A rule of these η, μ and λ.
  public init(learningRate: Scalar, momentum: Scalar, weightDecay: Scalar) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
  }

  /// Applies the rule to one array of weights, its momentum and its gradient, all of one length.
  ///
  /// - Parameter decays: `false` leaves λ out, as for biases.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func update(weights: inout [Scalar], momentum v: inout [Scalar], gradient: [Scalar], decays: Bool = true) {
    precondition(weights.count == v.count && weights.count == gradient.count)
    let rule = decays ? self : MomentumRule(learningRate: learningRate, momentum: momentum, weightDecay: 0)
    weights.withUnsafeMutableBufferPointer { w in
      v.withUnsafeMutableBufferPointer { v in
        gradient.withUnsafeBufferPointer { rule.apply(w.baseAddress, v.baseAddress, $0.baseAddress, count: w.count) }
      }
    }
  }

  @inline(__always)
  fileprivate func apply(
    _ w: UnsafeMutablePointer<Scalar>?, _ v: UnsafeMutablePointer<Scalar>?, _ gradient: UnsafePointer<Scalar>?, count: Int
  ) {
    guard let w, let v, let gradient else { return }
    for i in 0..<count {
      let g = gradient[i] + weightDecay * w[i]
      let velocity = momentum * v[i] + g
      v[i] = velocity
      w[i] -= learningRate * (g + momentum * velocity)
    }
  }
}

extension MomentumRule {
  /// Steps W (out×in) along its gradient dYᵀ X, where dY is batch×out and X batch×in.
  ///
  /// The gradient is never stored whole: each tile of rows is multiplied into a scratch space and used up while in cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func update(
    weights: inout Matrix<Scalar>, momentum v: inout Matrix<Scalar>, outputGradient dY: Matrix<Scalar>, input x: Matrix<Scalar>,
    scratch: inout Scratch<Scalar>, workers: Workers
  ) {
    let (out, inputs, batch) = (weights.rows, weights.columns, x.rows)
    precondition(dY.rows == batch && dY.columns == out && x.columns == inputs && v.rows == out && v.columns == inputs)
    let tileRows = Scratch<Scalar>.tileRows
    scratch.reserve(workers: workers.count, columns: inputs)
    let place = scratch.space.count / workers.count
    weights.elements.withUnsafeMutableBufferPointer { w in
      v.elements.withUnsafeMutableBufferPointer { v in
        scratch.space.withUnsafeMutableBufferPointer { space in
          dY.elements.withUnsafeBufferPointer { dY in
            x.elements.withUnsafeBufferPointer { x in
              workers.forEach(out, by: tileRows) { rows, worker in
                let gradient = space.baseAddress! + worker * place
                Scalar.gemm(
                  transposeA: true, transposeB: false, m: rows.count, n: inputs, k: batch, alpha: 1,
                  a: dY.baseAddress! + rows.lowerBound, strideA: out, b: x.baseAddress!, strideB: inputs, beta: 0, c: gradient,
                  strideC: inputs)
                let offset = rows.lowerBound * inputs
                apply(w.baseAddress! + offset, v.baseAddress! + offset, gradient, count: rows.count * inputs)
              }
            }
          }
        }
      }
    }
  }
}

/// Room for a tile of a gradient, one a worker, kept from step to step.
public struct Scratch<Scalar: BLASScalar>: Sendable {
  static var tileRows: Int { 128 }
  var space: [Scalar] = []

  /// No room yet; the first use makes it.
  public init() {}

  mutating func reserve(workers: Int, columns: Int) {
    let needed = workers * Self.tileRows * columns
    if space.count < needed || space.count % workers != 0 { space = [Scalar](repeating: 0, count: needed) }
  }
}
