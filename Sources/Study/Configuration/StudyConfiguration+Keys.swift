import Files
import NeuralNetwork
import Results

extension StudyConfiguration {
  /// Every key of a study file, and what its value may be. Reading, writing and the fingerprint follow from this.
  mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    try keys.word(StudyKey.dataset, &dataset)
    try keys.section(StudyKey.digits) { keys throws(FileError) in
      try keys.whole("training", &digits.training, in: 100...1_000_000)
      try keys.whole("test", &digits.test, in: 100...1_000_000)
      try keys.whole("seed", &digits.seed, in: Self.seeds)
    }
    try keys.whole("validation_images", &validationImages, in: 10...1_000_000)
    try keys.section("normalisation") { keys throws(FileError) in
      try keys.number("mean", &mean, in: -10...10)
      try keys.number("deviation", &deviation, in: 1e-3...10)
    }
    try keys.whole(StudyKey.seed, &seed, in: Self.seeds)
    try keys.section(Self.networkKey) { keys throws(FileError) in
      try keys.list(
        "hidden", &hidden, of: "widths from 1 to \(Self.allowedWidths.upperBound)", count: 1...64, distinct: false
      ) {
        $0.wholeNumber(in: Self.allowedWidths)
      } write: {
        .number($0)
      }
    }
    try keys.optionalSection(StudyKey.calibration, &calibration, unread: .init()) { keys, calibration throws(FileError) in
      try calibration.visit(&keys)
    }
    try keys.section(Experiment.baseline.rawValue) { keys throws(FileError) in try baseline.visit(&keys) }
    try keys.section(Experiment.part1.rawValue) { keys throws(FileError) in
      try keys.ranks(&part1.ranks, Rank.uniformForm)
    }
    try keys.section(Experiment.part2.rawValue) { keys throws(FileError) in
      try keys.ranks(&part2.ranks, Rank.layeredForm)
      try keys.optionalWord("start", &part2.start, unless: .truncated)
      try part2.plan.visit(&keys)
    }
    try keys.section(Experiment.part3.rawValue) { keys throws(FileError) in try part3.visit(&keys) }
    try keys.optionalSection(Experiment.part4.rawValue, &part4, unread: .init()) { keys, part4 throws(FileError) in
      try part4.visit(&keys)
    }
  }

  static let networkKey = "network"
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
