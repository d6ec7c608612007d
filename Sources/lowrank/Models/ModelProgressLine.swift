import Foundation
import Models
import Synchronization

/// What a long work on a model shows: on a terminal a line that is written over, in a log a line now and then.
final class ModelProgressLine: Sendable {
  private struct State {
    var start = Date()
    var shown = Date.distantPast
    var tensors = 0
    var bytes = 0
    var allTensors: Int?
    var allBytes = 0
  }

  private let title: String
  private let state = Mutex(State())

  /// - Parameter title: what is done.
  init(_ title: String) { self.title = title }

  /// Begins to count.
  /// - Parameter tensors: how many there are; `nil` where their bytes alone are shown.
  func begin(tensors: Int? = nil, bytes: Int) {
    state.withLock {
      $0 = State(shown: Terminal.shared.isInteractive ? .distantPast : Date(), allTensors: tensors, allBytes: bytes)
    }
  }

  var progress: ModelProgress {
    ModelProgress { [self] bytes in
      let text = state.withLock { state -> String? in
        state.tensors += 1
        state.bytes += bytes
        let now = Date()
        guard now.timeIntervalSince(state.shown) > (Terminal.shared.isInteractive ? 0.1 : 10) else { return nil }
        state.shown = now
        return Self.text(title, state, seconds: now.timeIntervalSince(state.start))
      }
      guard let text else { return }
      if Terminal.shared.isInteractive { Terminal.shared.status(text) } else { Terminal.shared.line(text) }
    }
  }

  /// Takes the line away.
  func end() { Terminal.shared.status("") }

  private static func text(_ title: String, _ state: State, seconds: Double) -> String {
    let rate = Double(state.bytes) / max(1e-9, seconds)
    let left = rate > 0 ? Double(max(0, state.allBytes - state.bytes)) / rate : 0
    let count = state.allTensors.map { "\(state.tensors)/\($0) layers  " } ?? ""
    return "\(title): \(count)\(Sizes.percent(state.bytes, of: state.allBytes))  \(Sizes.text(Int(rate)))/s  "
      + "\(TrainingLines.time(left)) left"
  }
}
