"""Faults that the built program shows: options, exit statuses, and what is run."""
from switched import Fault

P, C, R, O, L, M, N = (f"lowrank/{name}.swift" for name in [
    "ProgressLines", "SVDCommand", "RunCommand", "Options", "Lowrank", "MakefileCommands", "Terminal"])

FAULTS = [
    Fault(P, "lines do not say whose seed", 'seed.map { "seed \\($0): " } ?? ""', '""'),
    Fault("lowrank/VerifyCommand.swift", "a difference is no error", "differing > 0", "differing > comparisons.count",
          then=" { throw Differences(folder: verification"),
    Fault(C, "the rank is that of the file", "min(rank ?? full, full)", "full", then=", workers"),
    Fault(C, "the input may be written over", "real(output) != real(file)", "output != file"),
    Fault(R, "--fresh runs the baseline too", "(only?.experiment ?? experiment) == experiment", "true"),
    Fault(R, "one seed of several", "seeds.isEmpty ? [configuration.seed] : self.seeds.seeds",
          "seeds.isEmpty ? [configuration.seed] : Array(self.seeds.seeds.prefix(1))"),
    Fault(R, "a part without its baseline", "[.baseline] + [part.experiment].compactMap { $0 }",
          "[part.experiment].compactMap { $0 }"),
    Fault(R, "the second study is read after the first has run",
          "configurations[..<index].contains(where: { $0.name == name })", "false"),
    Fault(O, "results of MNIST are verified on the digits", "name == .digits",
          "data != .mnist"),
    Fault(O, "images that an option names are those of a study's own data", "data != .auto", "false"),
    Fault(L, "SIGTERM has Ctrl-C's status", "128 + Interrupts.signal", "130"),
    Fault(L, "a mistake in the arguments is a failure of the program", "Lowrank.exitCode(for: error).rawValue",
          "EXIT_FAILURE"),
    Fault(L, "errors without their values", "[lines.first ?? \"\\(error)\", values]", "[lines.first ?? \"\\(error)\"]"),
    Fault(M, "the baseline of the study file's seed", "seeds.seeds.first ?? configuration.seed", "configuration.seed"),
    Fault(N, "the status line goes into logs", "    guard isInteractive else { return }\n", ""),
    Fault("lowrank/PartCommands.swift", "part 1 trains the factors", "try part.run(.part1)", "try part.run(.part2)"),
    Fault("lowrank/FigureCommands.swift", "another table than was named", "table ?? measured.path()", "measured.path()"),
    Fault("lowrank/Output.swift", "standard output without its last line feed", 'Array((text + "\\n").utf8)',
          "Array(text.utf8)"),
]
