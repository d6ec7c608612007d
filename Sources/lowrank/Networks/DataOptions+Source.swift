import Models
import NeuralNetwork

extension NetworkOptions {
  /// Where the activation function of a network comes from.
  func source(for file: NetworkFile) -> EvaluatedNetwork.Source {
    activation != nil ? .option : file.statesActivation ? .file : .default
  }
}

extension NormalisationOptions {
  /// Where the normalisation of a network comes from.
  func source(for file: NetworkFile) -> EvaluatedNetwork.Source {
    mean != nil || deviation != nil ? .option : file.normalisation != nil ? .file : .default
  }
}

extension DataOptions {
  /// `normalisation(of:)`, and where it comes from.
  func sourcedNormalisation(of file: NetworkFile) -> (value: Normalisation, source: EvaluatedNetwork.Source) {
    (normalisation(of: file), inputs.source(for: file))
  }
}
