import Files
import LinearAlgebra

/// A low-rank layer in training: W = U Vᵀ, with no nonlinearity between V and U.
///
///     h = x V         batch × D
///     y = h Uᵀ + b    batch × outputs
///     dU = dYᵀ h,  dh = dY U,  dVᵀ = dhᵀ x,  dX = dh Vᵀ
public struct TrainableLowRank<Scalar: BLASScalar>: TrainableLayer {
  private var u: TrainableWeights<Scalar>
  private var vT: TrainableWeights<Scalar>
  private var bias: TrainableBias<Scalar>
  /// h of the last forward pass, and its gradient.
  private var hidden = InterleavedBatch<Scalar>(count: 0, width: 0)
  private var hiddenGradient = InterleavedBatch<Scalar>(count: 0, width: 0)

  /// The layer with its S, if it has one, split between the factors.
  public init(_ layer: LowRank<Scalar>) {
    let layer = layer.folded
    (u, vT, bias) = (TrainableWeights(layer.u), TrainableWeights(layer.vT), TrainableBias(layer.bias))
  }

  public var inputs: Int { vT.columns }
  public var outputs: Int { u.rows }

  /// y ← `activation`((x V) Uᵀ + b).
  public mutating func forward(
    _ x: InterleavedBatch<Scalar>, into y: inout InterleavedBatch<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    let bias = bias.values
    hidden.reshape(count: x.count, width: vT.rows)
    hidden.setProduct(x, vT.panels, transposeW: true, workers: workers)
    y.setProduct(hidden, u.panels, transposeW: true, workers: workers) { activation.apply(to: $0, bias: bias) }
  }

  /// dX ← (dY U) Vᵀ, and a step of U, V and b.
  public mutating func backward(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>,
    inputGradient dX: inout InterleavedBatch<Scalar>?, rule: NesterovSGD<Scalar>, workers: Workers,
    then finish: (BatchTile<Scalar>) -> Void
  ) {
    hiddenGradient.reshape(count: x.count, width: vT.rows)
    hiddenGradient.setProduct(dY, u.panels, workers: workers)
    dX?.setProduct(hiddenGradient, vT.panels, workers: workers, then: finish)
    u.update(outputGradient: dY, input: hidden, rule: rule, workers: workers)
    vT.update(outputGradient: hiddenGradient, input: x, rule: rule, workers: workers)
    bias.update(outputGradient: dY, rule: rule, workers: workers)
  }

  /// U as `u`, Vᵀ as `vt`, b as `bias`, with their momentum.
  public func save(to state: inout LayerState<Scalar>) {
    u.save("u", to: &state)
    vT.save("vt", to: &state)
    bias.save(to: &state)
  }

  /// Takes what `save` wrote.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    try u.restore("u", from: state)
    try vT.restore("vt", from: state)
    try bias.restore(from: state)
  }

  /// U, Vᵀ and b, with no S between them.
  public func finished() -> Layer<Scalar> {
    .lowRank(LowRank(u: u.matrix, singularValues: nil, vT: vT.matrix, bias: bias.values))
  }
}
