extension Manifest {
  /// The runs that do not belong with the newest one: made with other numbers, as far as these concern them, or by another
  /// program. Their rows and those of the newest run are not of one study.
  public var outdated: [Run] {
    // Times have whole seconds; of two in one second, the later entry.
    guard
      let newest = runs.enumerated().max(by: { ($0.element.started, $0.offset) < ($1.element.started, $1.offset) })?.element
    else { return [] }
    return runs.filter { run in
      let others = [Experiment.part1, .part2, .part3].filter { $0 != run.experiment }
      return run.environment.sourceDigest != newest.environment.sourceDigest
        || concerns(run.configuration, but: others) != concerns(newest.configuration, but: others)
    }
  }

  /// A configuration without the sections of other experiments, without the seed that a run need not have, and without
  /// the digits where they were not used.
  private func concerns(_ configuration: JSONValue, but others: [Experiment]) -> JSONValue {
    guard case .object(var values) = configuration else { return configuration }
    for experiment in others { values[experiment.rawValue] = nil }
    values["seed"] = nil
    if dataset.name != "digits" { values["digits"] = nil }
    return .object(values)
  }
}

extension Manifest.Run: CustomStringConvertible {
  /// Which run it is.
  public var description: String {
    "\(experiment.rawValue) (seed \(seed)), made with other numbers or another program than the newest run,"
  }
}
