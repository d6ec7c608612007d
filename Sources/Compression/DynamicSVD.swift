import LinearAlgebra
import NeuralNetwork

/// A layer under dynamic SVD: W = F + R. The forward pass uses F, R is what the SVD dropped. Every k steps
///
///     W ← F + R,  F ← SVD_D(W),  R ← W − F
///
/// The derivative of F with respect to W is taken as the identity: dL/dW = dL/dF. So the methods `backward` compute
/// dL/dF = dYᵀ x as for a dense layer, and update W with it. Backpropagation through the SVD would divide by σᵢ² − σⱼ², and
/// give NaN for equal singular values.
public protocol TrainableDynamicLayer<Scalar>: TrainableLayer {
  /// D
  var rank: Int { get }
  /// W = F + R: outputs × inputs, of full rank.
  var weights: Matrix<Scalar> { get }
  /// b
  var biasValues: [Scalar] { get }
}

extension TrainableDynamicLayer {
  public var isRenewed: Bool { true }

  /// SVD_D(W) by LAPACK, as factors.
  public func finished() throws -> Layer<Scalar> {
    .lowRank(LowRank(try LAPACKSVD.decompose(weights).truncated(to: rank), bias: biasValues))
  }
}

/// How often the factors are renewed.
public enum Renewal: Equatable, Sendable {
  /// Before steps 0, k, 2k, … by a full SVD.
  case every(steps: Int)
  /// Before each step, by half a warm-started subspace iteration, or a whole one where W changes much.
  case eachStep
}

extension Network {
  /// The first `count` layers with dynamic SVD at `rank`, ready to be trained, the others as they are: as with a rank a layer.
  public func dynamicSVD(
    rank: Int, compressing count: Int, renewal: Renewal, oversampling: Int, seed: UInt64
  ) -> [any TrainableLayer<Scalar>] {
    dynamicSVD(
      ranks: [Int?](repeating: rank, count: count), renewal: renewal, oversampling: oversampling, seed: seed)
  }

  /// The first layers with dynamic SVD, ready to be trained; those of rank `nil`, and those behind, as they are.
  ///
  /// - Parameters:
  ///   - ranks: one for each of the first layers, at most its full rank.
  ///   - oversampling: directions beyond D that the subspace iterations carry along; for `.eachStep`.
  ///   - seed: of the subspace iterations' first start, each layer with the stream `subspace/<layer>`.
  public func dynamicSVD(
    ranks: [Int?], renewal: Renewal, oversampling: Int, seed: UInt64
  ) -> [any TrainableLayer<Scalar>] {
    layers.enumerated().map { index, layer -> any TrainableLayer<Scalar> in
      guard index < ranks.count, let rank = ranks[index], case .dense(let dense) = layer else { return layer.trainable() }
      let kept = min(rank, dense.weights.rows, dense.weights.columns)
      switch renewal {
      case .every(let steps): return TrainableDynamicPeriodic(dense, rank: kept, period: steps)
      case .eachStep:
        return TrainableDynamicStepwise(
          dense, rank: kept, oversampling: oversampling, seed: seed, stream: "subspace/\(index)")
      }
    }
  }
}
