import Datasets
import Files
import NeuralNetwork
import Results

extension StudyConfiguration {
  /// Every key of a study file, and what its value may be. Reading, writing and the fingerprint follow from this.
  mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    if keys.hasSection(StudyKey.dataset, isSet: ownData != nil) {
      var data = ownData ?? DataFiles()
      try keys.section(StudyKey.dataset) { keys throws(FileError) in try data.visit(&keys) }
      ownData = data
    } else {
      try keys.word(StudyKey.dataset, &dataset, among: Dataset.Name.allCases, or: ", or name and files of your own data")
    }
    // Digits take the place of MNIST alone.
    if ownData == nil || keys.has(StudyKey.digits, isSet: digits != Digits()) {
      try keys.section(StudyKey.digits) { keys throws(FileError) in
        try keys.whole("training", &digits.training, in: 100...1_000_000)
        try keys.whole("test", &digits.test, in: 100...1_000_000)
        try keys.whole("seed", &digits.seed, in: Self.seeds)
      }
    }
    try keys.whole("validation_images", &validationImages, in: 10...1_000_000)
    try keys.whole(StudyKey.seed, &seed, in: Self.seeds)
    try keys.section(StudyKey.network) { keys throws(FileError) in try visitNetwork(&keys) }
    // The file of a network may say how its data became its inputs.
    isNormalisationKnown = ownNetwork == nil || keys.has(Self.normalisationKey, isSet: isNormalisationKnown)
    if isNormalisationKnown {
      let (most, least) = ownData == nil ? (10, 1e-3) : (1e9, 1e-9)
      try keys.section(Self.normalisationKey) { keys throws(FileError) in
        try keys.number("mean", &mean, in: -most...most)
        try keys.number("deviation", &deviation, in: least...most)
      }
    }
    try keys.optionalSection(StudyKey.calibration, &calibration, unread: .init()) { keys, calibration throws(FileError) in
      try calibration.visit(&keys)
    }
    if ownNetwork == nil {
      try keys.section(Experiment.baseline.rawValue) { keys throws(FileError) in try baseline.visit(&keys) }
    } else {
      try keys.refuse(
        Experiment.baseline.rawValue, beside: "\(StudyKey.network).\(OwnNetwork.fileKey), a network that is not trained")
    }
    if keys.has(Experiment.part1.rawValue, isSet: !part1.ranks.isEmpty) {
      try keys.section(Experiment.part1.rawValue) { keys throws(FileError) in
        try keys.ranks(&part1.ranks, Rank.uniformForm)
      }
    }
    if keys.has(Experiment.part2.rawValue, isSet: !part2.ranks.isEmpty) {
      try keys.section(Experiment.part2.rawValue) { keys throws(FileError) in
        try keys.ranks(&part2.ranks, Rank.layeredForm)
        try keys.optionalWord("start", &part2.start, unless: .truncated)
        try part2.plan.visit(&keys)
      }
    }
    if keys.has(Experiment.part3.rawValue, isSet: !part3.ranks.isEmpty) {
      try keys.section(Experiment.part3.rawValue) { keys throws(FileError) in try part3.visit(&keys) }
    }
    try keys.optionalSection(Experiment.part4.rawValue, &part4, unread: .init()) { keys, part4 throws(FileError) in
      try part4.visit(&keys)
    }
  }

  private mutating func visitNetwork<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    guard keys.has("hidden", isSet: ownNetwork == nil) || !keys.has(OwnNetwork.fileKey, isSet: ownNetwork != nil) else {
      var network = ownNetwork ?? OwnNetwork()
      try network.visit(&keys)
      ownNetwork = network
      return
    }
    try keys.list(
      "hidden", &hidden, of: "widths from 1 to \(Self.allowedWidths.upperBound)", count: 1...64, distinct: false
    ) {
      $0.wholeNumber(in: Self.allowedWidths)
    } write: {
      .number($0)
    }
    for key in [OwnNetwork.fileKey] + OwnNetwork.otherKeys { try keys.refuse(key, beside: "hidden") }
  }

  static let normalisationKey = "normalisation"
  /// Up to 2⁵³: other programs may read integers of a manifest as `Double`.
  public static let seeds = 0...(1 << 53)
  static let allowedWidths = 1...16384

  /// A seed as the command line names it, by the rules of a study file; `nil` if it is none.
  public static func seed(_ text: String) -> UInt64? {
    Int(canonical: text).flatMap { seeds.contains($0) ? UInt64($0) : nil }
  }
}

extension StudyConfiguration.Dynamic {
  fileprivate mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    try keys.ranks(&ranks, StudyConfiguration.Rank.layeredForm)
    try keys.optionalSection(Cadence.epoch.rawValue, &epoch, unread: .unread) { keys, plan throws(FileError) in
      try plan.visit(&keys)
    }
    var oversampling = oversampling
    try keys.optionalSection(Cadence.step.rawValue, &step, unread: .unread) { keys, plan throws(FileError) in
      try keys.whole("oversampling", &oversampling, in: 0...1000)
      try plan.visit(&keys)
    }
    self.oversampling = oversampling
    // Without either, the first is missing.
    if plans.isEmpty { try keys.section(Cadence.epoch.rawValue) { _ in } }
  }
}

extension TrainingPlan {
  fileprivate mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    try keys.whole("epochs", &epochs, in: 1...10_000)
    try keys.whole("batch_size", &batchSize, in: 1...65536)
    try keys.number("learning_rate", &learningRate, in: 1e-9...10)
    try keys.number("warmup_epochs", &warmupEpochs, in: 0...Double(epochs))
    try keys.number("momentum", &momentum, in: 0...0.9999)
    try keys.number("weight_decay", &weightDecay, in: 0...1)
    try keys.number("dropout", &dropout, in: 0...0.99)
  }
}

extension ConfigurationKeys {
  fileprivate mutating func ranks(
    _ ranks: inout [StudyConfiguration.Rank], _ form: StudyConfiguration.Rank.Form
  ) throws(FileError) {
    try list("ranks", &ranks, of: form.description, count: 1...100, distinct: true, read: form.read) { $0.json }
  }
}
