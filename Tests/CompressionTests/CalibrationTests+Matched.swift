import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

/// Networks that are matched layer by layer, in full precision and in few bits.
extension CalibrationTests {
  /// Each layer is at least as near to the original's outputs, in its metric, as the whitened one on the same inputs, but for the
  /// ridge.
  @Test(arguments: [[2, 2, 2], [6, 5, 3], [10, 4, nil], [nil, 6, 5]], [true, false])
  func matchedLayers(ranks: [Int?], isWeighted: Bool) throws {
    let calibration = try calibration()
    let network = try calibration.matched(ranks: ranks, isWeighted: isWeighted)
    let (original, compressed) = (naive(Self.network, images: 0..<200), naive(network, images: 0..<200))
    let gradients = calibration.gradientCovariances(seed: 9)
    for (layer, rank) in ranks.enumerated() {
      guard let rank, case .lowRank(let factors) = network.layers[layer] else { continue }
      #expect(factors.rank == rank && factors.singularValues == nil)
      #expect(abs(factors.u.frobeniusNorm / factors.vT.frobeniusNorm - 1) < 1e-4)
      let w = calibration.weights(layer)
      let c = InputFamily.covariance(of: compressed[layer].x, with: compressed[layer].x)
      // Errors are counted after H^½, which is I where they are not weighted.
      let metric = isWeighted ? naiveMetric(gradients[layer]) : .identity(w.rows)
      let eigen = try JacobiSVD.decompose(metric)
      let root = eigen.u.scalingColumns(by: eigen.singularValues.map { $0.squareRoot() }) * eigen.u.transposed
      let inverse = eigen.u.scalingColumns(by: eigen.singularValues.map { 1 / $0.squareRoot() }) * eigen.u.transposed
      let (u, v) = try OutputCovariance(weights: root * w, c: c, workers: Workers(count: 1)).factors(rank: rank)
      let rivalMap = inverse * u * v
      let rival = Matrix.product(compressed[layer].x, rivalMap, transposeB: true)
      // With the best bias.
      let mean = zip(InputFamily.mean(of: original[layer].y), InputFamily.mean(of: rival)).map { $0 - $1 }
      func error(_ outputs: Matrix<Double>) -> Double { meanError(original[layer].y * root, outputs * root) }
      let best = error(Matrix(rows: rival.rows, columns: rival.columns) { rival[$0, $1] + mean[$1] })
      let trace = (0..<c.rows).reduce(0) { $0 + c[$1, $1] }
      let ridge = ReducedRankRegression.ridgeShare * trace / Double(c.rows) * squares(u * v)
      #expect(error(compressed[layer].y) <= best + ridge + 1e-4 * error(original[layer].y.map { _ in 0 }))
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

  /// A dense layer behind a compressed one is the best map from what it sees; one before it is kept.
  @Test func denseLayers() throws {
    let calibration = try calibration()
    let network = try calibration.matched(ranks: [nil, 5, nil])
    #expect(network.layers[0] == Self.network.layers[0])
    let (original, compressed) = (naive(Self.network, images: 0..<200)[2], naive(network, images: 0..<200)[2])
    let c = InputFamily.covariance(of: compressed.x, with: compressed.x)
    let ridge = ReducedRankRegression.ridgeShare * (0..<18).reduce(0) { $0 + c[$1, $1] } / 18
    let map = solve(
      Matrix(rows: 18, columns: 18) { c[$0, $1] + ($0 == $1 ? ridge : 0) },
      rowsOf: InputFamily.covariance(of: original.y, with: compressed.x))
    guard case .dense(let dense) = network.layers[2] else { return #expect(Bool(false)) }
    #expect((dense.weights.map(Double.init) - map).maxNorm < 1e-3 * map.maxNorm)
    for (a, b) in zip(InputFamily.mean(of: original.y), InputFamily.mean(of: compressed.y)) { #expect(abs(a - b) < 1e-4) }
  }

  /// Behind quantised layers the means of the outputs are right but for 16 bits, and Û is nearer to what U is for V̂ than to U itself.
  @Test(arguments: [[12, 9, 4], [12, nil, 4], [nil, nil, nil]]) func quantisedLayers(ranks: [Int?]) throws {
    let calibration = try calibration()
    let quantised = try calibration.matched(ranks: ranks, bits: 2)
    let (original, compressed) = (naive(Self.network, images: 0..<200), naive(quantised.network, images: 0..<200))
    for layer in 0..<3 {
      for (a, b) in zip(InputFamily.mean(of: original[layer].y), InputFamily.mean(of: compressed[layer].y)) {
        #expect(abs(a - b) < 5e-3 * (1 + abs(a)), "W\(layer + 1)")
      }
      guard case .lowRank(let u, let vT) = quantised.layers[layer].weights, let rank = ranks[layer] else { continue }
      let (x, v) = (compressed[layer].x, vT.matrix(of: Double.self))
      let h = Matrix.product(x, v, transposeB: true)
      let c = InputFamily.covariance(of: h, with: h)
      let ridge = ReducedRankRegression.ridgeShare * (0..<rank).reduce(0) { $0 + c[$1, $1] } / Double(rank)
      let best = solve(
        Matrix(rows: rank, columns: rank) { c[$0, $1] + ($0 == $1 ? ridge : 0) },
        rowsOf: InputFamily.covariance(of: original[layer].y, with: h))
      let plain = try calibration.factors(
        k: InputFamily.covariance(of: original[layer].y, with: x), c: InputFamily.covariance(of: x, with: x), rank: rank,
        metric: calibration.metrics()[layer]
      ).u
      let found = u.matrix(of: Double.self)
      #expect(expectedError(found - best, c) < 0.5 * expectedError(best, c))
      #expect(expectedError(found - best, c) < expectedError(found - plain, c))
    }
  }
}
