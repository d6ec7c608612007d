import Foundation
import Testing

@testable import Datasets
@testable import NeuralNetwork
@testable import Study
@testable import lowrank

/// The lines about a work that goes on, as a function of its steps and of the clock.
@Suite struct ProgressTests {
  private let start = Date(timeIntervalSinceReferenceDate: 1000)

  private func step(_ step: Int, of steps: Int = 100, loss: Double = 0.25) -> TrainingStep {
    TrainingStep(epoch: (step - 1) / 50 + 1, epochs: steps / 50, step: step, steps: steps, meanLoss: loss)
  }

  private func epoch(_ epoch: Int) -> TrainingEpoch {
    TrainingEpoch(epoch: epoch, learningRate: 0.05, trainingLoss: epoch > 0 ? 0.125 : nil, validationAccuracy: 97.125)
  }

  /// From the time before the first step on: 20 steps in 10 s, so that the other 80 take 40 s.
  @Test func aTraining() {
    var lines = TrainingLines()
    #expect(lines.epoch("baseline", epoch(0), at: start) == "baseline: before training: validation 97.12 %")
    let first = lines.step("baseline", step(1), at: start + 0.5)
    #expect(first == "baseline: epoch 1/2  step 1/100  2.0 steps/s  loss 0.2500  50 s left")
    #expect(lines.step("baseline", step(2), at: start + 0.55) == nil, "the last line is still new")
    let later = lines.step("baseline", step(20, loss: 1.5), at: start + 10)
    #expect(later == "baseline: epoch 1/2  step 20/100  2.0 steps/s  loss 1.5000  40 s left")
    // The evaluation takes time as well.
    _ = lines.step("baseline", step(50), at: start + 99.95)
    #expect(
      lines.epoch("baseline", epoch(1), at: start + 100) == "baseline: epoch 1/2  loss 0.1250  validation 97.12 %  1:40 left"
    )
    _ = lines.step("baseline", step(100), at: start + 199)
    #expect(
      lines.epoch("baseline", epoch(2), at: start + 200) == "baseline: epoch 2/2  loss 0.1250  validation 97.12 %  0 s left")
  }

  /// A training that goes on from step 900 of 1000: the rate is that of this process, from the first step that it has seen.
  @Test func aTrainingThatGoesOn() {
    var lines = TrainingLines()
    #expect(lines.step("part3", step(901, of: 1000), at: start) == "part3: epoch 19/20  step 901/1000  loss 0.2500")
    let next = lines.step("part3", step(911, of: 1000), at: start + 5)
    #expect(next == "part3: epoch 19/20  step 911/1000  2.0 steps/s  loss 0.2500  45 s left", "10 steps in 5 s, 89 to go")
    // One that goes on between the last step of an epoch and its evaluation.
    lines = TrainingLines()
    #expect(lines.epoch("part3", epoch(18), at: start) == "part3: epoch 18: validation 97.12 %")
    #expect(lines.step("part3", step(901, of: 1000), at: start + 1) == "part3: epoch 19/20  step 901/1000  loss 0.2500")
    let later = lines.step("part3", step(921, of: 1000), at: start + 11)
    #expect(later == "part3: epoch 19/20  step 921/1000  2.0 steps/s  loss 0.2500  40 s left")
  }

  /// The next network begins anew.
  @Test func anotherNetwork() {
    var lines = TrainingLines()
    _ = lines.epoch("a", epoch(0), at: start)
    _ = lines.step("a", step(100), at: start + 10)
    #expect(lines.epoch("b", epoch(1), at: start + 11) == "b: epoch 1: validation 97.12 %")
    #expect(lines.step("b", step(11), at: start + 20) == "b: epoch 1/2  step 11/100  loss 0.2500")
    #expect(lines.step("b", step(31), at: start + 30) == "b: epoch 1/2  step 31/100  2.0 steps/s  loss 0.2500  35 s left")
    _ = lines.epoch("c", epoch(0), at: start + 40)
    #expect(lines.step("c", step(10), at: start + 50) == "c: epoch 1/2  step 10/100  1.0 steps/s  loss 0.2500  1:30 left")
  }

  @Test func times() {
    let texts = [0, 0.4, 59.4, 59.6, 65, 600, 4000].map(TrainingLines.time)
    #expect(texts == ["0 s", "0 s", "59 s", "1:00", "1:05", "10:00", "66:40"])
  }

  /// A download that goes on from 4 MB: these were not loaded now.
  @Test func download() {
    var line = DownloadLine()
    func show(_ file: String, _ bytes: Int, at seconds: Double) -> [String?] {
      let progress = DownloadProgress(file: file, bytes: bytes, total: 10_000_000)
      let (new, status) = line.lines(progress, at: start + seconds)
      return [new, status]
    }
    #expect(show("a.gz", 4_000_000, at: 0) == ["downloading a.gz, 10.0 MB", "downloading a.gz: 4.0 of 10.0 MB, 0.0 MB/s"])
    #expect(show("a.gz", 6_000_000, at: 4) == [nil, "downloading a.gz: 6.0 of 10.0 MB, 0.5 MB/s, 8 s left"])
    #expect(show("b.gz", 0, at: 9) == ["downloading b.gz, 10.0 MB", "downloading b.gz: 0.0 of 10.0 MB, 0.0 MB/s"])
    #expect(show("b.gz", 2_500_000, at: 10) == [nil, "downloading b.gz: 2.5 of 10.0 MB, 2.5 MB/s, 3 s left"])
  }

  @Test func svdSizes() throws {
    let command = try SVDSizesCommand.parse(["--runs", "4"])
    func status(_ fraction: Double, gone: Double) -> String {
      let progress = SVDSizes.Progress(algorithm: .jacobi, precision: .double, size: 64, run: 3, fraction: fraction)
      return command.status(progress, gone: gone)
    }
    #expect(status(0, gone: 0) == "svd-sizes: 64×64, double, run 3/4: jacobi  0 %, 0 s gone")
    #expect(status(0.25, gone: 30) == "svd-sizes: 64×64, double, run 3/4: jacobi  25 %, 30 s gone, about 1:30 left")
  }
}
