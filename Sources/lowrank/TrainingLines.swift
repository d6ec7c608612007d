import Foundation
import NeuralNetwork

/// The lines about a training, as a function of its steps and epochs and of the time at which each ended.
struct TrainingLines {
  private var network = ""
  /// From where the rate counts. Steps before it may be those of another process, whose checkpoint the training continues.
  private var first: (step: Int, time: Date)?
  private var last: TrainingStep?
  private var shown = Date.distantPast

  /// The line after a step, with the rate and the time left once they are known; `nil` less than a tenth of a second after the
  /// last one.
  mutating func step(_ network: String, _ step: TrainingStep, at time: Date) -> String? {
    if self.network != network { self = TrainingLines(network: network) }
    if first == nil { first = (step.step, time) }
    last = step
    guard time.timeIntervalSince(shown) > 0.1 else { return nil }
    shown = time
    let rate = rate(at: time)
    return "\(network): epoch \(step.epoch)/\(step.epochs)  step \(step.step)/\(step.steps)  "
      + (rate.map { "\(Self.number($0, 1)) steps/s  " } ?? "") + "loss \(Self.number(step.meanLoss, 4))"
      + Self.left(after: step, rate: rate)
  }

  /// The line after an epoch, or before the first step.
  mutating func epoch(_ network: String, _ epoch: TrainingEpoch, at time: Date) -> String {
    let validation = "validation \(Self.number(epoch.validationAccuracy, 2)) %"
    if epoch.epoch == 0 {
      self = TrainingLines(network: network, first: (0, time))
      return "\(network): before training: \(validation)"
    }
    // A checkpoint may lie between the last step of an epoch and its evaluation: then no step was seen.
    guard self.network == network, let last else { return "\(network): epoch \(epoch.epoch): \(validation)" }
    return "\(network): epoch \(epoch.epoch)/\(last.epochs)  loss \(Self.number(epoch.trainingLoss ?? .nan, 4))  "
      + validation + Self.left(after: last, rate: rate(at: time))
  }

  /// Steps a second; `nil` until a step was timed.
  private func rate(at time: Date) -> Double? {
    guard let first, let last, last.step > first.step else { return nil }
    return Double(last.step - first.step) / max(1e-9, time.timeIntervalSince(first.time))
  }

  private static func left(after step: TrainingStep, rate: Double?) -> String {
    rate.map { "  \(time(Double(step.steps - step.step) / $0)) left" } ?? ""
  }

  private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

  /// `45 s`, or minutes and seconds as `12:05`.
  static func time(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded())
    return seconds < 60 ? "\(seconds) s" : String(format: "%d:%02d", seconds / 60, seconds % 60)
  }
}
