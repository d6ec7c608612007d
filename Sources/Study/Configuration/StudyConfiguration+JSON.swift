import Files
import Results

extension StudyConfiguration {
  /// The whole configuration under the keys of the study file, as the manifest keeps it.
  public var json: JSON {
    var (configuration, writer) = (self, ConfigurationWriter())
    do { try configuration.visit(&writer) } catch { preconditionFailure("\(error): a writer does not fail") }
    return .object(writer.members)
  }

  /// What the fingerprint of every experiment covers: images and network, but no experiment's section.
  /// - Parameter dataset: the one that is used, which need not be the one that the file asks for.
  func common(dataset: String) -> [String: JSON] {
    guard case .object(var members) = json else { return [:] }
    members = members.filter { key, _ in
      Experiment(rawValue: key) == nil && Experiment.baseline.depends(on: key, dataset: dataset)
    }
    if case .object(let network)? = members.removeValue(forKey: Self.networkKey) { members.merge(network) { $1 } }
    members[StudyKey.dataset] = .string(dataset)
    return members
  }
}
