import Foundation
import Testing

/// The program, run as a person runs it.
struct Invocation {
  /// Beside the test bundle, where the package manager puts it.
  static let executable: URL = {
    var folder = URL(fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
    if !CommandLine.arguments[0].isEmpty, folder.lastPathComponent != "lowrankPackageTests.xctest" {
      // Run through a helper: the bundle is an argument.
      let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
      folder = bundle.map { URL(fileURLWithPath: $0) } ?? folder
    }
    return folder.deletingLastPathComponent().appendingPathComponent("lowrank")
  }()

  let status: Int32
  let output: String
  let errors: String

  /// Standard error, line by line.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

  /// Runs `lowrank` with `arguments` in `folder`, without `MNIST_DIR` unless it is in `environment`.
  ///
  /// - Parameters:
  ///   - fileLimit: the largest file it may write, in bytes: a disk that fills.
  ///   - interruptAfter: calls `by` when this text appears on standard error.
  ///   - by: gets the process's number, and sends it Ctrl-C.
  init(
    _ arguments: [String], in folder: String, environment: [String: String] = [:], fileLimit: Int? = nil,
    interruptAfter: String? = nil, executable: URL = Self.executable, by: (pid_t) throws -> Void = { kill($0, SIGINT) }
  ) throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    if let fileLimit {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
      process.arguments = ["--fsize=\(fileLimit)", "--", executable.path] + arguments
    }
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var inherited = ProcessInfo.processInfo.environment
    inherited["MNIST_DIR"] = nil
    process.environment = inherited.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError, process.standardInput) = (output, errors, FileHandle.nullDevice)
    try process.run()
    var collected = Data()
    var interrupted = false
    while case let chunk = errors.fileHandleForReading.availableData, !chunk.isEmpty {
      collected += chunk
      if let interruptAfter, !interrupted, String(decoding: collected, as: UTF8.self).contains(interruptAfter) {
        try by(process.processIdentifier)
        interrupted = true
      }
    }
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: collected, as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}

/// Expects one line on standard error that says all of `says`, nothing on standard output, and a status that is not zero.
func expectMistake(_ run: Invocation, says: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
  #expect(run.status != 0 && run.output.isEmpty, sourceLocation: sourceLocation)
  #expect(run.errorLines.count == 1, "\(run.errors)", sourceLocation: sourceLocation)
  for text in says { #expect(run.errors.contains(text), "\(run.errors)", sourceLocation: sourceLocation) }
}
