import LinearAlgebra
import NeuralNetwork

/// A network of a search for ranks: as `Calibration.matched`, but cheaper, since it is only compared with others.
///
/// It is matched by few images. Dense layers before the first compressed one are kept. The weighted outputs Rᵀ y of a layer are taken to lie in the p leading directions of their covariance,
/// P: the regression is to t = Pᵀ Rᵀ y, and U = R⁻ᵀ P Ũ. So ranks above p, and dense layers of more
/// outputs, are not told apart. What a layer's regression gives holds for each of its ranks, and the layers before the first change are
/// taken from the network before.
struct TrialNetwork {
  let ranks: [Int?]
  /// From the original on the held-out images.
  private(set) var divergence = 0.0
  private var regressions: [Regression] = []
  /// x̂ of each layer, for the calibration images and for those held out.
  private var seen: [(calibration: Matrix<Float>, heldOut: Matrix<Float>)] = []

  /// What all networks of a search share.
  struct Problem: Sendable {
    fileprivate let calibration, heldOut: Calibration
    fileprivate let targets: [Target]

    /// - Parameters:
    ///   - calibration: the images by which networks are matched.
    ///   - heldOut: those that the divergence is of.
    ///   - metrics: of each layer.
    ///   - directions: p.
    init(
      _ calibration: Calibration, heldOut: Calibration, metrics: [OutputMetric], directions: Int
    ) throws(CalibrationError) {
      (self.calibration, self.heldOut) = (calibration, heldOut)
      var targets: [Target] = []
      for (layer, metric) in metrics.enumerated() {
        targets.append(
          try CalibrationError.naming(layer: layer) { () throws(LinearAlgebraError) in
            try Target(calibration, layer: layer, metric: metric, directions: directions)
          })
      }
      self.targets = targets
    }

    /// Rows and columns of each layer's weights.
    var shapes: [(rows: Int, columns: Int)] { calibration.shapes }
  }

  /// t of a layer.
  fileprivate struct Target: Sendable {
    /// images × p.
    let values: Matrix<Float>
    /// E t.
    let mean: [Double]
    /// R⁻ᵀ P: m×p.
    let back: Matrix<Double>

    init(
      _ calibration: Calibration, layer: Int, metric: OutputMetric, directions: Int
    ) throws(LinearAlgebraError) {
      let workers = calibration.workers
      let weights = metric.weighted(calibration.weights(layer), workers: workers)
      let outputs = OutputCovariance(weights: weights, c: calibration.covariance(layer), workers: workers)
      let (p, map) = try outputs.factors(rank: min(weights.rows, directions))
      // A metric may be too small or large for single precision; a power of two changes no bit of the result.
      let scale = map.maxNorm > 0 ? Double.powerOfTwo(near: map.maxNorm) : 1
      let projection = Layer.dense(
        Dense(weights: map.map { Float($0 / scale) }, bias: [Float](repeating: 0, count: map.rows)))
      values = projection.outputs(of: calibration.inputs[layer], workers: workers)
      mean = Moments.mean(of: values, workers: workers)
      back = metric.unweighted(p, workers: workers).map { $0 * scale }
    }
  }

  /// The best map of a layer. It depends on the layers before it alone.
  private struct Regression {
    /// Uᵀ: k×m.
    let u: Matrix<Double>
    /// V: k×n.
    let v: Matrix<Double>
    /// E y, E x̂.
    let outputMean, inputMean: [Double]

    init(_ problem: Problem, layer: Int, seeing x: Matrix<Float>) throws(LinearAlgebraError) {
      let (workers, target) = (problem.calibration.workers, problem.targets[layer])
      inputMean = Moments.mean(of: x, workers: workers)
      outputMean = problem.calibration.outputMean(layer)
      let regression = try ReducedRankRegression(
        k: Moments.covariance(of: target.values, mean: target.mean, with: x, mean: inputMean, workers: workers),
        c: Moments.covariance(of: x, mean: inputMean, workers: workers), workers: workers)
      let factors = try regression.factors(rank: min(target.values.columns, x.columns))
      u = factors.u.multiplyTransposed(rowsOf: target.back, workers: workers).transposed
      v = factors.v
    }

    /// The layer with `rank`; `nil`, and more than there are, is the largest.
    func layer(rank: Int?) -> Layer<Float> {
      let rows = 0..<min(rank ?? v.rows, v.rows)
      let (u, v) = (u.rowSlice(rows), v.rowSlice(rows))
      let h = v * Matrix(rows: inputMean.count, columns: 1, elements: inputMean)
      let product = Matrix.product(u, transposeA: true, h)
      return .lowRank(
        LowRank(
          u: u.transposed.map(Float.init), singularValues: nil, vT: v.map(Float.init),
          bias: zip(outputMean, product.elements).map { Float($0 - $1) }))
    }
  }

  /// - Parameter previous: a network of the same problem, from which what is the same is taken.
  /// - Throws: `CalibrationError.failed`.
  init(_ problem: Problem, ranks: [Int?], previous: TrialNetwork? = nil) throws(CalibrationError) {
    self.ranks = ranks
    seen = [(problem.calibration.inputs[0], problem.heldOut.inputs[0])]
    if let previous {
      let kept = zip(previous.ranks, ranks).prefix { $0 == $1 }.count
      regressions = Array(previous.regressions.prefix(kept + 1))
      seen = Array(previous.seen.prefix(kept + 1))
    }
    let (workers, activation) = (problem.calibration.workers, problem.calibration.network.activation)
    for (index, rank) in ranks.enumerated().dropFirst(seen.count - 1) {
      let x = seen[index]
      if index == regressions.count {
        regressions.append(
          try CalibrationError.naming(layer: index) { () throws(LinearAlgebraError) in
            try Regression(problem, layer: index, seeing: x.calibration)
          })
      }
      let isKept = ranks[...index].allSatisfy { $0 == nil }
      let layer = isKept ? problem.calibration.network.layers[index] : regressions[index].layer(rank: rank)
      if index < ranks.count - 1 {
        seen.append(
          (
            layer.outputs(of: x.calibration, activation: activation, workers: workers),
            layer.outputs(of: x.heldOut, activation: activation, workers: workers)
          ))
      } else {
        divergence = problem.heldOut.divergence(ofLogits: layer.outputs(of: x.heldOut, workers: workers))
      }
    }
  }
}
