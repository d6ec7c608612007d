import Datasets
import Files
import NeuralNetwork
import Results

/// The files that a study names, read and checked against each other, and the study with what follows from them: sizes, digests, and
/// how the data became the network's inputs.
struct StudyFiles {
  /// `nil` where the study names none.
  let data: (training: DataFile, test: DataFile)?
  /// `nil` where the baseline is trained.
  let network: Network<Float>?
  /// Complete.
  let configuration: StudyConfiguration
  /// What is perhaps not meant.
  let warnings: [String]

  /// - Throws: `FileError` that names file or key: for a file that cannot be read or is not the one of the study's digest; data without
  ///   labels, or that do not fit each other or the network; factors, and an activation function other than ReLU where something is
  ///   trained.
  init(of study: StudyConfiguration) throws(FileError) {
    var (study, warnings) = (study, [String]())
    data = try study.readData()
    network = try study.readNetwork(warnings: &warnings)
    if let data {
      study.inputs = data.training.width
      study.classes = network?.classes ?? data.training.classes
      study.sampleBytes = [data.training, data.test].reduce(0) { $0 + $1.size }
      try study.require(data, network)
    }
    if let network { try study.require(network) }
    if let mistake = study.mistake {
      throw FileError(path: "\(study.name): \(mistake.key)", found: mistake.found, expected: mistake.expected)
    }
    if let labels = data?.training.labels?.dropLast(study.validationImages) {
      let missing = Set(0..<study.classes).subtracting(labels.map(Int.init)).sorted()
      if !missing.isEmpty {
        let named = missing.prefix(20).map(String.init).joined(separator: ", ") + (missing.count > 20 ? ", …" : "")
        warnings.append(
          "\(study.name): found no training sample of class \(named), expected some of each: the last "
            + "\(study.validationImages) samples are for validation")
      }
    }
    (configuration, self.warnings) = (study, warnings)
  }
}

extension StudyConfiguration {
  /// Most outputs: `Predictions` has a byte for a class, and one of its values stands for none.
  private static let mostClasses = Int(Predictions.none)

  fileprivate mutating func readData() throws(FileError) -> (training: DataFile, test: DataFile)? {
    guard let data = ownData else { return nil }
    var folder: OwnData?
    if let path = data.path(DataFiles.folderKey) {
      try requireFolder(path, expected: "the folder of \(data.name)")
      folder = try OwnData(at: path)
    }
    func read(_ part: DataPart) throws(FileError) -> DataFile {
      if let path = data.path(part.key) {
        return try DataFile(readingFrom: path, labels: data.path(part.labelsKey))
      }
      guard let source = part == .training ? folder?.training : folder?.test else {
        throw FileError(
          path: data.path(DataFiles.folderKey) ?? "", found: "no part for \(part.rawValue)",
          expected: "a part for training and one for test")
      }
      return try source.read()
    }
    let (training, test) = (try read(.training), try read(.test))
    var digests: [String: String] = [:]
    for (part, file) in [(DataPart.training, training), (.test, test)] {
      guard file.labels != nil else {
        throw FileError(path: file.path, found: "no labels", expected: "one a sample: y, or an IDX file of labels")
      }
      digests[part.key] = file.digests?.samples
      digests[part.labelsKey] = file.digests?.labels
      for (key, path) in [(part.key, file.path), (part.labelsKey, file.labelPath ?? file.path)] {
        guard let expected = data.digests[key], expected != digests[key] else { continue }
        throw FileError(
          path: path, found: "SHA-256 \(digests[key] ?? "of no file")",
          expected: "\(expected), as \(StudyKey.dataset).\(StudyKey.digests).\(key) has it")
      }
    }
    ownData?.digests = digests
    return (training, test)
  }

  fileprivate mutating func readNetwork(warnings: inout [String]) throws(FileError) -> Network<Float>? {
    guard let own = ownNetwork else { return nil }
    let file = try NeuralNetwork.NetworkFile(
      readingFrom: own.path, layers: own.layers.isEmpty ? nil : own.layers, activation: own.activation)
    if let digest = own.digest, digest != file.digest {
      throw FileError(
        path: own.path, found: "SHA-256 \(file.digest)",
        expected: "\(digest), as \(StudyKey.network).\(StudyKey.digests) has it")
    }
    for (name, layer) in zip(file.names, file.network.layers) {
      guard case .dense = layer, file.quantised == nil else {
        throw FileError(path: own.path, found: "codes or factors in the layer '\(name)'", expected: "dense layers")
      }
    }
    let stated = file.normalisation
    if !isNormalisationKnown {
      guard let stated else {
        throw FileError(
          path: "\(name): \(Self.normalisationKey)", found: "no such key",
          expected: "it, because \(own.path) does not say it")
      }
      (mean, deviation, isNormalisationKnown) = (stated.mean, stated.deviation, true)
    } else if let stated, stated != Normalisation(mean: mean, deviation: deviation) {
      warnings.append(
        "\(name): \(Self.normalisationKey): found \(mean) and \(deviation), where \(own.path) says \(stated.mean) and "
          + "\(stated.deviation)")
    }
    if file.hasBias.contains(false) {
      warnings.append("\(own.path): found layers without a bias: zeros stand for it, and count as parameters")
    }
    ownNetwork?.digest = file.digest
    hidden = file.network.layers.dropLast().map(\.outputs)
    return file.network
  }

  /// Checks data against each other and against the network.
  fileprivate func require(
    _ data: (training: DataFile, test: DataFile), _ network: Network<Float>?
  ) throws(FileError) {
    guard data.test.width == inputs else {
      throw FileError(
        path: data.test.path, found: "\(data.test.width) elements a sample", expected: "\(inputs), as \(data.training.path)")
    }
    guard network != nil || classes > 1 else {
      throw FileError(path: data.training.labelPath ?? "", found: "one class", expected: "two or more: labels from 0 on")
    }
    for file in [data.training, data.test] where file.classes > classes {
      let known = network == nil ? "the classes of \(data.training.path)" : "the outputs of the network"
      throw FileError(
        path: file.labelPath ?? file.path, found: "the label \(file.classes - 1)", expected: "0 to \(classes - 1), \(known)")
    }
    guard network != nil || classes <= Self.mostClasses else {
      throw FileError(
        path: data.training.labelPath ?? "", found: "\(classes) classes", expected: "at most \(Self.mostClasses)")
    }
  }

  /// Checks a network against the inputs, and against what is done with it.
  fileprivate func require(_ network: Network<Float>) throws(FileError) {
    let path = ownNetwork?.path ?? ""
    guard network.inputs == inputs else {
      throw FileError(
        path: path, found: "a network of \(network.inputs) inputs",
        expected: "\(inputs), the elements of a sample of \(datasetName)")
    }
    let most = ownData == nil ? classes : Self.mostClasses
    guard ownData == nil ? network.classes == classes : network.classes <= most else {
      throw FileError(
        path: path, found: "a network of \(network.classes) outputs",
        expected: ownData == nil ? "\(classes), the classes of \(datasetName)" : "at most \(most)")
    }
    guard network.layers.count > 1 else {
      throw FileError(path: path, found: "one layer", expected: "two or more: all but the last are compressed")
    }
    for part in [Experiment.part2, .part3] where experiments.contains(part) && network.activation != .relu {
      throw FileError(
        path: "\(name): \(part.rawValue)", found: "this section with a network of \(network.activation.rawValue)",
        expected: "none: ReLU alone can be trained")
    }
  }
}
