import Files
import LinearAlgebra
import NeuralNetwork

/// A layer under dynamic SVD whose factors are renewed in every step (k = 1). The definition in `TrainableDynamicLayer` is then the
/// straight-through estimator (Bengio, Léonard and Courville 2013):
///
///     W ← F + R = W + (step along the gradient with respect to F, decayed)
///
/// So W itself is kept, and neither F nor R is multiplied out: the forward pass and the gradient to the layer below run
/// through the factors, and only the gradient of the weights is a full product. The factors come from half a warm-started
/// subspace iteration a step, from the right and from the left in turn, or from a whole one where W changes much.
public struct TrainableDynamicStepwise<Scalar: BLASScalar>: TrainableDynamicLayer {
  private var w: TrainableWeights<Scalar>
  private var bias: TrainableBias<Scalar>
  private var subspace: SubspaceSVD<Scalar>
  /// The first product of this step's renewal, between `beginPreparing` and `prepare`.
  private var beginning: SubspaceBeginning<Scalar>?
  public let rank: Int
  /// The factors of F in this step.
  private(set) var factors: SVD<Scalar>?
  private var u = PanelMatrix<Scalar>(rows: 0, columns: 0)
  private var vT = PanelMatrix<Scalar>(rows: 0, columns: 0)
  /// (x V) diag(S), and its gradient.
  private var hidden = InterleavedBatch<Scalar>(count: 0, width: 0)
  private var hiddenGradient = InterleavedBatch<Scalar>(count: 0, width: 0)

  /// Starts from the weights of a dense layer, with zero momentum.
  ///
  /// - Parameters:
  ///   - rank: D, from 1.
  ///   - oversampling: directions beyond D that the subspace iteration carries along.
  ///   - stream: the name of the random stream of `seed` for the iteration's first start.
  public init(_ layer: Dense<Scalar>, rank: Int, oversampling: Int, seed: UInt64, stream: String) {
    precondition(rank >= 1)
    (w, bias, self.rank) = (TrainableWeights(layer.weights), TrainableBias(layer.bias), rank)
    subspace = SubspaceSVD(rank: rank, oversampling: oversampling, seed: seed, stream: stream)
  }

  public var inputs: Int { w.columns }
  public var outputs: Int { w.rows }
  public var biasValues: [Scalar] { bias.values }
  /// W: outputs × inputs.
  public var weights: Matrix<Scalar> { w.matrix }

  /// Computes the product of W that the renewal of the factors begins with.
  public mutating func beginPreparing(workers: Workers) { beginning = subspace.beginning(of: w.panels, workers: workers) }

  /// Renews the factors of F, D singular values and vectors of W.
  /// - Throws: as `SubspaceSVD.follow(_:from:workers:)`.
  public mutating func prepare(step: Int) throws {
    let svd = try subspace.follow(w.panels, from: beginning)
    beginning = nil
    (factors, u, vT) = (svd, PanelMatrix(svd.u), PanelMatrix(svd.vT))
  }

  /// y ← `activation`(((x V) diag(S)) Uᵀ + b).
  public mutating func forward(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    guard let factors else { preconditionFailure("forward before prepare") }
    let bias = bias.values
    hidden.reshape(count: x.count, width: factors.rank)
    hidden.setProduct(x, vT, transposeW: true, workers: workers) { $0.scale(by: factors.singularValues) }
    y.setProduct(hidden, u, transposeW: true, workers: workers) { activation.apply(to: $0, bias: bias) }
  }

  /// dX ← ((dY U) diag(S)) Vᵀ, and a step of W along dYᵀ x = dL/dF, taken as dL/dW.
  public mutating func backward(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    inputGradient dX: inout InterleavedBatch<Scalar>?, rule: NesterovSGD<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void
  ) {
    guard let factors else { preconditionFailure("backward before prepare") }
    if dX != nil {
      hiddenGradient.reshape(count: x.count, width: factors.rank)
      hiddenGradient.setProduct(dY, u, workers: workers) { $0.scale(by: factors.singularValues) }
      dX?.setProduct(hiddenGradient, vT, workers: workers, then: finish)
    }
    w.update(outputGradient: dY, input: x, rule: rule, workers: workers)
    bias.update(outputGradient: dY, rule: rule, workers: workers)
  }

  /// W as `weight`, and the state of the subspace iteration. The factors are not written: each step renews them.
  public func save(to state: inout LayerState<Scalar>) {
    w.save("weight", to: &state)
    bias.save(to: &state)
    if let start = subspace.start { state.append("subspace_start", start) }
    if let left = subspace.left { state.append("subspace_left", left) }
    state.append("subspace_needs_whole_iteration", value: subspace.needsWholeIteration ? 1 : 0)
    state.append("subspace_calls", value: Double(subspace.calls))
  }

  /// Takes what `save` wrote.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    try w.restore("weight", from: state)
    try bias.restore(from: state)
    let start = state.has("subspace_start") ? try state.matrix("subspace_start", rows: nil, columns: inputs) : nil
    let left = state.has("subspace_left") ? try state.matrix("subspace_left", rows: nil, columns: outputs) : nil
    let needsWholeIteration = try state.value("subspace_needs_whole_iteration", in: 0...1) == 1
    // `Double` holds integers exactly up to 2⁵³.
    let calls = Int(try state.value("subspace_calls", in: 0...0x1p53))
    subspace.resume(start: start, left: left, needsWholeIteration: needsWholeIteration, calls: calls)
  }
}
