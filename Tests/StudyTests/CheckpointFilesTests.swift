import Compression
import Files
import Foundation
import LinearAlgebra
import Testing
import TestSupport

@testable import NeuralNetwork
@testable import Study

/// Which checkpoint is taken.
@Suite struct CheckpointFilesTests {
  static let plan = TrainingPlan(
    epochs: 5, batchSize: 10, learningRate: 0.1, warmupEpochs: 0, momentum: 0.9, weightDecay: 0, dropout: 0)

  /// What is wrong with the newest file, and what the warning says.
  enum Fault: String, CaseIterable, CustomTestStringConvertible {
    case empty, cutInTheHeader, cutInTheData, lastByteLost, flippedLength, flippedHeader, flippedData, flippedDigest, folder
    case otherRun, otherNetwork, otherPlan

    var testDescription: String { rawValue }
  }

  /// The newest is not what it should be: one warning that names it, and the one before is taken; the next is written over the
  /// broken one.
  @Test func brokenNewest() throws {
    for fault: Fault in Fault.allCases {
      try withTemporaryFolder { folder in
        var files = CheckpointFiles(folder: folder, run: "run", network: "part2")
        for step in 1...3 { try files.write(checkpoint(step: step)) }
        // The third went where the first was.
        let newest = files.paths[0]
        try plant(fault, in: newest)
        let (found, warnings, layers) = read(folder)
        #expect(found?.progress.step == 2 && warnings.count == 1, "\(fault)")
        #expect(
          warnings.first?.hasPrefix(newest) == true && warnings.first?.hasSuffix("this checkpoint is not used") == true,
          "\(fault)")
        #expect(try layers[0].finished() == self.layers(step: 2)[0].finished(), "\(fault)")
        guard fault != .folder else { return }
        var again = CheckpointFiles(folder: folder, run: "run", network: "part2")
        var target = self.layers(step: 0)
        _ = again.newest(&target, fits: { $0.fits(Self.plan, samples: 100) }, warn: { _ in })
        try again.write(checkpoint(step: 7))
        let (last, none, _) = read(folder)
        #expect(last?.progress.step == 7 && none == [], "\(fault)")
      }
    }
  }

  /// Both broken: two warnings, and the training begins anew.
  @Test func bothBroken() throws {
    try withTemporaryFolder { folder in
      var files = CheckpointFiles(folder: folder, run: "run", network: "part2")
      for step in 1...2 { try files.write(checkpoint(step: step)) }
      for path in files.paths { try plant(.flippedData, in: path) }
      let (found, warnings, layers) = read(folder)
      #expect(found == nil && warnings.count == 2)
      #expect(try layers[0].finished() == self.layers(step: 0)[0].finished())
    }
  }

  @Test func noneYet() throws {
    try withTemporaryFolder { folder in
      let (found, warnings, _) = read("\(folder)/none")
      #expect(found == nil && warnings == [])
    }
  }

  /// Whatever the bytes, as they are or with a digest that fits: they are refused, or read. Never a crash.
  @Test func mutations() throws { for digestFits in [false, true] { try mutations(digestFits: digestFits) } }

  private func mutations(digestFits: Bool) throws {
    let kinds = Self.kinds
    let corpus = kinds.map { encoded($0) }
    let fuzz = Fuzz(
      "checkpoint-\(digestFits)", corpus: digestFits ? corpus.map { Array($0.dropLast(SHA256.size)) } : corpus,
      words: [
        "\"sha256\"", "\"progress\"", "\"history\"", "\"F64\"", "\"F32\"", "layers.0.", "subspace_start", "[4]", "[1]",
      ],
      count: 400)
    let (accepted, all) = try fuzz.run { input, number in
      let bytes = digestFits ? input + SHA256.digest(of: input[...]) : input
      do {
        let checkpoint = try Checkpoint(decoding: bytes, path: "x")
        // Of what is as it was, some mutations change nothing.
        #expect(digestFits || corpus.contains(input), "input \(number)")
        _ = checkpoint.progress.fits(Self.plan, samples: 100)
        for kind in kinds {
          var layers = kind
          do { try checkpoint.restore(&layers, path: "x") } catch {
            #expect(isOneLine(error, about: "x"), "input \(number): \(error)")
          }
        }
      } catch {
        #expect(isOneLine(error, about: "x"), "input \(number): \(error)")
        return false
      }
      return true
    }
    #expect(accepted >= min(all, corpus.count) && (all == 1 || accepted < all))
  }

  // MARK: Helpers

  /// Dense, low-rank, periodic and stepwise.
  static let kinds: [[any TrainableLayer<Float>]] = {
    let dense = Network<Float>(widths: [6, 5, 3], seed: 1)
    let svd = try? NetworkSVD(of: dense, compressing: 1, workers: Workers(count: 1))
    var stepwise = Backpropagation(
      layers: dense.dynamicSVD(rank: 2, compressing: 1, renewal: .eachStep, oversampling: 1, seed: 1),
      workers: Workers(count: 1))
    let (images, labels): (Matrix<Float>, [UInt8]) = sampleBatch(count: 4, inputs: 6, classes: 3)
    _ = try? stepwise.step(
      images, labels: labels, rule: NesterovSGD(learningRate: 0.1, momentum: 0.9, weightDecay: 0), step: 0)
    return [
      dense.layers.map { $0.trainable() }, (svd?.truncated(to: 2).layers ?? []).map { $0.trainable() },
      dense.dynamicSVD(rank: 2, compressing: 1, renewal: .every(steps: 3), oversampling: 0, seed: 1), stepwise.layers,
    ]
  }()

  private func encoded(_ layers: [any TrainableLayer<Float>]) -> [UInt8] {
    let epoch = TrainingEpoch(epoch: 0, learningRate: 0, trainingLoss: nil, validationAccuracy: 10)
    return Checkpoint(
      run: "run", network: "part2", progress: TrainingProgress(epochs: 0, step: 2, loss: 0.5), seconds: 1,
      history: [(epoch, 1)], layers: layers
    ).encoded
  }

  private func layers(step: Int) -> [any TrainableLayer<Float>] {
    Network<Float>(widths: [6, 5, 3], seed: UInt64(step)).layers.map { $0.trainable() }
  }

  private func checkpoint(step: Int, run: String = "run", network: String = "part2") -> Checkpoint {
    let epoch = TrainingEpoch(epoch: 0, learningRate: 0, trainingLoss: nil, validationAccuracy: 10)
    return Checkpoint(
      run: run, network: network, progress: TrainingProgress(epochs: 0, step: step, loss: 0.5), seconds: 1,
      history: [(epoch, 1)], layers: layers(step: step))
  }

  private func read(_ folder: String) -> (found: Checkpoint?, warnings: [String], layers: [any TrainableLayer<Float>]) {
    var files = CheckpointFiles(folder: folder, run: "run", network: "part2")
    var (layers, warnings) = (layers(step: 0), [String]())
    let found = files.newest(&layers, fits: { $0.fits(Self.plan, samples: 100) }, warn: { warnings.append($0) })
    return (found, warnings, layers)
  }

  private func plant(_ fault: Fault, in path: String) throws {
    var bytes = try readFile(path)
    switch fault {
    case .empty: bytes = []
    case .cutInTheHeader: bytes = Array(bytes[..<100])
    case .cutInTheData: bytes = Array(bytes[..<(bytes.count - 200)])
    case .lastByteLost: bytes.removeLast()
    case .flippedLength: bytes[0] ^= 1
    case .flippedHeader: bytes[50] ^= 4
    case .flippedData: bytes[bytes.count - 100] ^= 0x80
    case .flippedDigest: bytes[bytes.count - 1] ^= 1
    case .folder:
      try FileManager.default.removeItem(atPath: path)
      return try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .otherRun: bytes = checkpoint(step: 3, run: "other").encoded
    case .otherNetwork: bytes = checkpoint(step: 3, network: "part2-rank-5").encoded
    case .otherPlan: bytes = checkpoint(step: 30).encoded
    }
    try AtomicFile.write(bytes, to: path)
  }
}
