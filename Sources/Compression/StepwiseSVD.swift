import LinearAlgebra
import Network

/// A layer under dynamic SVD, its factors renewed in every step (k = 1), where the definition of `PeriodicSVD` comes down to
/// the straight-through estimator (Bengio, Léonard and Courville 2013):
///
///     W ← F + R = W + (step of F)
///
/// so W itself is kept, and neither F nor R is ever multiplied out: the forward pass and the gradient to the layer below run
/// through the factors, and only the gradient of the weights is a full product. The factors come from one warm-started
/// subspace iteration a step.
///
/// Weight decay is that of F, the network's weights in this step: λ F = (λ S Uᵀ)ᵀ Vᵀ is D more rows in the gradient's product.
public struct StepwiseSVD<Scalar: BLASScalar>: DynamicSVDLayer {
  /// W: outputs × inputs.
  public private(set) var weights: Matrix<Scalar>
  private var momentum: Matrix<Scalar>
  private var bias: TrainableBias<Scalar>
  private var subspace: SubspaceSVD<Scalar>
  private let rank: Int
  /// Of this step.
  private(set) var factors: SVD<Scalar>?
  private var hidden = Matrix<Scalar>(rows: 0, columns: 0)
  private var scratch = Scratch<Scalar>()

  /// A dense layer, from W on with zero momentum.
  ///
  /// - Parameters:
  ///   - rank: D, from 1.
  ///   - oversampling: directions beyond D that the subspace iteration carries along.
  ///   - stream: the name of the random stream of `seed` for the iteration's first start.
  public init(_ layer: Dense<Scalar>, rank: Int, oversampling: Int, seed: UInt64, stream: String) {
    precondition(rank >= 1)
    (weights, bias, self.rank) = (layer.weights, TrainableBias(layer.bias), rank)
    momentum = Matrix(rows: weights.rows, columns: weights.columns)
    subspace = SubspaceSVD(rank: rank, oversampling: oversampling, seed: seed, stream: stream)
  }

  public var inputs: Int { weights.columns }
  public var outputs: Int { weights.rows }

  /// Renews the factors of F, D singular values and vectors of W.
  /// - Throws: as `SubspaceSVD.track(_:)`.
  public mutating func prepare(step: Int) throws { factors = try subspace.track(weights).svd }

  /// y ← `activation`(((x V) diag(S)) Uᵀ + b): x is batch × inputs, y batch × outputs.
  public mutating func forward(
    _ x: Matrix<Scalar>, into y: inout Matrix<Scalar>, activation: Activation<Scalar>, workers: Workers
  ) {
    guard let factors else { preconditionFailure("forward before prepare") }
    let bias = bias.values
    y.setProduct(
      x, vT: factors.vT, singularValues: factors.singularValues, u: factors.u, hidden: &hidden, workers: workers
    ) { tile in
      activation.apply(to: tile, bias: bias)
    }
  }

  /// dX ← ((dY U) diag(S)) Vᵀ, and a step of W along dYᵀ x + λ F, the gradient with respect to F taken as that for W.
  public mutating func backward(
    outputGradient dY: Matrix<Scalar>, input x: Matrix<Scalar>, inputGradient dX: inout Matrix<Scalar>?,
    rule: MomentumRule<Scalar>, workers: Workers, then finish: (Tile<Scalar>) -> Void
  ) {
    guard let factors else { preconditionFailure("backward before prepare") }
    if dX != nil {
      var dHidden = Matrix<Scalar>(rows: x.rows, columns: factors.rank)
      dHidden.setProduct(dY, factors.u, cut: .rows(by: Tiling.rows), workers: workers) { tile in
        tile.scaleColumns(by: factors.singularValues)
      }
      dX?.setProduct(dHidden, factors.vT, cut: .rows(by: Tiling.rows), workers: workers, then: finish)
    }
    var gradientRule = rule
    gradientRule.weightDecay = 0
    if rule.weightDecay > 0 {
      let decay = factors.u.transposed.scalingRows(by: factors.singularValues.map { $0 * rule.weightDecay })
      gradientRule.update(
        weights: &weights, momentum: &momentum, outputGradient: dY.appendingRows(decay), input: x.appendingRows(factors.vT),
        scratch: &scratch, workers: workers)
    } else {
      gradientRule.update(
        weights: &weights, momentum: &momentum, outputGradient: dY, input: x, scratch: &scratch, workers: workers)
    }
    bias.update(outputGradient: dY, rule: rule)
  }

  /// SVD_D(W), as factors, by LAPACK.
  public func finished() throws -> Layer<Scalar> {
    let svd = try LAPACKSVD.decompose(weights).truncated(to: rank)
    return .lowRank(LowRank(u: svd.u, singularValues: svd.singularValues, vT: svd.vT, bias: bias.values))
  }
}
