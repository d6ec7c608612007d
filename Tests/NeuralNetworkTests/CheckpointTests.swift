import Files
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork

@Suite struct CheckpointTests {
  /// A training that is stopped after any step, saved and resumed gives the bits of one that is not. An epoch has 11 steps,
  /// the last with fewer images.
  @Test func inPieces() throws { for isLowRank in [false, true] { try inPieces(isLowRank) } }

  private func inPieces(_ isLowRank: Bool) throws {
    for steps: Int in [1, 2, 3, 5, 12] {
      #expect(
        try outcome(Float.self, isLowRank, steps: steps) == outcome(Float.self, isLowRank, steps: nil),
        "\(steps), \(isLowRank)")
    }
  }

  @Test func inPiecesInDoublePrecision() throws {
    #expect(try outcome(Double.self, true, steps: 4) == outcome(Double.self, true, steps: nil))
  }

  /// The file holds what was saved, as tensors that other programs open.
  @Test func file() throws {
    let checkpoint = Self.checkpoint()
    let read = try Checkpoint(decoding: checkpoint.encoded, path: "x")
    #expect((read.run, read.network, read.seconds) == ("fingerprint", "part2", 12.25))
    #expect(read.progress == checkpoint.progress && read.history.map(\.epoch) == checkpoint.history.map(\.epoch))
    #expect(read.history.map(\.seconds) == [0.5, 7])
    #expect(read.encoded == checkpoint.encoded)
    let file = try SafeTensors(decoding: checkpoint.encoded, path: "x")
    #expect(file["layers.1.weight_momentum"]?.shape == [3, 5] && file.metadata["network"] == "part2")
    #expect(file.tensors.last?.name == "sha256")
  }

  /// A file cut short at any length, or with any bit flipped, is refused.
  @Test func damaged() throws {
    let bytes = Self.checkpoint().encoded
    for length in 0..<bytes.count { expectRefusal(Array(bytes[..<length]), "cut at \(length)") }
    for byte in stride(from: 0, to: bytes.count, by: 3) {
      var flipped = bytes
      flipped[byte] ^= 1 << UInt8(byte % 8)
      expectRefusal(flipped, "byte \(byte)")
    }
    expectRefusal(bytes + [0], "longer")
  }

  /// A file whose SHA-256 is right, but which holds the weights of a network, is refused.
  @Test func anotherFile() throws {
    var file = Network<Float>(widths: [3, 2], seed: 1).tensors()
    file.append("sha256", SafeTensors.Tensor(type: .uint8, shape: [0], bytes: []))
    let bytes = file.encoded
    expectRefusal(bytes + SHA256.digest(of: bytes[...]), "another file")
  }

  /// Layers of another shape or kind: the error names the tensor, and the layers are unchanged.
  @Test func layersThatDoNotFit() throws {
    let checkpoint = Self.checkpoint()
    var layers = Network<Float>(widths: [4, 5, 2], seed: 9).layers.map { $0.trainable() }
    let before = try layers.map { try $0.finished() }
    let error = #expect(throws: FileError.self) { try checkpoint.restore(&layers, path: "x") }
    #expect(error?.description == "x: layers.1.weight: found F32 of the shape [3, 5], expected what this layer wrote")
    #expect(try layers.map { try $0.finished() } == before)
    var wider: [any TrainableLayer<Double>] = Network<Double>(widths: [4, 5, 3], seed: 9).layers.map { $0.trainable() }
    #expect(throws: FileError.self) { try checkpoint.restore(&wider, path: "x") }
  }

  @Test func progress() {
    for (progress, fits): (TrainingProgress, Bool) in [
      (TrainingProgress(epochs: 0, step: 0, loss: 0), true), (TrainingProgress(epochs: 1, step: 22, loss: 3), true),
      (TrainingProgress(epochs: 3, step: 33, loss: 0), true), (TrainingProgress(epochs: 3, step: 34, loss: 0), false),
      (TrainingProgress(epochs: 1, step: 10, loss: 0), false), (TrainingProgress(epochs: 1, step: 23, loss: 0), false),
      (TrainingProgress(epochs: 4, step: 44, loss: 0), false), (TrainingProgress(epochs: -1, step: 0, loss: 0), false),
      (TrainingProgress(epochs: 0, step: 1, loss: .nan), false),
      (TrainingProgress(epochs: .max, step: .max, loss: 0), false),
    ] {
      #expect(progress.fits(TrainingTests.plan, samples: 500) == fits, "\(progress), \(fits)")
    }
  }

  // MARK: Helpers

  /// Of a network 4 – 5 – 3.
  static func checkpoint() -> Checkpoint {
    let epochs = [
      TrainingEpoch(epoch: 0, learningRate: 0, trainingLoss: nil, validationAccuracy: 10),
      TrainingEpoch(epoch: 1, learningRate: 0.1, trainingLoss: 1 / 3, validationAccuracy: 200 / 3),
    ]
    return Checkpoint(
      run: "fingerprint", network: "part2", progress: TrainingProgress(epochs: 1, step: 17, loss: 0.1), seconds: 12.25,
      history: zip(epochs, [0.5, 7]).map { ($0, $1) },
      layers: Network<Float>(widths: [4, 5, 3], seed: 1).layers.map { $0.trainable() })
  }

  private func expectRefusal(_ bytes: [UInt8], _ what: String) {
    #expect(throws: FileError.self, "\(what)") { try Checkpoint(decoding: bytes, path: "x") }
  }

  private func outcome<Scalar: BLASScalar>(
    _: Scalar.Type, _ isLowRank: Bool, steps: Int?
  ) throws -> TrainingOutcome<Scalar> {
    let training = TrainingLoop<Scalar>(
      plan: TrainingTests.plan, samples: sampleImages(count: 500, width: 30),
      validation: sampleImages(count: 100, width: 30, seed: 2), seed: 3, streams: "test", workers: Workers(count: 2))
    return try training.outcome(
      of: {
        var stream = RandomStream(seed: 1, name: "factors")
        let dense = Network<Scalar>(widths: [30, 40, 26, 10], seed: 3)
        guard isLowRank else { return dense.layers.map { $0.trainable() } }
        return dense.layers.map { layer in
          LowRank<Scalar>(
            u: .normal(rows: layer.outputs, columns: 7, from: &stream).map { $0 / 10 }, singularValues: nil,
            vT: .normal(rows: 7, columns: layer.inputs, from: &stream).map { $0 / 3 }, bias: layer.bias)
        }.map { TrainableLowRank($0) }
      }, inPiecesOf: steps)
  }
}
