import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the first asks the program to stop at the end of a step, the second stops it at once.
enum Interrupts {
  private static let caught = Atomic<Int32>(0)

  /// The signal that was caught, 0 if none.
  static var signal: Int32 { caught.load(ordering: .relaxed) }

  static var isInterrupted: Bool { signal != 0 }

  /// Runs `body`, which writes nothing and cannot be stopped between steps. A signal ends the program at once.
  static func stoppingAtOnce<Result>(_ body: () throws -> Result) rethrows -> Result {
    for number in [SIGINT, SIGTERM] { Foundation.signal(number, SIG_DFL) }
    defer { install() }
    return try body()
  }

  /// Runs `body`, which may write a file under the temporary name `path`. A signal removes this file, says so, and ends the
  /// program at once.
  static func removing<Result>(_ path: String?, _ body: () throws -> Result) rethrows -> Result {
    unfinished = path.flatMap { strdup($0) }
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        // Only async-signal-safe calls are allowed here.
        if let path = Interrupts.unfinished { _ = unlink(path) }
        let line: StaticString = "error: interrupted; nothing was written\n"
        if isatty(STDERR_FILENO) == 1 { _ = write(STDERR_FILENO, "\r\u{1B}[K", 4) }
        _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
        _exit(128 + number)
      }
    }
    defer {
      install()
      free(unfinished)
      unfinished = nil
    }
    return try body()
  }

  /// What a signal removes. It is set and cleared while no handler that reads it is installed.
  private nonisolated(unsafe) static var unfinished: UnsafeMutablePointer<CChar>?

  static func install() {
    _ = caught.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        guard Interrupts.caught.exchange(number, ordering: .relaxed) != 0 else { return }
        // Ends the status line. Only async-signal-safe calls are allowed here, so `Terminal` is not used.
        var lineFeed = UInt8(ascii: "\n")
        if isatty(STDERR_FILENO) == 1 { _ = write(STDERR_FILENO, &lineFeed, 1) }
        _exit(128 + number)
      }
    }
    // The parent process may have blocked these signals, and children inherit that.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
