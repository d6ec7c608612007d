import Files
import Foundation
import Datasets
import NeuralNetwork
import Results

extension StudyConfiguration {
  /// Reads a study file.
  /// - Throws: `FileError` with file, line and key, what was found and what was expected: for a key that is unknown or
  ///   missing, a wrong type, a number out of range.
  public init(readingFrom path: String) throws(FileError) {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil else {
      throw FileError(
        path: path, found: "the study's name '\(name)'",
        expected: "letters, digits, '.', '_' and '-': folders are named after it")
    }
    try self.init(name: name, from: try ConfigurationReader(readingFrom: path), place: path)
  }

  /// Reads what `json` gave, as a manifest keeps it.
  /// - Parameters:
  ///   - name: the study's.
  ///   - place: the file and the key in it, for the errors.
  /// - Throws: `FileError` with place and key, as for a study file.
  public init(_ json: JSONValue, name: String, place: String) throws(FileError) {
    try self.init(name: name, from: try ConfigurationReader(json, place: place), place: place)
  }

  private init(name: String, from section: ConfigurationReader, place: String) throws(FileError) {
    var file = section
    self.name = name
    dataset = try file.word("dataset", Dataset.Name.self)
    digits = try file.section("digits") { section throws(FileError) in
      Digits(
        training: try section.whole("training", in: 100...1_000_000), test: try section.whole("test", in: 100...1_000_000),
        seed: UInt64(try section.whole("seed", in: 0...Self.largestSeed)))
    }
    validationImages = try file.whole("validation_images", in: 10...1_000_000)
    (mean, deviation) = try file.section("normalisation") { section throws(FileError) in
      (try section.number("mean", in: -10...10), try section.number("deviation", in: 1e-3...10))
    }
    seed = UInt64(try file.whole("seed", in: 0...Self.largestSeed))
    hidden = try file.section("network") { section throws(FileError) in
      try section.list("hidden", of: "widths from 1 to 16384", count: 1...64) { $0.wholeNumber(in: 1...16384) }
    }
    baseline = try file.section("baseline") { section throws(FileError) in try TrainingPlan(&section) }
    part1 = try file.section("part1") { section throws(FileError) in Truncations(ranks: try section.ranks()) }
    part2 = try file.section("part2") { section throws(FileError) in
      FineTuning(ranks: try section.ranks(), plan: try TrainingPlan(&section))
    }
    part3 = try file.section("part3") { section throws(FileError) in
      var part = Dynamic(ranks: try section.ranks(), oversampling: 0)
      part.epoch = try section.optionalSection("epoch") { section throws(FileError) in try TrainingPlan(&section) }
      part.step = try section.optionalSection("step") { section throws(FileError) in
        part.oversampling = try section.whole("oversampling", in: 0...1000)
        return try TrainingPlan(&section)
      }
      // Neither is a mistake, told as the lack of one.
      if part.plans.isEmpty { _ = try section.section("epoch") { section throws(FileError) in try TrainingPlan(&section) } }
      return part
    }
    try file.finish()
    let weights = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    guard weights <= Self.mostWeights else {
      throw FileError(path: "\(place): network.hidden", found: "\(weights) weights", expected: "at most \(Self.mostWeights)")
    }
  }

  /// A network of 8 GB; training takes three times that.
  private static let mostWeights = 2_000_000_000
  /// 2⁵³: the manifest's numbers are those of JSON, which are exact up to here.
  private static let largestSeed = 1 << 53
}

extension TrainingPlan {
  fileprivate init(_ section: inout ConfigurationReader) throws(FileError) {
    let epochs = try section.whole("epochs", in: 1...10_000)
    self.init(
      epochs: epochs, batchSize: try section.whole("batch_size", in: 1...65536),
      learningRate: try section.number("learning_rate", in: 1e-9...10),
      warmupEpochs: try section.number("warmup_epochs", in: 0...Double(epochs)),
      momentum: try section.number("momentum", in: 0...0.9999),
      weightDecay: try section.number("weight_decay", in: 0...1), dropout: try section.number("dropout", in: 0...0.99))
  }
}

extension ConfigurationReader {
  fileprivate mutating func ranks() throws(FileError) -> [StudyConfiguration.Rank] {
    try list("ranks", of: "ranks from 1, or full", count: 1...100, distinct: true) { value in
      value.text == "full" ? .full : value.wholeNumber(in: 1...Int.max).map { .of($0) }
    }
  }
}
