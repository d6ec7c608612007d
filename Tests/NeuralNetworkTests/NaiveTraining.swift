import Foundation
import LinearAlgebra
import NeuralNetwork

/// Training of a dense network in plain loops, from the definitions: what a study's training must give.
struct NaiveTraining {
  /// A layer's weights, a row an output, its biases, and the momentum of both.
  struct Layer {
    var (weights, bias): ([[Double]], [Double])
    var (weightMomentum, biasMomentum): ([[Double]], [Double])

    init(_ dense: Dense<Double>) {
      let columns = dense.weights.columns
      weights = (0..<dense.weights.rows).map { Array(dense.weights.elements[$0 * columns..<($0 + 1) * columns]) }
      bias = dense.bias
      weightMomentum = weights.map { $0.map { _ in 0 } }
      biasMomentum = bias.map { _ in 0 }
    }
  }

  private(set) var layers: [Layer]
  let plan: TrainingPlan
  let seed: UInt64
  let streams: String

  init(_ network: Network<Double>, plan: TrainingPlan, seed: UInt64, streams: String) {
    layers = network.layers.compactMap { if case .dense(let dense) = $0 { Layer(dense) } else { nil } }
    (self.plan, self.seed, self.streams) = (plan, seed, streams)
  }

  /// One epoch, from 1: the learning rate and the loss of each step, and the number of its images.
  mutating func epoch(_ epoch: Int, images: [[Double]], labels: [UInt8]) -> [(rate: Double, loss: Double, images: Int)] {
    // Each epoch has an order of its own.
    var shuffling = RandomStream(seed: seed, name: "\(streams)/shuffling/\(epoch)")
    let order = shuffling.permutation(images.count)
    let starts = Array(stride(from: 0, to: images.count, by: plan.batchSize))
    return starts.enumerated().map { number, start in
      let batch = order[start..<min(images.count, start + plan.batchSize)]
      let step = (epoch - 1) * starts.count + number
      let rate = rate(step: step, stepsPerEpoch: starts.count)
      let loss = self.step(batch.map { images[$0] }, batch.map { Int(labels[$0]) }, step: step, rate: rate)
      return (rate, loss, batch.count)
    }
  }

  /// A linear rise over the warm-up, then the half of a cosine that is 0 one step after the last.
  private func rate(step: Int, stepsPerEpoch: Int) -> Double {
    let (warmup, total) = (plan.warmupEpochs * Double(stepsPerEpoch), Double(plan.epochs * stepsPerEpoch))
    let position = Double(step + 1)
    if position <= warmup { return plan.learningRate * position / warmup }
    return plan.learningRate * (1 + cos(.pi * (position - warmup) / (total - warmup + 1))) / 2
  }

  /// The mean loss before the update.
  private mutating func step(_ images: [[Double]], _ labels: [Int], step: Int, rate: Double) -> Double {
    let masks = layers.indices.dropLast().map { mask(layer: $0, vectors: images.count, step: step) }
    var weightGradients = layers.map { $0.weights.map { $0.map { _ in 0.0 } } }
    var biasGradients = layers.map { $0.bias.map { _ in 0.0 } }
    var loss = 0.0
    for (number, image) in images.enumerated() {
      var inputs = [image]
      for (index, layer) in layers.enumerated() {
        var y = zip(layer.weights, layer.bias).map { row, bias in zip(row, inputs[index]).reduce(bias) { $0 + $1.0 * $1.1 } }
        if index < masks.count { for unit in y.indices { y[unit] = max(y[unit], 0) * masks[index][number][unit] } }
        inputs.append(y)
      }
      let logits = inputs[layers.count]
      let sum = logits.reduce(0) { $0 + exp($1) }
      loss += log(sum) - logits[labels[number]]
      var gradient = logits.enumerated().map { (exp($1) / sum - ($0 == labels[number] ? 1 : 0)) / Double(images.count) }
      for index in layers.indices.reversed() {
        var before = [Double](repeating: 0, count: inputs[index].count)
        for unit in gradient.indices {
          biasGradients[index][unit] += gradient[unit]
          for column in before.indices {
            weightGradients[index][unit][column] += gradient[unit] * inputs[index][column]
            before[column] += gradient[unit] * layers[index].weights[unit][column]
          }
        }
        guard index > 0 else { continue }
        // The derivative of ReLU and dropout.
        for unit in before.indices { before[unit] *= inputs[index][unit] > 0 ? masks[index - 1][number][unit] : 0 }
        gradient = before
      }
    }
    // Nesterov's momentum with L2 decay.
    for index in layers.indices {
      for unit in layers[index].bias.indices {
        let gradient = biasGradients[index][unit]
        layers[index].biasMomentum[unit] = plan.momentum * layers[index].biasMomentum[unit] + gradient
        layers[index].bias[unit] -= rate * (gradient + plan.momentum * layers[index].biasMomentum[unit])
        for column in layers[index].weights[unit].indices {
          // Only weights decay.
          let g = weightGradients[index][unit][column] + plan.weightDecay * layers[index].weights[unit][column]
          let velocity = plan.momentum * layers[index].weightMomentum[unit][column] + g
          layers[index].weightMomentum[unit][column] = velocity
          layers[index].weights[unit][column] -= rate * (g + plan.momentum * velocity)
        }
      }
    }
    return loss / Double(images.count)
  }

  /// 0 or 1 / (1 − p) for each vector and unit: what dropout makes of ones.
  private func mask(layer: Int, vectors: Int, step: Int) -> [[Double]] {
    let dropout = Dropout<Double>(
      probability: plan.dropout, stream: RandomStream(seed: seed, name: "\(streams)/dropout/\(layer)"))
    let units = layers[layer].bias.count
    var ones = InterleavedBatch<Double>(count: vectors, width: units)
    ones.setProduct(
      InterleavedBatch(rowsOf: Matrix(rows: vectors, columns: 1, repeating: 1)),
      PanelMatrix(Matrix(rows: units, columns: 1, repeating: 1)), transposeW: true, workers: Workers(count: 1)
    ) { $0.apply(dropout, step: step) }
    let mask = ones.matrix
    return (0..<vectors).map { vector in (0..<units).map { mask[vector, $0] } }
  }

  /// The index of the largest logit, without dropout.
  func answer(_ image: [Double]) -> Int {
    var x = image
    for (index, layer) in layers.enumerated() {
      x = zip(layer.weights, layer.bias).map { row, bias in zip(row, x).reduce(bias) { $0 + $1.0 * $1.1 } }
      if index < layers.count - 1 { x = x.map { max($0, 0) } }
    }
    return x.firstIndex(of: x.max() ?? 0) ?? -1
  }
}
