import Compression
import LinearAlgebra
import NeuralNetwork

/// Floating-point operations, counted from shapes; a multiplication and an addition are one each.
///
/// Products of matrices and factorisations are counted. Elementwise work (bias, ReLU, dropout, momentum, loss) is not: it is
/// below 2 % of a dense step.
public enum FLOPs {
  /// A B, m×k times k×n: k multiplications and additions for each of m n elements.
  public static func product(_ m: Int, _ k: Int, _ n: Int) -> Double { 2 * Double(m) * Double(k) * Double(n) }

  /// QR of an m×n matrix, m ≥ n, by Householder reflections, with Q (m×n) made explicit: 2 m n² − ⅔ n³ for `geqrf`, and as
  /// much again for `orgqr` (LAPACK Working Note 41).
  public static func qr(_ m: Int, _ n: Int) -> Double {
    let (m, n) = (Double(m), Double(n))
    return 2 * (2 * m * n * n - 2 * n * n * n / 3)
  }

  /// The thin SVD of an m×n matrix: 14 m n² + 8 n³ for m ≥ n (Golub and Reinsch's algorithm; Golub and Van Loan, *Matrix
  /// Computations*, section 8.6).
  ///
  /// Whatever algorithm is run: how many operations iterations take does not follow from shapes, and with one count for all,
  /// the rates compare the algorithms.
  public static func svd(_ m: Int, _ n: Int) -> Double {
    let (long, short) = (Double(max(m, n)), Double(min(m, n)))
    return 14 * long * short * short + 8 * short * short * short
  }
}

extension FLOPs {
  /// A batch through a network: a multiply–accumulate is two operations.
  public static func inference(_ network: Network<Float>, batch: Int) -> Double {
    2 * Double(batch) * Double(Cost(of: network).macs)
  }

  /// A training step of dense or low-rank layers. Each weight or factor W is in three products of the same size: forward
  /// y = x Wᵀ, its gradient dW = dYᵀ x, and the gradient of its input dX = dY W, which the first one does not need:
  /// 6 · batch · Σ in·out − 2 · batch · in₁·out₁.
  public static func trainingStep(_ network: Network<Float>, batch: Int) -> Double {
    let first =
      switch network.layers[0] {
      case .dense(let layer): product(batch, layer.weights.rows, layer.weights.columns)
      case .lowRank(let layer): product(batch, layer.vT.rows, layer.vT.columns)
      }
    return 3 * inference(network.folded, batch: batch) - first
  }

  /// Of a step of dynamic SVD, what its QRs and small SVDs take.
  public static func dynamicFactorisations(
    _ network: Network<Float>, compressing count: Int, rank: Int, oversampling: Int
  ) -> Double {
    network.layers.prefix(count).reduce(0) {
      $0 + subspaceHalfFactorisations($1.outputs, $1.inputs, rank: rank, oversampling: oversampling)
    }
  }

  /// A step of dynamic SVD that renews the factors of the first `count` layers, all dense.
  ///
  /// Of each of them: forward and dX through factors of rank D, 2 · batch · D (in + out) each, the first one's dX left out;
  /// the gradient of W, 2 · batch · in·out; half a subspace iteration. The others are trained as dense layers.
  public static func dynamicStep(
    _ network: Network<Float>, compressing count: Int, rank: Int, oversampling: Int, batch: Int
  ) -> Double {
    network.layers.enumerated().reduce(0) { sum, element in
      let (index, layer) = element
      let (inputs, outputs) = (layer.inputs, layer.outputs)
      guard index < count else { return sum + 3 * product(batch, inputs, outputs) }
      let passes = index == 0 ? 1.0 : 2.0
      return sum + passes * product(batch, rank, inputs + outputs) + product(outputs, batch, inputs)
        + subspaceHalf(outputs, inputs, rank: rank, oversampling: oversampling)
    }
  }
}
