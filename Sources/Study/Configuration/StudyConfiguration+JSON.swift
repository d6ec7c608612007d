import Files
import Results

extension StudyConfiguration {
  /// The whole configuration under the keys of the study file, as the manifest keeps it.
  public var json: JSON {
    var (configuration, writer) = (self, ConfigurationWriter())
    do { try configuration.visit(&writer) } catch { preconditionFailure("\(error): a writer does not fail") }
    return .object(writer.members)
  }

  /// What an experiment's fingerprint covers of the configuration beside the experiment's section: images and network. What a network
  /// that is read holds reaches the parts through the baseline.
  /// - Parameter dataset: the one that is used, which need not be the one that the file asks for.
  func common(of experiment: Experiment, dataset: String) -> [String: JSON] {
    var members = Experiment.baseline.values(of: json, dataset: dataset).filter { Experiment(rawValue: $0.key) == nil }
    if ownNetwork != nil {
      if experiment != .baseline { members[StudyKey.network] = nil }
    } else if case .object(let network)? = members.removeValue(forKey: StudyKey.network) {
      members.merge(network) { $1 }
    }
    members[StudyKey.dataset] = .string(dataset)
    return members
  }
}
