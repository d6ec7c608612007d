import Foundation
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

@Suite struct DynamicSVDTests {
  static let (images, labels): (Matrix<Double>, [UInt8]) = sampleBatch(count: 9, inputs: 6, classes: 3)
  static let network = Network<Double>(widths: [6, 8, 5, 3], seed: 3).withRandomBiases()
  static let compressed = 2
  static let rank = 2

  /// The identity derivative, at both cadences: W moves by −η (dL/dF + λ W). dL/dF is taken at F = SVD_D(W), by central
  /// differences on a dense network with the weights F.
  @Test func gradient() throws { for weightDecay in [0.0, 0.25] { try gradient(weightDecay) } }

  private func gradient(_ weightDecay: Double) throws {
    for renewal: Renewal in [Renewal.eachStep, .every(steps: 1), .every(steps: 5)] {
      let svd = try NetworkSVD(of: Self.network, compressing: Self.compressed, workers: Workers(count: 1))
      let forward = Network(layers: svd.truncated(to: Self.rank).layers.map(multipliedOut))
      var backpropagation = try dynamic(renewal)
      let rule = NesterovSGD<Double>(learningRate: 1, momentum: 0, weightDecay: weightDecay)
      _ = try backpropagation.step(Self.images, labels: Self.labels, rule: rule, step: 0)

      for index in 0..<Self.compressed {
        guard let layer = backpropagation.layers[index] as? any TrainableDynamicLayer<Double>,
          case .dense(let before) = Self.network.layers[index], case .dense(let used) = forward.layers[index]
        else { return #expect(Bool(false), "\(renewal), \(weightDecay)") }
        let moved = before.weights - layer.weights
        for element in used.weights.elements.indices {
          let h = 1e-5
          let difference =
            try (loss(forward.moved(2 * index, element, by: h)) - loss(forward.moved(2 * index, element, by: -h))) / (2 * h)
          let expected = difference + weightDecay * before.weights.elements[element]
          #expect(abs(moved.elements[element] - expected) < 1e-8, "W\(index + 1), element \(element)")
        }
      }
    }
  }

  /// The stepwise layer (factors, subspace iteration, W alone) agrees with the definition (F and R, full SVD) step by step,
  /// momentum and decay included. With all directions carried along, the iteration is exact.
  @Test func stepwiseIsPeriodicWithPeriodOne() throws {
    var (fast, reference) = (try dynamic(.eachStep, oversampling: 100), try dynamic(.every(steps: 1)))
    let rule = NesterovSGD<Double>(learningRate: 0.05, momentum: 0.9, weightDecay: 0.01)
    for step in 0..<40 {
      let losses = try (
        fast.step(Self.images, labels: Self.labels, rule: rule, step: step),
        reference.step(Self.images, labels: Self.labels, rule: rule, step: step)
      )
      #expect(abs(losses.0 - losses.1) < 1e-10, "step \(step)")
    }
    for (a, b) in zip(fast.layers, reference.layers) {
      guard let a = a as? any TrainableDynamicLayer<Double>, let b = b as? any TrainableDynamicLayer<Double> else {
        continue
      }
      #expect((a.weights - b.weights).maxNorm < 1e-10)
    }
  }

  /// Each compressed layer's iteration starts from a random stream of its own, and the layers behind are as they were.
  @Test func streamsOfLayers() throws {
    let network = Network<Float>(widths: [20, 20, 20, 10], seed: 1)
    let layers = network.dynamicSVD(rank: 3, compressing: 2, renewal: .eachStep, oversampling: 2, seed: 9)
    #expect(layers.map { $0 is any TrainableDynamicLayer<Float> } == [true, true, false])
    for index in 0..<2 {
      guard case .dense(let dense) = network.layers[index], var layer = layers[index] as? TrainableDynamicStepwise<Float>
      else { return #expect(Bool(false)) }
      var own = TrainableDynamicStepwise(dense, rank: 3, oversampling: 2, seed: 9, stream: "subspace/\(index)")
      var other = TrainableDynamicStepwise(dense, rank: 3, oversampling: 2, seed: 9, stream: "subspace/\(1 - index)")
      try layer.prepare(step: 0)
      try own.prepare(step: 0)
      try other.prepare(step: 0)
      #expect(layer.factors?.u == own.factors?.u && layer.factors?.u != other.factors?.u, "W\(index + 1)")
    }
  }

  /// Each layer has its own rank, at most its full one; one of rank `nil` is trained as it is.
  @Test func rankOfEachLayer() throws {
    let network = Network<Float>(widths: [20, 30, 20, 10], seed: 1)
    for renewal in [Renewal.eachStep, .every(steps: 4)] {
      let layers = network.dynamicSVD(ranks: [3, nil, 50], renewal: renewal, oversampling: 2, seed: 9)
      #expect(layers.map { ($0 as? any TrainableDynamicLayer<Float>)?.rank } == [3, nil, 10])
      let fewer = network.dynamicSVD(ranks: [3], renewal: renewal, oversampling: 2, seed: 9)
      #expect(fewer.map { ($0 as? any TrainableDynamicLayer<Float>)?.rank } == [3, nil, nil])
    }
  }

  /// With few directions carried along, the error of the factors stays within a thousandth of the best one in each step, while
  /// the weights learn another matrix.
  @Test func warmStartFollowsTraining() throws {
    var stream = RandomStream(seed: 4, name: "weights")
    func decaying() -> Matrix<Float> {
      let basis = (0..<2).map { _ in Matrix<Float>.normal(rows: 60, columns: 80, from: &stream).orthonormalizingRows().q }
      let values = (0..<60).map { 3 * pow(0.85, Float($0)) }
      return Matrix.product(basis[0].scalingRows(by: values), transposeA: true, basis[1])
    }
    let (weights, goal) = (decaying(), decaying())
    var layer = TrainableDynamicStepwise(
      Dense(weights: weights, bias: [Float](repeating: 0, count: 80)), rank: 8, oversampling: 10, seed: 1, stream: "test")
    let rule = NesterovSGD<Float>(learningRate: 0.01, momentum: 0.9, weightDecay: 0)
    for step in 0..<100 {
      try layer.prepare(step: step)
      guard let factors = layer.factors else { return #expect(Bool(false)) }
      let best = try LAPACKSVD.decompose(layer.weights).truncated(to: 8)
      let errors = ((layer.weights - factors.product).frobeniusNorm, (layer.weights - best.product).frobeniusNorm)
      #expect(errors.0 <= errors.1 * 1.001, "step \(step)")
      let x = Matrix<Float>.normal(rows: 16, columns: 80, from: &stream)
      var y = InterleavedBatch<Float>(count: 16, width: 80)
      layer.forward(InterleavedBatch(rowsOf: x), into: &y, activation: .linear, workers: Workers(count: 1))
      var dX: InterleavedBatch<Float>?
      let error = (y.matrix - Matrix.product(x, goal, transposeB: true)).map { $0 / 16 }
      layer.backward(
        outputGradient: InterleavedBatch(rowsOf: error), input: InterleavedBatch(rowsOf: x), inputGradient: &dX, rule: rule,
        workers: Workers(count: 1)
      ) { _ in }
    }
    // The test would check nothing if the weights had not moved.
    #expect((layer.weights - weights).frobeniusNorm > 0.5 * weights.frobeniusNorm)
  }

  /// Without a gradient, W decays like the weights of a dense layer, momentum included, across renewals too.
  @Test func decay() throws {
    for renewal in [Renewal.eachStep, .every(steps: 1), .every(steps: 3)] { try decay(renewal: renewal) }
  }

  private func decay(renewal: Renewal) throws {
    guard case .dense(let dense) = Self.network.layers[0] else { return #expect(Bool(false)) }
    let rule = NesterovSGD<Double>(learningRate: 0.1, momentum: 0.9, weightDecay: 0.05)
    let network = Network<Double>(layers: [.dense(dense)])
    var layer = network.dynamicSVD(rank: 2, compressing: 1, renewal: renewal, oversampling: 1, seed: 1)[0]
    var (weights, momentum) = (dense.weights.elements, [Double](repeating: 0, count: dense.weights.elements.count))
    let nothing = InterleavedBatch<Double>(count: 9, width: layer.outputs)
    for step in 0..<8 {
      try layer.prepare(step: step)
      var dX: InterleavedBatch<Double>?
      layer.backward(
        outputGradient: nothing, input: InterleavedBatch(rowsOf: Self.images), inputGradient: &dX, rule: rule,
        workers: Workers(count: 1)
      ) { _ in }
      rule.update(weights: &weights, momentum: &momentum, gradient: momentum.map { _ in 0 })
      guard let layer = layer as? any TrainableDynamicLayer<Double> else { return #expect(Bool(false)) }
      let expected = Matrix(rows: dense.weights.rows, columns: dense.weights.columns, elements: weights)
      #expect((layer.weights - expected).maxNorm < 1e-13, "step \(step)")
    }
    // The test would check nothing if the weights had not decayed.
    #expect(abs(weights[0]) < 0.9 * abs(dense.weights.elements[0]))
  }

  /// Between renewals F changes, and R only decays. A renewal leaves W unchanged and makes the rank of F D again.
  @Test func renewal() throws {
    guard case .dense(let dense) = Self.network.layers[0] else { return #expect(Bool(false)) }
    var layer = TrainableDynamicPeriodic(dense, rank: 2, period: 3)
    try layer.prepare(step: 0)
    #expect((layer.weights - dense.weights).maxNorm < 1e-14)
    #expect(try rankOfForward(layer) == 2)
    let rule = NesterovSGD<Double>(learningRate: 0.1, momentum: 0.5, weightDecay: 0)
    for step in 0..<3 {
      if step > 0 { try layer.prepare(step: step) }
      let residual = layer.residual
      var dX: InterleavedBatch<Double>?
      let dY = sampleBatch(count: 9, inputs: 8, classes: 2, seed: UInt64(step)).images as Matrix<Double>
      layer.backward(
        outputGradient: InterleavedBatch(rowsOf: dY), input: InterleavedBatch(rowsOf: Self.images), inputGradient: &dX,
        rule: rule, workers: Workers(count: 1)
      ) { _ in }
      #expect(layer.residual == residual)
    }
    #expect(try rankOfForward(layer) > 2)
    let weights = layer.weights
    try layer.prepare(step: 3)
    #expect((layer.weights - weights).maxNorm < 1e-13)
    #expect(try rankOfForward(layer) == 2)
  }

  /// The layer that is kept is SVD_D(W), at both cadences.
  @Test func finished() throws { for renewal in [Renewal.eachStep, .every(steps: 2)] { try finished(renewal: renewal) } }

  private func finished(renewal: Renewal) throws {
    var backpropagation = try dynamic(renewal)
    let rule = NesterovSGD<Double>(learningRate: 0.05, momentum: 0.9, weightDecay: 0)
    for step in 0..<5 { _ = try backpropagation.step(Self.images, labels: Self.labels, rule: rule, step: step) }
    for (layer, kept) in zip(backpropagation.layers, try backpropagation.network().layers).prefix(Self.compressed) {
      guard let layer = layer as? any TrainableDynamicLayer<Double>, case .dense(let product) = multipliedOut(kept) else {
        return #expect(Bool(false))
      }
      let expected = try LAPACKSVD.decompose(layer.weights).truncated(to: Self.rank).product
      #expect((product.weights - expected).maxNorm < 1e-12)
    }
  }

  /// The same bits with 1, 2 and 5 threads.
  @Test func bitsDoNotDependOnThreads() throws {
    for renewal in [Renewal.eachStep, .every(steps: 4)] { try bitsDoNotDependOnThreads(renewal: renewal) }
  }

  private func bitsDoNotDependOnThreads(renewal: Renewal) throws {
    let networks = try [1, 2, 5].map { threads in
      let start = Network<Float>(widths: [40, 300, 280, 10], seed: 5)
      var backpropagation = Backpropagation(
        layers: start.dynamicSVD(rank: 7, compressing: 2, renewal: renewal, oversampling: 6, seed: 1),
        workers: Workers(count: threads))
      let (images, labels): (Matrix<Float>, [UInt8]) = sampleBatch(count: 50, inputs: 40, classes: 10)
      let rule = NesterovSGD<Float>(learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3)
      for step in 0..<9 { _ = try backpropagation.step(images, labels: labels, rule: rule, step: step) }
      return try backpropagation.network()
    }
    #expect(networks[0] == networks[1] && networks[0] == networks[2])
  }

  private func dynamic(_ renewal: Renewal, oversampling: Int = 3) throws -> Backpropagation<Double> {
    Backpropagation(
      layers: Self.network.dynamicSVD(
        rank: Self.rank, compressing: Self.compressed, renewal: renewal, oversampling: oversampling, seed: 1),
      workers: Workers(count: 2))
  }

  private func loss(_ network: Network<Double>) throws -> Double {
    var backpropagation = Backpropagation(layers: network.layers.map { $0.trainable() }, workers: Workers(count: 1))
    return try backpropagation.step(
      Self.images, labels: Self.labels, rule: NesterovSGD(learningRate: 0, momentum: 0, weightDecay: 0), step: 0)
  }

  private func multipliedOut(_ layer: Layer<Double>) -> Layer<Double> {
    guard case .lowRank(let factors) = layer, let values = factors.singularValues else { return layer }
    return .dense(Dense(weights: SVD(u: factors.u, singularValues: values, vT: factors.vT).product, bias: factors.bias))
  }

  /// Singular values of F above rounding.
  private func rankOfForward(_ layer: TrainableDynamicPeriodic<Double>) throws -> Int {
    let values = try LAPACKSVD.singularValues(of: layer.weights - layer.residual)
    return values.filter { $0 > 1e-12 * values[0] }.count
  }
}
