extension Figure {
  /// Draws the figure in every format.
  /// - Returns: the files to write.
  func files(in folder: String, log: (String) -> Void) throws(GnuplotError) -> [(path: String, bytes: [UInt8])] {
    var files: [(path: String, bytes: [UInt8])] = []
    for terminal in GnuplotTerminal.allCases {
      let path = "\(folder)/\(name).\(terminal.rawValue)"
      do {
        let (bytes, warnings) = try draw(on: terminal)
        if !warnings.isEmpty { log("\(path): gnuplot: \(warnings)") }
        files.append((path, terminal.withoutTime(bytes)))
      } catch {
        throw GnuplotError(figure: path, reason: error.reason)
      }
    }
    return files
  }

  /// Draws the figure in one format.
  func draw(on terminal: GnuplotTerminal) throws(GnuplotError) -> (output: [UInt8], warnings: String) {
    let gnuplot = try Gnuplot()
    let height = height + shift
    gnuplot.add(terminal.command(width: Self.width, height: height))
    gnuplot.add(terminal.variables)
    gnuplot.add("height = \(Double(height))")
    for statement in statements {
      switch statement {
      case .command(let command): gnuplot.add(command)
      case .data(let columns, let name): gnuplot.addData(columns, as: name)
      }
    }
    let drawn = try gnuplot.run()
    guard terminal.isComplete(drawn.output) else {
      throw GnuplotError(reason: drawn.warnings.isEmpty ? "it stopped before the figure was complete" : drawn.warnings)
    }
    return drawn
  }
}
