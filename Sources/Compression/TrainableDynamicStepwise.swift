import Files
import LinearAlgebra
import NeuralNetwork

/// A layer under dynamic SVD, its factors renewed in every step (k = 1), where the definition of `TrainableDynamicPeriodic` comes down to
/// the straight-through estimator (Bengio, Léonard and Courville 2013):
///
///     W ← F + R = W + (step along the gradient with respect to F, decayed)
///
/// so W itself is kept, and neither F nor R is ever multiplied out: the forward pass and the gradient to the layer below run
/// through the factors, and only the gradient of the weights is a full product. The factors come from half a warm-started
/// subspace iteration a step, from the right and from the left in turn, or where W changes much, from a whole one.
public struct TrainableDynamicStepwise<Scalar: BLASScalar>: TrainableDynamicLayer {
  private var panels: PanelMatrix<Scalar>
  private var momentum: PanelMatrix<Scalar>
  private var bias: TrainableBias<Scalar>
  private var subspace: SubspaceSVD<Scalar>
  /// Of this step's renewal, between `beginPreparing` and `prepare`.
  private var beginning: SubspaceBeginning<Scalar>?
  private let rank: Int
  /// Of this step.
  private(set) var factors: SVD<Scalar>?
  private var u = PanelMatrix<Scalar>(rows: 0, columns: 0)
  private var vT = PanelMatrix<Scalar>(rows: 0, columns: 0)
  /// (x V) diag(S), and its gradient.
  private var hidden = InterleavedBatch<Scalar>(count: 0, width: 0)
  private var hiddenGradient = InterleavedBatch<Scalar>(count: 0, width: 0)

  /// A dense layer, from W on with zero momentum.
  ///
  /// - Parameters:
  ///   - rank: D, from 1.
  ///   - oversampling: directions beyond D that the subspace iteration carries along.
  ///   - stream: the name of the random stream of `seed` for the iteration's first start.
  public init(_ layer: Dense<Scalar>, rank: Int, oversampling: Int, seed: UInt64, stream: String) {
    precondition(rank >= 1)
    (panels, bias, self.rank) = (PanelMatrix(layer.weights), TrainableBias(layer.bias), rank)
    momentum = PanelMatrix(rows: panels.rows, columns: panels.columns)
    subspace = SubspaceSVD(rank: rank, oversampling: oversampling, seed: seed, stream: stream)
  }

  public var inputs: Int { panels.columns }
  public var isRenewed: Bool { true }
  public var outputs: Int { panels.rows }
  /// W: outputs × inputs.
  public var weights: Matrix<Scalar> { panels.matrix }

  /// The product of W that the factors' renewal begins with.
  public mutating func beginPreparing(workers: Workers) { beginning = subspace.beginning(of: panels, workers: workers) }

  /// Renews the factors of F, D singular values and vectors of W.
  /// - Throws: as `SubspaceSVD.follow(_:from:workers:)`.
  public mutating func prepare(step: Int) throws {
    let svd = try subspace.follow(panels, from: beginning)
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

  /// dX ← ((dY U) diag(S)) Vᵀ, and a step of W along dYᵀ x, the gradient with respect to F taken as that with respect to W.
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
    panels.step(momentum: &momentum, outputGradient: dY, input: x, rule: rule, workers: workers)
    bias.update(outputGradient: dY, rule: rule, workers: workers)
  }

  /// W as `weight`, what the subspace iteration goes on from; the factors are made anew in each step.
  public func save(to state: inout LayerState<Scalar>) {
    state.append("weight", weights)
    state.append("weight_momentum", momentum.matrix)
    bias.save(to: &state)
    if let start = subspace.start { state.append("subspace_start", start) }
    if let left = subspace.left { state.append("subspace_left", left) }
    state.append("subspace_needs_whole_iteration", number: subspace.needsWholeIteration ? 1 : 0)
    state.append("subspace_calls", number: Double(subspace.calls))
  }

  /// Takes what `save` wrote.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    panels = PanelMatrix(try state.matrix("weight", rows: outputs, columns: inputs))
    momentum = PanelMatrix(try state.matrix("weight_momentum", rows: outputs, columns: inputs))
    try bias.restore(from: state)
    let start = state.has("subspace_start") ? try state.matrix("subspace_start", rows: nil, columns: inputs) : nil
    let left = state.has("subspace_left") ? try state.matrix("subspace_left", rows: nil, columns: outputs) : nil
    let needsWholeIteration = try state.number("subspace_needs_whole_iteration", in: 0...1) == 1
    // 2⁵³: whole numbers are exact up to here.
    let calls = Int(try state.number("subspace_calls", in: 0...0x1p53))
    subspace.resume(start: start, left: left, needsWholeIteration: needsWholeIteration, calls: calls)
  }

  /// SVD_D(W), as factors, by LAPACK.
  public func finished() throws -> Layer<Scalar> {
    let svd = try LAPACKSVD.decompose(weights).truncated(to: rank)
    return .lowRank(LowRank(u: svd.u, singularValues: svd.singularValues, vT: svd.vT, bias: bias.values))
  }
}
