import Files
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

@Suite struct TrainingTests {
  static let plan = TrainingPlan(
    epochs: 3, batchSize: 48, learningRate: 0.05, warmupEpochs: 0.5, momentum: 0.9, weightDecay: 5e-4, dropout: 0.2)

  /// Same seed, same bits, whatever the number of threads; another seed, other bits.
  @Test func bitsDoNotDependOnThreads() throws {
    let one = try train(threads: 1, seed: 1)
    for threads in [1, 2, 3, 8] { #expect(try train(threads: threads, seed: 1).digest == one.digest) }
    #expect(try train(threads: 1, seed: 2).digest != one.digest)
  }

  @Test func learns() throws {
    let trained = try train(threads: 2, seed: 1)
    #expect(trained.epochs.map(\.epoch) == [0, 1, 2, 3])
    #expect(trained.epochs[0].validationAccuracy < 30)
    #expect(trained.epochs[3].validationAccuracy > 95)
    let losses = trained.epochs.compactMap(\.trainingLoss)
    #expect(losses.count == 3 && losses[1] < losses[0] && losses[2] < losses[1])
  }

  /// The losses of the first steps, as constants: a change of the arithmetic shows. Kernels differ in the last places.
  @Test func frozenLosses() throws {
    var losses: [Double] = []
    _ = try train(threads: 1, seed: 1) { losses.append($0.meanLoss) }
    #expect(losses.count == 3 * 11)
    let frozen: [(step: Int, loss: Double)] = [(0, 3.189_977), (5, 2.545_543), (10, 1.712_801)]
    for (step, loss) in frozen { #expect(abs(losses[step] - loss) < 1e-4, "step \(step): \(losses[step])") }
  }

  /// Three epochs against loops: each step's loss and rate, which show the order of the images and the masks of dropout, and
  /// what the history has of an epoch. The last batch of an epoch has 20 images, the others 48.
  @Test func againstLoops() throws {
    let (samples, validation): (Samples<Double>, Samples<Double>) = (
      sampleImages(count: 500, width: 30), sampleImages(count: 90, width: 30, seed: 2)
    )
    func images(_ samples: Samples<Double>) -> [[Double]] {
      (0..<samples.count).map { image in
        (0..<30).map { (Double(samples.pixels[image * 30 + $0]) / 255 - 0.4) / 0.2 }
      }
    }
    let network = Network<Double>(widths: [30, 20, 12, 10], seed: 3).withRandomBiases()
    let training = TrainingLoop(
      plan: Self.plan, samples: samples, validation: validation, seed: 6, streams: "test", workers: Workers(count: 2))
    var (steps, epochs): ([TrainingStep], [TrainingEpoch]) = ([], [])
    let layers = network.layers.map { $0.trainable() }
    let trained = try training.run(layers, onStep: { steps.append($0) }, onEpoch: { epochs.append($0) }).network
    var naive = NaiveTraining(network, plan: Self.plan, seed: 6, streams: "test")
    let (trainingImages, validationImages) = (images(samples), images(validation))
    func accuracy() -> Double {
      let right = validationImages.indices.count { naive.answer(validationImages[$0]) == Int(validation.labels[$0]) }
      return Double(right) * 100 / 90
    }
    #expect(steps.count == 33 && epochs.count == 4)
    #expect(epochs[0] == TrainingEpoch(epoch: 0, learningRate: 0, trainingLoss: nil, validationAccuracy: accuracy()))
    for epoch in 1...3 {
      let found = naive.epoch(epoch, images: trainingImages, labels: samples.labels)
      var (sum, count) = (0.0, 0)
      for (index, step) in found.enumerated() {
        sum += step.loss * Double(step.images)
        count += step.images
        let reported = steps[11 * (epoch - 1) + index]
        #expect(abs(reported.meanLoss - sum / Double(count)) < 1e-9, "epoch \(epoch), step \(index)")
        #expect((reported.epoch, reported.step, reported.steps) == (epoch, 11 * (epoch - 1) + index + 1, 33))
      }
      #expect(count == 500 && abs((epochs[epoch].trainingLoss ?? 0) - sum / 500) < 1e-9)
      #expect(abs(epochs[epoch].learningRate - (found.last?.rate ?? 0)) < 1e-15)
      #expect(epochs[epoch].validationAccuracy == accuracy(), "epoch \(epoch)")
    }
    for (layer, expected) in zip(trained.layers, naive.layers) {
      guard case .dense(let dense) = layer else { return #expect(Bool(false)) }
      for (a, b) in zip(dense.weights.elements + dense.bias, expected.weights.flatMap { $0 } + expected.bias) {
        #expect(abs(a - b) < 1e-9)
      }
    }
  }

  /// The network is that of the last epoch, though epoch 0 is better by a validation set whose labels are all wrong.
  @Test func lastEpochIsKept() throws {
    let samples: Samples<Float> = sampleImages(count: 500, width: 60)
    let wrong = Samples<Float>(
      width: 60, pixels: samples.pixels, labels: samples.labels.map { ($0 + 1) % 10 }, mean: 0.4, deviation: 0.2)
    let training = TrainingLoop(
      plan: Self.plan, samples: samples, validation: wrong, seed: 1, streams: "test", workers: Workers(count: 2))
    var accuracies: [Double] = []
    let layers = Network<Float>(widths: [60, 30, 10], seed: 1).layers.map { $0.trainable() }
    let trained = try training.run(layers, onStep: { _ in }, onEpoch: { accuracies.append($0.validationAccuracy) })
    #expect(accuracies[3] < accuracies[0], "\(accuracies)")
    #expect(trained.network == Network(layers: try trained.layers.map { try $0.finished() }))
    #expect(trained.network.accuracy(on: wrong, workers: Workers(count: 2)) == accuracies[3])
  }

  @Test func stopsWhereACallbackThrows() throws {
    struct Stop: Error {}
    var steps = 0
    #expect(throws: Stop.self) {
      _ = try train(threads: 1, seed: 1) { step in
        steps = step.step
        if step.step == 5 { throw Stop() }
      }
    }
    #expect(steps == 5)
  }

  @Test func divergenceIsAnError() throws {
    var plan = Self.plan
    plan.learningRate = 1e9
    #expect(throws: TrainingError.self) { _ = try train(threads: 1, seed: 1, plan: plan) }
  }

  /// Whatever the rate, a training ends with finite weights and losses, or with an error that says what was found.
  @Test func everyRateEndsWell() throws {
    var said: Set<String> = []
    for rate in [1e-9, 1e-3, 0.1, 1, 3, 10, 100, 1e4, 1e9, 1e15, 1e30, 1e38] {
      var plan = Self.plan
      (plan.learningRate, plan.epochs, plan.warmupEpochs) = (rate, 1, 0)
      do {
        let trained = try train(threads: 1, seed: 1, plan: plan)
        #expect(trained.isFinite && rate < 1e4, "\(rate)")
        #expect(trained.epochs.allSatisfy { $0.trainingLoss ?? 0 <= 230.26 }, "\(rate)")
      } catch TrainingError.diverged(let epoch, let step, let stepRate, let sign) {
        #expect(epoch == 1 && (1...11).contains(step) && stepRate <= rate && rate >= 1, "\(rate)")
        switch sign {
        case .loss(let loss): said.insert(loss.isFinite ? "a mean loss" : "a loss")
        case .weights: said.insert("weights")
        }
      }
    }
    #expect(said.isSuperset(of: ["a mean loss", "a loss"]), "\(said)")
  }

  @Test func weightsThatAreNotFinite() throws {
    var network = Network<Float>(widths: [4, 3, 2], seed: 1)
    try network.requireFinite()
    guard case .dense(var last) = network.layers[1] else { return #expect(Bool(false)) }
    last.bias[1] = .infinity
    network.layers[1] = .dense(last)
    #expect(throws: LinearAlgebraError.self) { try network.requireFinite() }
    (last.bias[1], last.weights[0, 2]) = (0, .nan)
    network.layers[1] = .dense(last)
    #expect(throws: LinearAlgebraError.self) { try network.requireFinite() }
  }

  /// A step from which weights overflow while its own loss is finite: the last of its epoch, which is named.
  @Test func weightsOverflowInTheLastStep() throws {
    let samples: Samples<Float> = sampleImages(count: 4, width: 60)
    let plan = TrainingPlan(
      epochs: 1, batchSize: 4, learningRate: 1e40, warmupEpochs: 0, momentum: 0.9, weightDecay: 0, dropout: 0)
    let training = TrainingLoop<Float>(
      plan: plan, samples: samples, validation: samples, seed: 1, streams: "test", workers: Workers(count: 1))
    let layers = Network<Float>(widths: [60, 30, 10], seed: 1).layers.map { layer -> any TrainableLayer<Float> in
      layer.trainable()
    }
    let rate = plan.learningRate(step: 0, stepsPerEpoch: 1)
    #expect(throws: TrainingError.diverged(epoch: 1, step: 1, learningRate: rate, .weights)) {
      try training.run(layers, onStep: { _ in }, onEpoch: { _ in })
    }
  }

  /// The rate rises linearly to its maximum at the end of the warm-up, then falls to nearly zero.
  @Test func learningRateSchedule() {
    let plan = TrainingPlan(
      epochs: 4, batchSize: 10, learningRate: 0.5, warmupEpochs: 1, momentum: 0, weightDecay: 0, dropout: 0)
    let rates = (0..<80).map { plan.learningRate(step: $0, stepsPerEpoch: 20) }
    #expect(rates[0] == 0.5 / 20 && rates[9] == 0.25 && rates[19] == 0.5)
    #expect(zip(rates[19...], rates[20...]).allSatisfy { $0 > $1 })
    #expect(rates[79] > 0 && rates[79] < 0.5 / 500)
    #expect(abs(rates[49] - 0.25) < 0.01)
  }

  @Test func lastBatchMayBeSmaller() {
    #expect(Self.plan.steps(samples: 500) == 11 && Self.plan.steps(samples: 480) == 10 && Self.plan.steps(samples: 1) == 1)
  }

  @Test func heInitialisation() {
    let network = Network<Double>(widths: [300, 200, 10], seed: 9)
    guard case .dense(let first) = network.layers[0] else { return #expect(Bool(false)) }
    let variance = first.weights.elements.reduce(0) { $0 + $1 * $1 } / Double(first.weights.elements.count)
    // 60,000 draws: the sample variance is within 3 % of 2/300 with a probability of 1 − 10⁻⁶.
    #expect(abs(variance * 150 - 1) < 0.03)
    #expect(first.bias.allSatisfy { $0 == 0 })
    #expect(Network<Double>(widths: [300, 200, 10], seed: 9) == network)
    // Each layer has random values of its own.
    guard case .dense(let a) = Network<Double>(widths: [10, 10, 10], seed: 9).layers[0],
      case .dense(let b) = Network<Double>(widths: [10, 10, 10], seed: 9).layers[1]
    else { return #expect(Bool(false)) }
    #expect(a.weights != b.weights)
    #expect(Network<Double>(widths: [300, 200, 10], seed: 10) != network)
  }

  private func train(
    threads: Int, seed: UInt64, plan: TrainingPlan = Self.plan, onStep: (TrainingStep) throws -> Void = { _ in }
  ) throws -> (digest: String, isFinite: Bool, epochs: [TrainingEpoch]) {
    let training = TrainingLoop<Float>(
      plan: plan, samples: sampleImages(count: 500, width: 60), validation: sampleImages(count: 200, width: 60, seed: 2),
      seed: seed, streams: "test", workers: Workers(count: threads))
    var epochs: [TrainingEpoch] = []
    let layers = Network<Float>(widths: [60, 300, 200, 10], seed: seed).layers.map { $0.trainable() }
    let network = try training.run(layers, onStep: onStep) { epochs.append($0) }.network
    return (SHA256.hexDigest(of: network.tensors().encoded), (try? network.requireFinite()) != nil, epochs)
  }
}
