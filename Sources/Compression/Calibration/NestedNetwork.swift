import LinearAlgebra
import NeuralNetwork

/// A matched network that predicts how far networks of other ranks diverge, without matching them.
///
/// V of each layer is kept with more ranks than are used. In a layer whose rank changes it is cut, or extended; behind that layer
/// U and b alone are solved again, for the few values h = V x̂ that each layer sees.
struct NestedNetwork {
  let ranks: [Int?]
  private var calibration, heldOut: Calibration
  private var layers: [Nested] = []
  /// x̂ of each layer, for the calibration images and for those held out.
  private var seen: [(calibration: Matrix<Float>, heldOut: Matrix<Float>)] = []

  private struct Nested {
    let layer: Layer<Float>
    /// V: R×n, R ≥ r; `nil` for a dense layer.
    let v: Matrix<Float>?
    /// What the layer was matched by. It depends on the layers before this one alone.
    let regression: ReducedRankRegression
  }

  /// Matches layer by layer, as `Calibration.matched(ranks:)`.
  /// - Parameters:
  ///   - calibration: the images that statistics are of.
  ///   - heldOut: the images that the divergence is of.
  ///   - previous: a network of the same images, from which what is the same is taken.
  init(
    _ calibration: Calibration, heldOut: Calibration, ranks: [Int?], previous: NestedNetwork? = nil
  ) throws(LinearAlgebraError) {
    (self.calibration, self.heldOut, self.ranks) = (calibration, heldOut, ranks)
    let kept = previous.map { zip($0.ranks, ranks).prefix { $0 == $1 }.count } ?? 0
    if let previous { (layers, seen) = (Array(previous.layers.prefix(kept)), Array(previous.seen.prefix(kept + 1))) }
    if seen.isEmpty { seen = [(calibration.inputs[0], heldOut.inputs[0])] }
    for index in kept..<ranks.count {
      let known = index == kept ? previous?.layers[index].regression : nil
      layers.append(try matched(index, rank: ranks[index], regression: known))
      if index < ranks.count - 1 { seen.append(outputs(of: layers[index].layer, seen[index])) }
    }
  }

  private func matched(
    _ index: Int, rank: Int?, regression known: ReducedRankRegression?
  ) throws(LinearAlgebraError) -> Nested {
    let x = seen[index].calibration
    let regression: ReducedRankRegression
    if let known {
      regression = known
    } else {
      let (_, c, k) = calibration.seen(index, x)
      regression = ReducedRankRegression(k: k, c: c, workers: calibration.workers)
    }
    guard let rank else {
      let map = regression.map
      let bias = calibration.bias(index, map, mean: Moments.mean(of: x, workers: calibration.workers))
      return Nested(layer: .dense(Dense(weights: map.map(Float.init), bias: bias)), v: nil, regression: regression)
    }
    let (rows, columns) = calibration.shapes[index]
    let v = try regression.factors(rank: min(rows, columns, rank + rank / 2 + 8)).v.map(Float.init)
    return Nested(layer: solved(index, v: v.rowSlice(0..<rank), seeing: x), v: v, regression: regression)
  }

  /// The same network on the first images alone, for predictions.
  func prefix(_ count: Int) -> NestedNetwork {
    var few = self
    few.calibration = calibration.prefix(count)
    few.heldOut = heldOut.prefix(count)
    few.seen = seen.map { x in
      (x.calibration.rowSlice(0..<min(count, x.calibration.rows)), x.heldOut.rowSlice(0..<min(count, x.heldOut.rows)))
    }
    return few
  }

  /// The divergence from the original on the held-out images.
  var divergence: Double { divergence(ofLast: layers[layers.count - 1].layer, seen[layers.count - 1]) }

  /// The same, as it is predicted for other ranks. Layers are dense where they are dense here.
  func divergence(predictedFor others: [Int?]) -> Double {
    let first = zip(ranks, others).prefix { $0 == $1 }.count
    guard first < ranks.count else { return divergence }
    var x = seen[first]
    for index in first..<ranks.count {
      var layer = layers[index].layer
      if let v = layers[index].v, let rank = others[index] {
        layer = solved(index, v: v.rowSlice(0..<min(rank, v.rows)), seeing: x.calibration)
      }
      if index == ranks.count - 1 { return divergence(ofLast: layer, x) }
      x = outputs(of: layer, x)
    }
    return divergence
  }

  /// The layer with this V (r×n), and the best U for h = V x̂: U = Cov(y, h) (Cov(h) + ρ I)⁻¹, b′ = E y − U E h.
  private func solved(_ index: Int, v: Matrix<Float>, seeing x: Matrix<Float>) -> Layer<Float> {
    let workers = calibration.workers
    let projection = Layer.dense(Dense(weights: v, bias: [Float](repeating: 0, count: v.rows)))
    let h = projection.outputs(of: x, relu: false, workers: workers)
    let mean = Moments.mean(of: h, workers: workers)
    let cross = Moments.covariance(
      of: calibration.inputs[index], mean: calibration.means[index], with: h, mean: mean, workers: workers)
    let u = ReducedRankRegression(
      k: cross.transposed.multiply(rowsOf: calibration.weights(index), workers: workers),
      c: Moments.covariance(of: h, mean: mean, workers: workers), workers: workers
    ).map
    return .lowRank(
      LowRank(u: u.map(Float.init), singularValues: nil, vT: v, bias: calibration.bias(index, u, mean: mean)))
  }

  private func outputs(
    of layer: Layer<Float>, _ x: (calibration: Matrix<Float>, heldOut: Matrix<Float>)
  ) -> (calibration: Matrix<Float>, heldOut: Matrix<Float>) {
    let workers = calibration.workers
    return (
      layer.outputs(of: x.calibration, relu: true, workers: workers),
      layer.outputs(of: x.heldOut, relu: true, workers: workers)
    )
  }

  private func divergence(
    ofLast layer: Layer<Float>, _ x: (calibration: Matrix<Float>, heldOut: Matrix<Float>)
  ) -> Double {
    heldOut.divergence(ofLogits: layer.outputs(of: x.heldOut, relu: false, workers: calibration.workers))
  }
}
