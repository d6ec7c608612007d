import ArgumentParser
import Files
import Foundation
import Study

/// The command line.
struct Lowrank: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lowrank",
    abstract: "Compresses fully connected networks by truncated SVD: the study on MNIST, to the bit.",
    discussion: """
      A study is a YAML file in experiments/. Its parts are run in order, and each is skipped while nothing that it \
      depends on has changed:

        lowrank baseline && lowrank part1 && lowrank part2 && lowrank part3
        lowrank figures && lowrank report

      or all at once: make all

      Whether results that are there can be made again: lowrank verify

      A matrix of your own: lowrank svd weights.safetensors --tensor NAME
      """,
    subcommands: [
      DataCommand.self, BaselineCommand.self, Part1Command.self, Part2Command.self, Part3Command.self, FiguresCommand.self,
      ReportCommand.self, VerifyCommand.self, SVDCommand.self, SVDSizesCommand.self, SVDFiguresCommand.self,
      CompareFigureCommand.self, ScalingFigureCommand.self,
    ])
}

@main
enum Program {
  static func main() {
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
      // Whatever it was: gnuplot, say, ends too when the person presses Ctrl-C.
      fail("\(error as? Interruption ?? Interruption())", status: 128 + Interrupts.signal)
    } catch  where Lowrank.exitCode(for: error) != .failure {
      // Help that was asked for, or a mistake that only a command could see.
      exit(parsing: error)
    } catch {
      fail("\(error)", status: EXIT_FAILURE)
    }
  }

  /// Help and versions are printed whole; a mistake in one line.
  private static func exit(parsing error: any Error) -> Never {
    guard Lowrank.exitCode(for: error) != .success else { Lowrank.exit(withError: error) }
    let message = Lowrank.message(for: error).split(separator: "\n").first.map(String.init) ?? "\(error)"
    fail(message + " (see lowrank --help)", status: Lowrank.exitCode(for: error).rawValue)
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    // One line, whatever names and values it quotes.
    Terminal.shared.line("error: " + printable(message))
    Foundation.exit(status)
  }
}
