/// One step of stochastic gradient descent with Nesterov momentum and L2 weight decay.
///
///     g ← ∂loss/∂w + λ w      (L2: the decay goes through the momentum, as in `torch.optim.SGD`)
///     v ← μ v + g
///     w ← w − η (g + μ v)     (Nesterov 1983, in the form of Sutskever et al. 2013 that needs no look-ahead)
public struct NesterovSGD<Scalar: BLASScalar>: Sendable {
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
    let rule = decays ? self : NesterovSGD(learningRate: learningRate, momentum: momentum, weightDecay: 0)
    weights.withUnsafeMutableBufferPointer { w in
      v.withUnsafeMutableBufferPointer { v in
        gradient.withUnsafeBufferPointer { rule.apply(w.baseAddress, v.baseAddress, $0.baseAddress, count: w.count) }
      }
    }
  }

  @inline(__always)
  private func apply(
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

extension NesterovSGD {
  /// The rule on a panel's column, MR weights.
  @inline(__always)
  func step(_ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ gradient: PanelSums<Scalar>) {
    step(w, v, gradient.a)
    step(w + 8, v + 8, gradient.b)
    step(w + 16, v + 16, gradient.c)
  }

  /// The rule on eight weights.
  @inline(__always)
  private func step(_ w: UnsafeMutablePointer<Scalar>, _ v: UnsafeMutablePointer<Scalar>, _ gradient: SIMD8<Scalar>) {
    let weights = w.simd8
    let g = gradient.addingProduct(SIMD8(repeating: weightDecay), weights)
    let velocity = g.addingProduct(SIMD8(repeating: momentum), v.simd8)
    v.simd8 = velocity
    w.simd8 = weights.addingProduct(SIMD8(repeating: -learningRate), g.addingProduct(SIMD8(repeating: momentum), velocity))
  }
}
