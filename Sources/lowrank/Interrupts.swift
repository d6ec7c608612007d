import Foundation
import Study
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

  /// Runs `body`. A signal removes the files of `remember(_:)`, says so, and ends the program at once.
  static func endingAtOnce<Result>(_ body: () throws -> Result) throws -> Result {
    endAtOnce()
    defer { install() }
    if isInterrupted { throw Interruption() }
    return try body()
  }

  /// Runs a short part of the body of `endingAtOnce` that must not be left in the middle. A signal ends the program after it.
  static func afterwards<Result>(_ body: () throws -> Result) throws -> Result {
    install()
    let result = try body()
    if isInterrupted { throw Interruption() }
    endAtOnce()
    return result
  }

  /// Names the files that a signal is to remove. Within `afterwards`.
  static func remember(_ paths: [String]) {
    let text = paths.map { Array($0.utf8) + [0] }.joined() + [0]
    let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
    for (place, byte) in text.enumerated() { bytes[place] = CChar(bitPattern: byte) }
    unfinished?.deallocate()
    unfinished = bytes
  }

  /// Paths, each ended by a zero, and another zero. They change while no handler that reads them is installed.
  private nonisolated(unsafe) static var unfinished: UnsafeMutablePointer<CChar>?

  private static func endAtOnce() {
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        // Only async-signal-safe calls are allowed here.
        if var path = Interrupts.unfinished {
          while path.pointee != 0 {
            _ = unlink(path)
            path += strlen(path) + 1
          }
        }
        let line: StaticString = "error: interrupted; nothing was written\n"
        if isatty(STDERR_FILENO) == 1 { _ = write(STDERR_FILENO, "\r\u{1B}[K", 4) }
        _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
        _exit(128 + number)
      }
    }
  }

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
