"""Faults in functions of the command line: lines of progress, what is printed, and what options mean."""
from switched import Fault

T, D, Z, S, V, O = (f"lowrank/{name}.swift" for name in [
    "TrainingLines", "DownloadLine", "SVDSizesCommand", "SVDText", "VerifyText", "Options"])

FAULTS = [
    Fault(T, "the time left is the time gone", "Double(step.steps - step.step) / $0", "Double(step.step) / $0"),
    Fault(T, "the rate counts steps from before a resume", "Double(last.step - first.step)", "Double(last.step)"),
    Fault(T, "the rate of the last network", "    if self.network != network { self = TrainingLines(network: network) }\n",
          "    self.network = network\n"),
    Fault(T, "steps for steps a second", "max(1e-9, time.timeIntervalSince(first.time))", "1"),
    Fault(T, "the evaluation of epoch 0 is in the rate", "TrainingLines(network: network, first: (0, time))",
          "TrainingLines(network: network, first: (0, .distantPast))"),
    Fault(T, "the learning rate for the loss", "epoch.trainingLoss ?? .nan", "epoch.learningRate"),
    Fault(T, "a line for each step", "time.timeIntervalSince(shown) > 0.1", "true"),
    Fault(T, "12:5 for 12:05", '"%d:%02d"', '"%d:%d"'),
    Fault(D, "the time left of bytes that are here", "Double(progress.total - progress.bytes)", "Double(progress.bytes)"),
    Fault(D, "the rate counts bytes of an earlier attempt", "Double(progress.bytes - start.bytes)",
          "Double(progress.bytes)"),
    Fault(D, "a MB is 1,048,576 bytes", "Double(bytes) / 1e6", "Double(bytes) / 1_048_576"),
    Fault(Z, "the whole time for the time left", "gone * (1 / progress.fraction - 1)", "gone / progress.fraction"),
    Fault(S, "a fraction for a percentage", "100 * measured.energy(keptAt: usual)", "measured.energy(keptAt: usual)"),
    Fault(S, "U for V", '("‖VᵀV − I‖ / (n ε)", errors.orthogonalityOfV)', '("‖VᵀV − I‖ / (n ε)", errors.orthogonalityOfU)'),
    Fault(S, "more values where all are shown", "rank > 10", "full > 10"),
    Fault(S, "the error for its bound", "Self.number(errors.dropped, 8)", "Self.number(errors.residual, 8)"),
    Fault(S, "the precision of the file for that of the computation", 'Scalar.self == Double.self ? "F64" : "F32"',
          "type.rawValue"),
    Fault(V, "a row that differs agrees", 'comparison.agrees ? "yes" : "NO"', '"yes"'),
    Fault(V, "the differences that are shown are counted again", "comparison.differences.count - Self.shown",
          "comparison.differences.count"),
    Fault(V, "the sum of comparisons, not of rows", "comparisons.reduce(0) { $0 + $1.count }", "comparisons.count"),
    Fault(O, "a range without its end", "first...last", "first...(last > first ? last - 1 : last)"),
    Fault(O, "a seed twice", "!found.contains(seed)", "true"),
    Fault(O, "no thread at all", "(1...1024).contains(count)", "(0...1024).contains(count)"),
    Fault(O, "the digits before what the study file names", "!exists(named) && exists(digits)", "exists(digits)"),
]
