import Foundation
import Models
import Synchronization

/// What a long work on a model shows: on a terminal a line that is written over, in a log a line now and then.
final class ModelProgressLine: Sendable {
  private struct State {
    var start = Date()
    var shown = Date.distantPast
    var matrices = 0
    var bytes = 0
    var allMatrices: Int?
    var allBytes = 0
  }

  private let title: String
  private let state = Mutex(State())

  /// - Parameter title: what is done.
  init(_ title: String) { self.title = title }

  /// Begins to count.
  /// - Parameter matrices: how many there are; `nil` where bytes alone are shown.
  func begin(matrices: Int? = nil, bytes: Int) {
    let text = state.withLock { state in
      state = State(shown: Date(), allMatrices: matrices, allBytes: bytes)
      return Self.text(title, state, at: Date())
    }
    Terminal.shared.status(text)
  }

  var progress: ModelProgress {
    ModelProgress { [self] matrices, bytes in
      let text = state.withLock { state -> String? in
        state.matrices += matrices
        state.bytes += bytes
        let now = Date()
        guard now.timeIntervalSince(state.shown) > (Terminal.shared.isInteractive ? 0.1 : 10) else { return nil }
        state.shown = now
        return Self.text(title, state, at: now)
      }
      guard let text else { return }
      if Terminal.shared.isInteractive { Terminal.shared.status(text) } else { Terminal.shared.line(text) }
    }
  }

  /// Takes the line away.
  func end() { Terminal.shared.status("") }

  private static func text(_ title: String, _ state: State, at now: Date) -> String {
    let count = state.allMatrices.map { "\(state.matrices)/\($0) matrices  " } ?? ""
    let done = "\(title): \(count)\(Sizes.percent(state.bytes, of: state.allBytes))"
    let rate = Double(state.bytes) / max(1e-9, now.timeIntervalSince(state.start))
    guard rate > 0 else { return done }
    return done
      + "  \(Sizes.text(Int(rate)))/s  \(TrainingLines.time(Double(max(0, state.allBytes - state.bytes)) / rate)) left"
  }
}
