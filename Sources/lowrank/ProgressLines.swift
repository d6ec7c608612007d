import Foundation
import Study
import Synchronization

/// Prints the progress of a study: one line an epoch, of at most 100 columns, and on a terminal a line for the step.
final class ProgressLines: Sendable {
  private let lines = Mutex(TrainingLines())
  /// Goes before each line of a training.
  private let prefix: String

  /// - Parameter seed: of several, the one whose progress this is.
  init(seed: UInt64? = nil) { prefix = seed.map { "seed \($0): " } ?? "" }

  var observer: StudyObserver {
    StudyObserver(
      message: { Terminal.shared.line($0) }, warning: { Terminal.shared.line("warning: \($0)") },
      step: { [self] network, step in
        let line = lines.withLock { $0.step(prefix + network, step, at: Date()) }
        if let line { Terminal.shared.status(line) }
      },
      epoch: { [self] network, epoch in
        Terminal.shared.line(lines.withLock { $0.epoch(prefix + network, epoch, at: Date()) })
      },
      isInterrupted: { Interrupts.isInterrupted })
  }
}
