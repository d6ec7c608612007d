import Files

extension Manifest {
  /// The runs that do not belong with the newest one: made with other values that concern them, or by another
  /// program. Their rows and those of the newest run are not of one study.
  public var outdated: [Run] {
    guard let newest else { return [] }
    return runs.filter { run in
      run.environment.sourceDigest != newest.environment.sourceDigest
        || concerns(run.configuration, of: run.experiment) != concerns(newest.configuration, of: run.experiment)
    }
  }

  /// Times have milliseconds, those of earlier programs whole seconds; of two at one time, the later entry.
  var newest: Run? {
    runs.enumerated().max { ($0.element.started, $0.offset) < ($1.element.started, $1.offset) }?.element
  }

  /// The values of a configuration that an experiment depends on, itself or through the baseline that it starts from.
  private func concerns(_ configuration: JSON, of experiment: Experiment) -> [String: JSON] {
    [experiment, .baseline].reduce(into: [:]) {
      $0.merge($1.values(of: configuration, dataset: dataset.name)) { first, _ in first }
    }
  }
}

extension Manifest.Run: CustomStringConvertible {
  /// Which run it is.
  public var description: String {
    "\(experiment.rawValue) (seed \(seed)), made with other values or another program than the newest run,"
  }
}
