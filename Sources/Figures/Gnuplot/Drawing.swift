import Files
import Foundation

extension Figure {
  /// Draws the figure in every format.
  /// - Returns: the files to write.
  func files(in folder: String, log: (String) -> Void) throws -> [(path: String, bytes: [UInt8])] {
    try GnuplotTerminal.allCases.map { terminal in
      let path = "\(folder)/\(name).\(terminal.rawValue)"
      return (path, try bytes(from: terminal, for: path, log: log))
    }
  }

  /// Draws into a temporary file beside `path` and reads it.
  private func bytes(from terminal: GnuplotTerminal, for path: String, log: (String) -> Void) throws -> [UInt8] {
    let temporary = try AtomicFile.temporaryPath(for: path)
    let parent = URL(fileURLWithPath: temporary).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: parent) else {
      throw FileError(path: path, found: "Permission denied", expected: "a folder that can be written")
    }
    defer { unlink(temporary) }
    do {
      let gnuplot = try Gnuplot()
      gnuplot.add(terminal.command(width: Self.width, height: height))
      gnuplot.add(terminal.variables)
      gnuplot.add("set output \(quoted(temporary))")
      for statement in statements {
        switch statement {
        case .command(let command): gnuplot.add(command)
        case .data(let columns, let name): gnuplot.addData(columns, as: name)
        }
      }
      gnuplot.add("set output")
      let warnings = try gnuplot.run()
      if !warnings.isEmpty { log("\(path): gnuplot: \(warnings)") }
    } catch {
      throw GnuplotError(figure: path, reason: error.reason)
    }
    let bytes = fileExists(temporary) ? try readFile(temporary) : []
    guard terminal.isComplete(bytes) else {
      throw FileError(path: path, found: "\(bytes.count) bytes of an unfinished figure", expected: "room on the disk")
    }
    return terminal.withoutTime(bytes)
  }
}
