import LinearAlgebra

/// Layers in training: one step at a time.
public struct Backpropagation<Scalar: BLASScalar>: Sendable {
  /// From the input on, with their momentum.
  public private(set) var layers: [any TrainableLayer<Scalar>]
  private let dropout: [Dropout<Scalar>]
  private let workers: Workers
  private var workspace = Workspace<Scalar>(batchSize: 0, widths: [0])

  /// - Parameters:
  ///   - dropout: the probability that an activation of a hidden layer is set to zero.
  ///   - streams: the names of the random streams begin with this: `<streams>/dropout/<layer>` of `seed`.
  public init(
    layers: [any TrainableLayer<Scalar>], dropout: Double = 0, seed: UInt64 = 0, streams: String = "", workers: Workers
  ) {
    self.layers = layers
    self.workers = workers
    self.dropout = layers.indices.dropLast().map {
      Dropout(probability: dropout, stream: RandomStream(seed: seed, name: "\(streams)/dropout/\($0)"))
    }
  }

  /// One step: forward, loss, backward, update.
  ///
  /// - Parameters:
  ///   - x: vectors of the length of the first layer's input.
  ///   - labels: one class an image.
  ///   - step: counted from 0 over the whole training; dropout and dynamic SVD depend on it.
  /// - Returns: the mean cross-entropy of the batch before the update, in nats.
  /// - Throws: what a layer's `prepare` throws.
  public mutating func step(
    _ x: InterleavedBatch<Scalar>, labels: [UInt8], rule: NesterovSGD<Scalar>, step: Int
  ) throws -> Double {
    precondition(x.count == labels.count && x.width == layers[0].inputs)
    if workspace.batchSize != x.count { workspace = Workspace(batchSize: x.count, widths: layers.map(\.outputs)) }
    try prepare(step: step)
    forward(x, step: step)
    let logits = workspace.outputs[layers.count - 1].matrix
    var gradient = logits
    let loss = CrossEntropy.loss(logits: logits, labels: labels, gradient: &gradient)
    backward(x, gradient: InterleavedBatch(rowsOf: gradient), rule: rule)
    return loss
  }

  /// One step on the rows of `x`, batch × inputs.
  /// - Throws: what a layer's `prepare` throws.
  public mutating func step(_ x: Matrix<Scalar>, labels: [UInt8], rule: NesterovSGD<Scalar>, step: Int) throws -> Double {
    try self.step(InterleavedBatch(rowsOf: x), labels: labels, rule: rule, step: step)
  }

  /// The network of the current weights.
  /// - Throws: what a layer's `finished` throws.
  public func network() throws -> Network<Scalar> { Network(layers: try workers.map(layers) { try $0.finished() }) }

  private mutating func prepare(step: Int) throws {
    // Layers are independent here, and each worker takes one at a time. The work on the last layers, fewer than workers, is
    // shared as far as possible, and first, so that no worker idles long.
    let renewed = layers.indices.filter { layers[$0].isRenewed }
    for index in renewed.suffix(renewed.count % workers.count) { layers[index].beginPreparing(workers: workers) }
    var failures = [(any Error)?](repeating: nil, count: renewed.count)
    layers.withUnsafeMutableBufferPointer { layers in
      failures.withUnsafeMutableBufferPointer { failures in
        workers.forEach(renewed.count) { index, _ in
          do { try layers[renewed[index]].prepare(step: step) } catch { failures[index] = error }
        }
      }
    }
    for case let failure? in failures { throw failure }
  }

  private mutating func forward(_ x: InterleavedBatch<Scalar>, step: Int) {
    for index in layers.indices {
      let input = index == 0 ? x : workspace.outputs[index - 1]
      let activation = index < dropout.count ? Activation.relu(dropout[index], step: step) : .linear
      layers[index].forward(input, into: &workspace.outputs[index], activation: activation, workers: workers)
    }
  }

  private mutating func backward(
    _ x: InterleavedBatch<Scalar>, gradient: InterleavedBatch<Scalar>, rule: NesterovSGD<Scalar>
  ) {
    var dY = gradient
    for index in layers.indices.reversed() {
      let input = index == 0 ? x : workspace.outputs[index - 1]
      let scale = index == 0 ? 1 : dropout[index - 1].scale
      // Gradients are taken out of the workspace and put back, so that they are written in place.
      var dX = index == 0 ? nil : workspace.takeGradient(index - 1)
      layers[index].backward(outputGradient: dY, input: input, inputGradient: &dX, rule: rule, workers: workers) { tile in
        tile.maskGradient(by: input, scale: scale)
      }
      workspace.putGradient(index, dY)
      if let dX { dY = dX }
    }
  }
}

/// Activations and gradients of a batch, kept from step to step.
private struct Workspace<Scalar: BLASScalar>: Sendable {
  let batchSize: Int
  /// The outputs of each layer, after ReLU and dropout.
  var outputs: [InterleavedBatch<Scalar>]
  /// The gradients with respect to `outputs`, except for the last.
  private var gradients: [InterleavedBatch<Scalar>]

  init(batchSize: Int, widths: [Int]) {
    self.batchSize = batchSize
    outputs = widths.map { InterleavedBatch(count: batchSize, width: $0) }
    gradients = outputs
  }

  mutating func takeGradient(_ index: Int) -> InterleavedBatch<Scalar> {
    var taken = InterleavedBatch<Scalar>(count: 0, width: 0)
    swap(&taken, &gradients[index])
    return taken
  }

  mutating func putGradient(_ index: Int, _ gradient: InterleavedBatch<Scalar>) { gradients[index] = gradient }
}
