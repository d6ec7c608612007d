import LinearAlgebra

/// A low-rank layer in training: W = U Vᵀ, with no nonlinearity between V and U.
///
///     h = x V         batch × D
///     y = h Uᵀ + b    batch × outputs
///     dU = dYᵀ h,  dh = dY U,  dVᵀ = dhᵀ x,  dX = dh Vᵀ
public struct TrainableLowRank<Scalar: BLASScalar>: TrainableLayer {
  private var u: Matrix<Scalar>
  private var vT: Matrix<Scalar>
  private var momentumU: Matrix<Scalar>
  private var momentumVT: Matrix<Scalar>
  private var bias: TrainableBias<Scalar>
  private var scratch = Scratch<Scalar>()
  /// h of the last forward pass.
  private var hidden = Matrix<Scalar>(rows: 0, columns: 0)

  /// The layer with its S, if it has one, split between the factors.
  public init(_ layer: LowRank<Scalar>) {
    let layer = layer.folded
    (u, vT, bias) = (layer.u, layer.vT, TrainableBias(layer.bias))
    momentumU = Matrix(rows: u.rows, columns: u.columns)
    momentumVT = Matrix(rows: vT.rows, columns: vT.columns)
  }

  public var inputs: Int { vT.columns }
  public var outputs: Int { u.rows }

  public mutating func forward(
    _ x: Matrix<Scalar>, into y: inout Matrix<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    let bias = bias.values
    y.setProduct(x, vT: vT, singularValues: nil, u: u, hidden: &hidden, workers: workers) { tile in
      activation.apply(to: tile, bias: bias)
    }
  }

  public mutating func backward(
    outputGradient dY: Matrix<Scalar>, input x: Matrix<Scalar>, inputGradient dX: inout Matrix<Scalar>?,
    rule: MomentumRule<Scalar>, workers: Workers, then finish: (Tile<Scalar>) -> Void
  ) {
    var dHidden = Matrix<Scalar>(rows: x.rows, columns: u.columns)
    dHidden.setProduct(dY, u, cut: .rows(by: Tiling.rows), workers: workers)
    dX?.setProduct(dHidden, vT, cut: .rows(by: Tiling.rows), workers: workers, then: finish)
    rule.update(
      weights: &u, momentum: &momentumU, outputGradient: dY, input: hidden, scratch: &scratch, workers: workers)
    rule.update(
      weights: &vT, momentum: &momentumVT, outputGradient: dHidden, input: x, scratch: &scratch, workers: workers)
    bias.update(outputGradient: dY, rule: rule)
  }

  public func finished() -> Layer<Scalar> {
    .lowRank(LowRank(u: u, singularValues: nil, vT: vT, bias: bias.values))
  }
}
