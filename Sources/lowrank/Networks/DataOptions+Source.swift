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
  func source(for file: NetworkFile, else other: NetworkFile? = nil) -> EvaluatedNetwork.Source {
    mean != nil || deviation != nil
      ? .option : file.normalisation != nil ? .file : other?.normalisation != nil ? .other : .default
  }
}

extension DataOptions {
  /// `normalisation(of:)`, and where it comes from.
  /// - Parameter other: says what neither options nor the file do.
  func sourcedNormalisation(
    of file: NetworkFile, else other: NetworkFile? = nil
  ) -> (value: Normalisation, source: EvaluatedNetwork.Source) {
    (inputs.normalisation(of: file, else: other) ?? Normalisation(), inputs.source(for: file, else: other))
  }
}
