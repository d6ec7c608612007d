import Foundation
import NeuralNetwork
import Study
import Synchronization

/// Prints the progress of a study: one line an epoch, of at most 100 columns, and on a terminal a line for the step.
final class ProgressLines: Sendable {
  private struct Clock {
    var network = ""
    var start = Date()
    /// Steps done before: by another process, if the training goes on from a checkpoint.
    var stepsBefore = 0
    var lastStatus = Date.distantPast
    var lastStep: TrainingStep?
  }

  private let clock = Mutex(Clock())
  /// Goes before each line of a training.
  private let prefix: String

  /// - Parameter seed: of several, the one whose progress this is.
  init(seed: UInt64? = nil) { prefix = seed.map { "seed \($0): " } ?? "" }

  var observer: StudyObserver {
    StudyObserver(
      message: { Terminal.shared.line($0) }, warning: { Terminal.shared.line("warning: \($0)") },
      step: { [self] in step(prefix + $0, $1) }, epoch: { [self] in epoch(prefix + $0, $1) },
      isInterrupted: { Interrupts.isInterrupted })
  }

  private func step(_ network: String, _ step: TrainingStep) {
    let now = Date()
    let line: String? = clock.withLock { clock in
      if clock.network != network { clock = Clock(network: network, stepsBefore: step.step - 1) }
      clock.lastStep = step
      guard now.timeIntervalSince(clock.lastStatus) > 0.1 else { return nil }
      clock.lastStatus = now
      let rate = Double(step.step - clock.stepsBefore) / max(1e-9, now.timeIntervalSince(clock.start))
      return "\(network): epoch \(step.epoch)/\(step.epochs)  step \(step.step)/\(step.steps)  "
        + "\(Self.number(rate, 1)) steps/s  loss \(Self.number(step.meanLoss, 4))  "
        + "\(Self.time(Double(step.steps - step.step) / rate)) left"
    }
    if let line { Terminal.shared.status(line) }
  }

  private func epoch(_ network: String, _ epoch: TrainingEpoch) {
    let line: String = clock.withLock { clock in
      guard epoch.epoch > 0, clock.network == network, let step = clock.lastStep else {
        clock = Clock(network: network)
        return
          "\(network): \(epoch.epoch > 0 ? "epoch \(epoch.epoch)" : "before training"): validation \(Self.number(epoch.validationAccuracy, 2)) %"
      }
      let rate = Double(step.step - clock.stepsBefore) / max(1e-9, Date().timeIntervalSince(clock.start))
      return "\(network): epoch \(epoch.epoch)/\(step.epochs)  loss \(Self.number(epoch.trainingLoss ?? .nan, 4))  "
        + "validation \(Self.number(epoch.validationAccuracy, 2)) %  "
        + "\(Self.time(Double(step.steps - step.step) / rate)) left"
    }
    Terminal.shared.line(line)
  }

  private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

  /// `45 s`, or minutes and seconds as `12:05`.
  static func time(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded())
    return seconds < 60 ? "\(seconds) s" : String(format: "%d:%02d", seconds / 60, seconds % 60)
  }
}
