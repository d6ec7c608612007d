import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

/// A small network and its calibration images.
@Suite struct CalibrationTests {
  private static let samples: Samples<Float> = sampleImages(count: 260, width: 20, classes: 6)
  private static let network = Network<Float>(widths: [20, 24, 18, 6], seed: 4).withRandomBiases()

  private func calibration(threads: Int = 2, images: Range<Int> = 0..<200) throws -> Calibration {
    try Calibration(of: Self.network, samples: Self.samples, indices: Array(images), workers: Workers(count: threads))
  }

  /// What the network does, by loops in double precision: x of each layer and the outputs before ReLU.
  private func naive(_ network: Network<Float>, images: Range<Int>) -> [(x: Matrix<Double>, y: Matrix<Double>)] {
    var batch = InterleavedBatch<Float>(count: images.count, width: 20)
    Self.samples.gather(Array(images)[...], into: &batch, workers: Workers(count: 1))
    var x = batch.matrix.map(Double.init)
    return network.layers.map { layer in
      let w =
        switch layer {
        case .dense(let dense): dense.weights.map(Double.init)
        case .lowRank(let factors): factors.u.map(Double.init) * factors.vT.map(Double.init)
        }
      let y = Matrix(rows: x.rows, columns: w.rows) { i, j in
        (0..<w.columns).reduce(Double(layer.bias[j])) { $0 + w[j, $1] * x[i, $1] }
      }
      defer { x = y.map { max($0, 0) } }
      return (x, y)
    }
  }

  private func meanError(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Double { squares(a - b) / Double(a.rows) }

  @Test func statisticsAgreeWithLoops() throws {
    let calibration = try calibration()
    for (layer, (x, y)) in naive(Self.network, images: 0..<200).enumerated() {
      #expect((calibration.covariances[layer] - InputFamily.covariance(of: x, with: x)).maxNorm < 1e-4)
      for (a, b) in zip(calibration.outputMean(layer), InputFamily.mean(of: y)) { #expect(abs(a - b) < 1e-4) }
    }
  }

  /// Without any layer to compress, the network is the original.
  @Test func nothingToCompress() throws {
    #expect(try calibration().matched(ranks: [nil, nil, nil]) == Self.network)
    #expect(try calibration().whitened(ranks: []) == Self.network)
    #expect(try calibration().divergence(of: Self.network) == 0)
  }

  /// The outputs of a layer are wrong by Σ_{i>r} λ_i, and their mean is right with the corrected bias alone.
  @Test func whitenedLayers() throws {
    let calibration = try calibration()
    let errors = try calibration.outputErrors()
    for rank in [1, 4, 10] {
      for isCorrected in [true, false] {
        let network = try calibration.whitened(ranks: [rank], correctingBias: isCorrected)
        let (original, compressed) = (naive(Self.network, images: 0..<200)[0], naive(network, images: 0..<200)[0])
        let variance = meanError(original.y, Matrix(rows: 200, columns: 24) { _, j in calibration.outputMean(0)[j] })
        let shift = zip(InputFamily.mean(of: original.y), InputFamily.mean(of: compressed.y)).map { ($0 - $1) * ($0 - $1) }
          .reduce(0, +)
        let expected = errors[0][rank] * variance + (isCorrected ? 0 : shift)
        #expect(abs(meanError(original.y, compressed.y) - expected) < 1e-4 * variance, "rank \(rank)")
        #expect(isCorrected ? shift < 1e-8 : shift > 1e-3)
      }
    }
  }

  /// Each layer is at least as near to the original's outputs as the whitened one on the same inputs, but for the ridge.
  @Test(arguments: [[2, 2, 2], [6, 5, 3], [10, 4, nil], [nil, 6, 5]]) func matchedLayers(ranks: [Int?]) throws {
    let calibration = try calibration()
    let network = try calibration.matched(ranks: ranks)
    let (original, compressed) = (naive(Self.network, images: 0..<200), naive(network, images: 0..<200))
    for (layer, rank) in ranks.enumerated() {
      guard let rank, case .lowRank(let factors) = network.layers[layer] else { continue }
      #expect(factors.rank == rank && factors.singularValues == nil)
      #expect(abs(factors.u.frobeniusNorm / factors.vT.frobeniusNorm - 1) < 1e-4)
      let w = calibration.weights(layer)
      let c = InputFamily.covariance(of: compressed[layer].x, with: compressed[layer].x)
      let (u, v) = try OutputCovariance(weights: w, c: c, workers: Workers(count: 1)).factors(rank: rank)
      let rival = Matrix.product(compressed[layer].x, u * v, transposeB: true)
      // With the best bias.
      let mean = zip(InputFamily.mean(of: original[layer].y), InputFamily.mean(of: rival)).map { $0 - $1 }
      let error = meanError(original[layer].y, Matrix(rows: rival.rows, columns: rival.columns) { rival[$0, $1] + mean[$1] })
      let trace = (0..<c.rows).reduce(0) { $0 + c[$1, $1] }
      let ridge = 1e-4 * trace / Double(c.rows) * squares(u * v)
      #expect(meanError(original[layer].y, compressed[layer].y) <= error + ridge + 1e-4)
    }
  }

  @Test func moreBitsAreNearer() throws {
    let calibration = try calibration()
    for ranks: [Int?] in [[], [18, 16, 5]] {
      let whole = calibration.divergence(of: try calibration.matched(ranks: ranks))
      let errors = try [8, 4, 2].map { calibration.divergence(of: try calibration.matched(ranks: ranks, bits: $0).network) }
      #expect(errors[0] < errors[1] && errors[1] < errors[2], "\(ranks): \(whole), \(errors)")
      #expect(abs(errors[0] - whole) < 0.01)
    }
    let dense = try calibration.matched(ranks: [], bits: 8)
    #expect(dense.layers.allSatisfy { $0.rank == nil })
    #expect(calibration.divergence(of: dense.network) < 0.01)
  }

  /// G by central differences of the loss with respect to the outputs of each layer, for the labels that are drawn.
  @Test func gradientCovariances() throws {
    let calibration = try calibration(images: 0..<30)
    let covariances = calibration.gradientCovariances(seed: 9)
    let layers = naive(Self.network, images: 0..<30)
    // At the logits E g gᵀ has the trace Σ (q − one-hot)², which is positive, and its rows add up to 0.
    let last = covariances[2]
    for i in 0..<6 { #expect(abs((0..<6).reduce(0) { $0 + last[i, $1] }) < 1e-6) }
    // Backwards by loops: G of the layer before follows from the gradients of all images, which the covariance at the logits does
    // not determine; so the gradients are drawn again.
    var stream = RandomStream(seed: 9, name: "calibration/labels")
    var expected = layers.map { Matrix<Double>(rows: $0.y.columns, columns: $0.y.columns) }
    for image in 0..<30 {
      let z = (0..<6).map { layers[2].y[image, $0] / Calibration.temperature }
      let exponentials = z.map { Elementary.exp($0 - (z.max() ?? 0)) }
      let q = exponentials.map { $0 / exponentials.reduce(0, +) }
      var (left, label) = (stream.uniform(), 0)
      while label < 5, left >= q[label] { (left, label) = (left - q[label], label + 1) }
      var gradient = (0..<6).map { q[$0] - ($0 == label ? 1 : 0) }
      for layer in layers.indices.reversed() {
        for i in gradient.indices { for j in gradient.indices { expected[layer][i, j] += gradient[i] * gradient[j] / 30 } }
        let w = calibration.weights(layer)
        gradient = (0..<w.columns).map { j in
          layers[layer].x[image, j] > 0 ? (0..<w.rows).reduce(0) { $0 + gradient[$1] * w[$1, j] } : 0
        }
      }
    }
    for (a, b) in zip(covariances, expected) { #expect((a - b).maxNorm < 1e-5 * b.maxNorm + 1e-9) }
  }

  /// What rank r costs falls with r, and nothing is lost at full rank.
  @Test func errorsByRank() throws {
    let calibration = try calibration()
    for errors in [try calibration.outputErrors(), try calibration.energyErrors(), try calibration.gradientErrors(seed: 1)] {
      #expect(errors.map(\.count) == [21, 19, 7])
      for layer in errors {
        #expect(zip(layer, layer.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(layer[0] > 0 && layer[layer.count - 1] == 0)
      }
    }
    #expect(try calibration.outputErrors().allSatisfy { $0[0] == 1 })
  }

  @Test(arguments: [1, 3, 8]) func sameBits(threads: Int) throws {
    let (two, other) = (try calibration(), try calibration(threads: threads))
    #expect(try two.matched(ranks: [5, 4, 3]) == other.matched(ranks: [5, 4, 3]))
    #expect(try two.whitened(ranks: [5, 4, 3]) == other.whitened(ranks: [5, 4, 3]))
    #expect(try two.matched(ranks: [5, 4, nil], bits: 3) == other.matched(ranks: [5, 4, nil], bits: 3))
    #expect(try two.gradientErrors(seed: 2) == other.gradientErrors(seed: 2))
    #expect(try two.outputErrors() == other.outputErrors())
  }

  /// Ranks are exchanged within the budget, and the network is nearer to the original on the images held out.
  @Test func exchange() throws {
    let (calibration, heldOut) = (try calibration(), try calibration(images: 200..<260))
    let start: [Int?] = [1, 8, nil]
    let budget = RankAllocation.cost(of: start, shapes: calibration.shapes)
    let found = try calibration.exchanged(from: start, budget: budget, heldOut: heldOut)
    #expect(RankAllocation.cost(of: found, shapes: calibration.shapes) <= budget)
    #expect(found[2] == nil && found != start)
    let before = heldOut.divergence(of: try calibration.matched(ranks: start))
    #expect(heldOut.divergence(of: try calibration.matched(ranks: found)) < before)
    #expect(try self.calibration(threads: 1).exchanged(from: start, budget: budget, heldOut: heldOut) == found)
  }

  /// A prediction for the ranks that a network has is its divergence, and the same ranks are the same network.
  @Test func predictions() throws {
    let (calibration, heldOut) = (try calibration(), try calibration(images: 200..<260))
    let network = try NestedNetwork(calibration, heldOut: heldOut, ranks: [4, 5, 3])
    #expect(network.divergence(predictedFor: [4, 5, 3]) == network.divergence)
    let next = try NestedNetwork(calibration, heldOut: heldOut, ranks: [4, 7, 3], previous: network)
    #expect(next.divergence == (try NestedNetwork(calibration, heldOut: heldOut, ranks: [4, 7, 3])).divergence)
    let matched = heldOut.divergence(of: try calibration.matched(ranks: [4, 5, 3]))
    #expect(abs(network.divergence - matched) < 0.05 * matched)
    #expect(abs(network.divergence(predictedFor: [4, 7, 3]) - next.divergence) < 0.3 * next.divergence)
  }

  @Test func networksThatCannotBeCalibrated() throws {
    func broken(_ change: (inout Dense<Float>) -> Void) -> Network<Float> {
      var network = Self.network
      guard case .dense(var dense) = network.layers[1] else { return network }
      change(&dense)
      network.layers[1] = .dense(dense)
      return network
    }
    func error(_ network: Network<Float>, images: Range<Int> = 0..<50) -> String {
      do {
        _ = try Calibration(of: network, samples: Self.samples, indices: Array(images), workers: Workers(count: 1))
        return "none"
      } catch { return "\(error)" }
    }
    #expect(
      error(broken { $0.weights[2, 3] = .nan })
        == "layers.1.weight: found nan in row 2, column 3 (counted from 0), expected finite elements")
    #expect(
      error(broken { $0.bias[4] = -.infinity })
        == "layers.1.bias: found -inf in row 0, column 4 (counted from 0), expected finite elements")
    #expect(
      error(broken { $0.weights = $0.weights.map { $0 * 1e38 } })
        == "layers.1: found outputs that are not finite, expected weights that do not overflow in 32 bits")
    #expect(
      error(broken { $0.weights = $0.weights.map { _ in 0 } })
        == "layers.1: found the same outputs for all 50 calibration images, expected outputs that differ")
    #expect(
      error(Self.network, images: 3..<4)
        == "layers.0: found the same outputs for all 1 calibration images, expected outputs that differ")
  }
}
