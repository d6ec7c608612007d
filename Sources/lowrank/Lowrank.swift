import ArgumentParser
import Files
import Foundation
import Results
import Study

/// The command line.
struct Lowrank: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lowrank",
    abstract: "Compresses neural networks by truncated SVD: the weights that you have, and a study on MNIST, to the bit.",
    discussion: """
      A study is a YAML file in experiments/. Run it, figures and report included:

        lowrank run experiments/paper.yaml

      Check that its results can be made again: lowrank verify

      Make a model of your own smaller:

        lowrank inspect model.safetensors
        lowrank compress model.safetensors --size 60% -o smaller.safetensors
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Study",
        subcommands: [
          RunCommand.self, BaselineCommand.self, Part1Command.self, Part2Command.self, Part3Command.self, Part4Command.self,
          FiguresCommand.self, ReportCommand.self, VerifyCommand.self,
        ]),
      CommandGroup(name: "Your model", subcommands: [InspectCommand.self, CompressCommand.self]),
      CommandGroup(name: "Your network", subcommands: [EvaluateCommand.self, ExportCommand.self]),
      CommandGroup(
        name: "Matrix", subcommands: [SVDCommand.self, SVDSizesCommand.self, LocateCommand.self, SourcesCommand.self]),
    ])

  static let version = "0.2.0"

  @Flag(help: "Print the version, the source revision, and the BLAS with its kernels.")
  var version = false

  func run() throws {
    guard version else { throw CleanExit.helpRequest(self) }
    let environment = Manifest.Environment.current(threads: 1)
    try Output.print(
      """
      lowrank \(Self.version), source \(environment.sourceRevision), \(environment.toolchain)
      \(environment.blas), kernels \(environment.blasKernel)
      """)
  }
}

@main
enum Program {
  static func main() {
    Surroundings.prepare()
    do { try Surroundings.requireUTF8() } catch { fail("\(error)", status: EXIT_FAILURE) }
    PinnedKernels.ensure { Terminal.shared.line($0) }
    var command: any ParsableCommand
    do {
      command = try Lowrank.parseAsRoot()
    } catch {
      exit(parsing: error)
    }
    do {
      Interrupts.install()
      try command.run()
    } catch  where Interrupts.isInterrupted {
      // Any error: Ctrl-C ends gnuplot too, for example.
      fail("\(error as? Interruption ?? Interruption())", status: 128 + Interrupts.signal)
    } catch  where Lowrank.exitCode(for: error) != .failure {
      // Help was requested, or a command rejected its arguments.
      exit(parsing: error)
    } catch {
      fail("\(error)", status: EXIT_FAILURE)
    }
  }

  /// Help is printed whole; a mistake in one line, with the values that are possible.
  private static func exit(parsing error: any Error) -> Never {
    guard Lowrank.exitCode(for: error) != .success else {
      do { try Output.print(Lowrank.fullMessage(for: error)) } catch { fail("\(error)", status: EXIT_FAILURE) }
      Foundation.exit(EXIT_SUCCESS)
    }
    let lines = Lowrank.message(for: error).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let values = lines.filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2) }.joined(separator: ", ")
    let message = [lines.first ?? "\(error)", values].filter { !$0.isEmpty }.joined(separator: " ")
    fail(message + " (see lowrank --help)", status: Lowrank.exitCode(for: error).rawValue)
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    // One line, whatever names and values it quotes.
    let line = printable(message)
    Terminal.shared.line("error: " + (line.count > 1000 ? "\(line.prefix(700)) … \(line.suffix(200))" : line))
    Foundation.exit(status)
  }
}
