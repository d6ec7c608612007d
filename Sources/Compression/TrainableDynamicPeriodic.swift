import Files
import LinearAlgebra
import NeuralNetwork

/// A layer under dynamic SVD whose factors are renewed every k steps: the definition in `TrainableDynamicLayer`.
///
/// Between renewals F is a full matrix and is trained as one, so that it leaves rank D until the next renewal. Only
/// `finished()` is of rank D.
///
/// Every step, the gradient with respect to F, taken as the gradient with respect to W, updates F. Weight decay is that of W,
/// as in any optimiser whose parameter is W: F and R decay, each by the same rule.
public struct TrainableDynamicPeriodic<Scalar: BLASScalar>: TrainableDynamicLayer {
  public let rank: Int
  private let period: Int
  /// F, trained like any dense layer.
  private var forwardLayer: TrainableDense<Scalar>
  /// R at the last renewal.
  private var dropped: Matrix<Scalar>
  /// The factor by which all elements of R have decayed since, and the factor's momentum.
  private var (scale, scaleMomentum): ([Scalar], [Scalar]) = ([1], [0])

  /// A dense layer W = F + R with F = W, R = 0 until the first renewal, before step 0.
  public init(_ layer: Dense<Scalar>, rank: Int, period: Int) {
    precondition(rank >= 1 && period >= 1)
    (self.rank, self.period) = (rank, period)
    forwardLayer = TrainableDense(layer)
    dropped = Matrix(rows: layer.weights.rows, columns: layer.weights.columns)
  }

  public var inputs: Int { forwardLayer.inputs }
  public var outputs: Int { forwardLayer.outputs }
  public var biasValues: [Scalar] { forwardLayer.biasValues }
  /// W = F + R.
  public var weights: Matrix<Scalar> { forwardLayer.weights + residual }
  /// R: outputs × inputs.
  var residual: Matrix<Scalar> { dropped.map { $0 * scale[0] } }

  /// Renews F and R in steps 0, k, 2k, ….
  /// - Throws: as `LAPACKSVD.decompose(_:drivers:)`.
  public mutating func prepare(step: Int) throws {
    guard step % period == 0 else { return }
    let full = weights
    let kept = try LAPACKSVD.decompose(full).truncated(to: rank).product
    // The momentum is that of W: F takes over the part of R.
    forwardLayer.replaceWeights(with: kept, addingMomentum: dropped.map { $0 * scaleMomentum[0] })
    (dropped, scale, scaleMomentum) = (full - kept, [1], [0])
  }

  /// y ← `activation`(x Fᵀ + b): x is batch × inputs, y batch × outputs.
  public mutating func forward(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    forwardLayer.forward(x, into: &y, activation: activation, workers: workers)
  }

  /// dX ← dY F, and a step of F along dYᵀ x = dL/dF, taken as dL/dW; R only decays.
  public mutating func backward(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    inputGradient dX: inout InterleavedBatch<Scalar>?, rule: NesterovSGD<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void
  ) {
    forwardLayer.backward(outputGradient: dY, input: x, inputGradient: &dX, rule: rule, workers: workers, then: finish)
    rule.update(weights: &scale, momentum: &scaleMomentum, gradient: [0])
  }

  /// F as a dense layer's `weight`, and R as `residual` and its factor.
  public func save(to state: inout LayerState<Scalar>) {
    forwardLayer.save(to: &state)
    state.append("residual", dropped)
    state.append("residual_scale", scale)
    state.append("residual_scale_momentum", scaleMomentum)
  }

  /// Takes what `save` wrote.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    try forwardLayer.restore(from: state)
    dropped = try state.matrix("residual", rows: outputs, columns: inputs)
    scale = try state.vector("residual_scale", count: 1)
    scaleMomentum = try state.vector("residual_scale_momentum", count: 1)
  }
}
