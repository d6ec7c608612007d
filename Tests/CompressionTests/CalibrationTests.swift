import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

/// A small network and its calibration images.
@Suite struct CalibrationTests {
  static let samples: Samples<Float> = sampleImages(count: 260, width: 20, classes: 6)
  static let network = Network<Float>(widths: [20, 24, 18, 6], seed: 4).withRandomBiases()

  func calibration(threads: Int = 2, images: Range<Int> = 0..<200) throws -> Calibration {
    try Calibration(
      of: Self.network, samples: Self.samples, indices: Array(images), seed: 9, workers: Workers(count: threads))
  }

  /// What the network does, by loops in double precision: x of each layer and the outputs before ReLU.
  func naive(_ network: Network<Float>, images: Range<Int>) -> [(x: Matrix<Double>, y: Matrix<Double>)] {
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

  func meanError(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Double { squares(a - b) / Double(a.rows) }

  /// (1 − δ) G + δ tr(G) / m I.
  func naiveMetric(_ g: Matrix<Double>) -> Matrix<Double> {
    let share = 0.1 * (0..<g.rows).reduce(0) { $0 + g[$1, $1] } / Double(g.rows)
    return Matrix(rows: g.rows, columns: g.rows) { 0.9 * g[$0, $1] + ($0 == $1 ? share : 0) }
  }

  @Test func statisticsAgreeWithLoops() throws {
    let calibration = try calibration()
    for (layer, (x, y)) in naive(Self.network, images: 0..<200).enumerated() {
      #expect((calibration.covariance(layer) - InputFamily.covariance(of: x, with: x)).maxNorm < 1e-4)
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

  /// G by backpropagation in loops, for the labels that are drawn.
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
    for errors in [try calibration.outputErrors(), try calibration.energyErrors(), try calibration.gradientErrors()] {
      #expect(errors.map(\.count) == [21, 19, 7])
      for layer in errors {
        #expect(zip(layer, layer.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(layer[0] > 0 && layer[layer.count - 1] == 0)
      }
    }
    #expect(try calibration.outputErrors().allSatisfy { $0[0] == 1 })
  }

  /// The errors by rank against Jacobi rotations: σ² of W, and the eigenvalues of G^½ W C Wᵀ G^½.
  @Test func errorsByRankAgainstTheDefinitions() throws {
    let calibration = try calibration()
    let metrics = calibration.gradientCovariances(seed: 9)
    let (energy, gradient) = (try calibration.energyErrors(), try calibration.gradientErrors())
    for layer in 0..<3 {
      let w = calibration.weights(layer)
      let squares = try JacobiSVD.decompose(w).singularValues.map { $0 * $0 }
      let eigen = try JacobiSVD.decompose(naiveMetric(metrics[layer]))
      let root = eigen.u.scalingColumns(by: eigen.singularValues.map { $0.squareRoot() }) * eigen.u.transposed
      let product = root * w * calibration.covariance(layer) * w.transposed * root
      let values = try JacobiSVD.decompose(product).singularValues
      for rank in energy[layer].indices {
        #expect(abs(energy[layer][rank] - squares[rank...].reduce(0, +) / squares.reduce(0, +)) < 1e-12)
        #expect(
          abs(gradient[layer][rank] - values.dropFirst(rank).reduce(0, +)) < 1e-9 * values[0], "W\(layer + 1), \(rank)")
      }
    }
  }

  /// Σ p ln (p / q) by loops, over more images than a worker takes at once.
  @Test func divergenceAgainstLoops() throws {
    let samples: Samples<Float> = sampleImages(count: 600, width: 20, classes: 6)
    let calibration = try Calibration(
      of: Self.network, samples: samples, indices: Array(0..<600), seed: 9, workers: Workers(count: 2))
    let other = Network<Float>(widths: [20, 24, 18, 6], seed: 8)
    func predictions(_ network: Network<Float>) -> [[Double]] {
      let logits = network.logits(samples.matrix(Array(0..<600), workers: Workers(count: 1)), workers: Workers(count: 1))
      return (0..<600).map { softmax(logits, row: $0) }
    }
    let expected = zip(predictions(Self.network), predictions(other)).reduce(0) { sum, pair in
      sum + zip(pair.0, pair.1).reduce(0) { $0 + $1.0 * (Elementary.log($1.0) - Elementary.log($1.1)) }
    }
    #expect(abs(calibration.divergence(of: other) - expected / 600) < 1e-6 * expected / 600)
  }

  /// The statistics of the first images alone.
  @Test func firstImages() throws {
    let (few, expected) = (try calibration().prefix(90), try calibration(images: 0..<90))
    #expect(few.means == expected.means && few.logits == expected.logits && few.images == 90)
    for layer in 0..<3 { #expect(few.covariance(layer) == expected.covariance(layer)) }
    #expect(try calibration().prefix(300).images == 200)
  }

  /// Networks of one layer, with one output, and with dense layers anywhere.
  @Test(
    arguments: [
      ([20, 6], [3]), ([20, 6], [nil]), ([20, 9, 1], [2, nil]), ([20, 9, 7, 6], [nil, nil, nil]),
      ([20, 9, 7, 6], [4, nil, 3]),
    ] as [([Int], [Int?])]) func otherShapes(widths: [Int], ranks: [Int?]) throws
  {
    let network = Network<Float>(widths: widths, seed: 6).withRandomBiases()
    let workers = Workers(count: 2)
    let calibration = try Calibration(of: network, samples: Self.samples, indices: Array(0..<150), seed: 9, workers: workers)
    let heldOut = try Calibration(of: network, samples: Self.samples, indices: Array(150..<260), seed: 9, workers: workers)
    let matched = try calibration.matched(ranks: ranks)
    #expect(matched.layers.map(\.outputs) == Array(widths.dropFirst()) && calibration.divergence(of: matched).isFinite)
    let quantised = try calibration.matched(ranks: ranks, bits: 8)
    #expect(quantised.layers.map(\.rank) == ranks)
    #expect(abs(calibration.divergence(of: quantised.network) - calibration.divergence(of: matched)) < 0.05)
    let budget = RankAllocation.cost(of: ranks, shapes: calibration.shapes)
    let found = try RankSearch(calibration, heldOut: heldOut).ranks(from: [ranks], budget: budget)
    #expect(RankAllocation.cost(of: found.ranks, shapes: calibration.shapes) <= budget)
    #expect(zip(found.ranks, ranks).allSatisfy { ($0 == nil) == ($1 == nil) })
    #expect(found.network == (try calibration.matched(ranks: found.ranks)))
    #expect(heldOut.divergence(of: found.network) <= heldOut.divergence(of: matched))
  }

  /// Wider than the pieces that the workers share: tiles of 256, triangular solves of 64 rows, layers of 128 images.
  @Test(arguments: [1, 3, 8]) func sameBits(threads: Int) throws {
    func calibration(_ threads: Int) throws -> Calibration {
      try Calibration(
        of: Network<Float>(widths: [20, 300, 270, 6], seed: 4).withRandomBiases(), samples: Self.samples,
        indices: Array(0..<200), seed: 9, workers: Workers(count: threads))
    }
    let (two, other) = (try calibration(2), try calibration(threads))
    #expect(try two.matched(ranks: [5, 4, 3]) == other.matched(ranks: [5, 4, 3]))
    #expect(try two.whitened(ranks: [5, 4, 3]) == other.whitened(ranks: [5, 4, 3]))
    #expect(try two.matched(ranks: [5, 4, nil], bits: 3) == other.matched(ranks: [5, 4, nil], bits: 3))
    #expect(try two.gradientErrors() == other.gradientErrors())
    #expect(try two.outputErrors() == other.outputErrors())
  }

  /// The metric, and the errors in it, are of the first 5,000 images.
  @Test func imagesOfTheMetric() throws {
    let samples: Samples<Float> = sampleImages(count: 5040, width: 20, classes: 6)
    func errors(_ count: Int) throws -> [[Double]] {
      try Calibration(
        of: Network<Float>(widths: [20, 7, 6], seed: 4), samples: samples, indices: Array(0..<count), seed: 9,
        workers: Workers(count: 2)
      ).gradientErrors()
    }
    #expect(try errors(5040) == errors(5000))
    #expect(try errors(4990) != errors(5000))
  }

  /// docs/study.md names these.
  @Test func documentedConstants() {
    #expect(Calibration.temperature == 2 && OutputMetric.share == 0.1 && OutputMetric.images == 5000)
    #expect(ReducedRankRegression.ridgeShare == 1e-3)
    let limits = RankSearch.Limits()
    #expect((limits.images, limits.directions, limits.networks) == (3000, 256, 60))
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
        _ = try Calibration(of: network, samples: Self.samples, indices: Array(images), seed: 9, workers: Workers(count: 1))
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
  }
}
