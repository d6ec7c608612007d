import Datasets
import Files
import Results
import Testing
import TestSupport

@testable import Study

/// What a run's fingerprint depends on: each input changed in turn.
@Suite struct FingerprintTests {
  private let environment = Manifest.Environment(
    sourceRevision: "r", sourceDigest: "s", toolchain: "t", blas: "b", blasKernel: "k", blasThreads: 1, processor: "p",
    operatingSystem: "o", threads: 2)

  private func fingerprints(
    _ configuration: StudyConfiguration, dataset: String = "digits", data: [String: String] = ["a": "1", "b": "2"],
    seed: UInt64 = 7, start: String? = "w", environment: Manifest.Environment? = nil
  ) -> [String] {
    Experiment.allCases.map {
      Fingerprint.of(
        $0, configuration: configuration, dataset: dataset, data: data, seed: seed, start: start,
        environment: environment ?? self.environment)
    }
  }

  /// Each value of the study file, the whole of it: which experiments it changes. A part depends on the baseline's section
  /// through the weights that it starts from.
  @Test func everyKey() throws {
    try withTemporaryFolder { folder in
      let configuration = try ProtocolTests.configuration(Self.study, in: folder)
      var seen: Set<String> = []
      for (key, changed) in Self.changes(of: configuration.json, under: "") {
        let other = try StudyConfiguration(changed, name: "tiny", place: "x")
        #expect(other != configuration, "\(key)")
        for dataset in ["digits", "mnist"] {
          let pairs = zip(fingerprints(configuration, dataset: dataset), fingerprints(other, dataset: dataset))
          let differing = zip(Experiment.allCases, pairs).filter { $0.1.0 != $0.1.1 }.map(\.0)
          let section = key.prefix { $0 != "." }
          let expected: [Experiment] =
            switch section {
            case "dataset", "seed": []
            case "digits": dataset == "digits" ? Experiment.allCases : []
            case "validation_images", "normalisation", "network": Experiment.allCases
            case "calibration":
              switch key {
              // Part 3's ranks are by output errors, part 2's and part 4's as `allocation` says: exchanged.
              case "calibration.images": [.part2, .part3, .part4]
              default: [.part2, .part4]
              }
            default: Experiment(rawValue: String(section)).map { [$0] } ?? []
            }
          #expect(differing == expected, "\(key), \(dataset)")
        }
        seen.insert(key)
      }
      let plan = ["epochs", "batch_size", "learning_rate", "warmup_epochs", "momentum", "weight_decay", "dropout"]
      let sections = ["baseline", "part2", "part3.epoch", "part3.step"]
      #expect(
        seen
          == Set(
            ["dataset", "seed", "validation_images", "normalisation.mean", "normalisation.deviation", "network.hidden"]
              + ["training", "test", "seed"].map { "digits.\($0)" }
              + ["part1", "part2", "part3", "part4", "part4.ablation"].map { "\($0).ranks" }
              + ["images", "held_out", "allocation"].map { "calibration.\($0)" }
              + ["part2.start", "part4.bits", "part4.ablation.images", "part4.ablation.allocations"]
              + sections.flatMap { section in plan.map { "\(section).\($0)" } } + ["part3.step.oversampling"]))
    }
  }

  private static let study = {
    var study = TinyStudy.beyond
    study.cadences = ["epoch", "step"]
    return study
  }()

  /// A part depends on those values of the calibration alone that it uses.
  @Test func calibration() throws {
    try withTemporaryFolder { folder in
      func differing(_ change: (inout TinyStudy) -> Void, images: String = "201", heldOut: String = "100") throws
        -> [Experiment]
      {
        var study = TinyStudy.beyond
        change(&study)
        let first = fingerprints(try ProtocolTests.configuration(study, in: folder))
        study.calibration = "{images: \(images), held_out: \(heldOut), allocation: exchanged}"
        let second = fingerprints(try ProtocolTests.configuration(study, in: folder))
        return zip(Experiment.allCases, zip(first, second)).filter { $0.1.0 != $0.1.1 }.map(\.0)
      }
      #expect(try differing { $0.part3Ranks = "[4, energy 4]" } == [.part2, .part4])
      #expect(try differing { $0.part2Ranks = "[4]" } == [.part2, .part3, .part4])
      #expect(try differing { ($0.part2Ranks, $0.part2Start) = ("[4, [3, 3]]", nil) } == [.part3, .part4])
      #expect(try differing { $0.part4 = nil } == [.part2, .part3])
      #expect(try differing({ $0.part3Ranks = "[exchanged 4]" }, images: "200", heldOut: "99") == [.part2, .part3, .part4])
      #expect(try differing({ $0.part2Ranks = "[gradient 4]" }, images: "200", heldOut: "99") == [.part4])
      // Without its use, it is not in the fingerprint at all.
      let plain = fingerprints(try ProtocolTests.configuration(TinyStudy(), in: folder))
      var unused = TinyStudy()
      unused.calibration = TinyStudy.beyond.calibration
      #expect(fingerprints(try ProtocolTests.configuration(unused, in: folder)) == plain)
    }
  }

  /// All that is not in the study file.
  @Test func otherInputs() throws {
    try withTemporaryFolder { folder in
      let configuration = try ProtocolTests.configuration(TinyStudy(), in: folder)
      let first = fingerprints(configuration)
      #expect(Set(first).count == Experiment.allCases.count && fingerprints(configuration) == first)
      func with(_ change: (inout Manifest.Environment) -> Void) -> [String] {
        var environment = environment
        change(&environment)
        return fingerprints(configuration, environment: environment)
      }
      let changed = [
        fingerprints(configuration, dataset: "mnist"), fingerprints(configuration, data: ["a": "1", "b": "3"]),
        fingerprints(configuration, data: ["a": "1"]), fingerprints(configuration, data: [:]),
        fingerprints(configuration, seed: 8), fingerprints(configuration, start: "v"),
        fingerprints(configuration, start: nil),
        with { $0.sourceDigest = "x" }, with { $0.blas = "x" }, with { $0.blasKernel = "x" },
      ]
      #expect(Set(changed.flatMap { $0 } + first).count == (changed.count + 1) * first.count)
      let files = SmallMNIST(
        Dataset(
          name: .mnist, training: Images(pixels: [], labels: []), test: ProtocolTests.numbered(1, mark: 2), sha256: [:])
      ).files
      // The digests of MNIST's files, under their names; digits follow from the configuration.
      let digests = DatasetSource.mnist(MNISTFolder(path: folder, files: files)).publishedDigests
      #expect(digests.count == 4 && files.all.allSatisfy { digests[$0.name] == $0.sha256 })
      #expect(DatasetSource.digits.publishedDigests == [:])
      // The machine, and names of the same sources.
      let machine = with {
        ($0.processor, $0.operatingSystem, $0.threads, $0.blasThreads, $0.sourceRevision) = ("x", "x", 9, 9, "x")
      }
      #expect(machine == first)
    }
  }

  /// The configurations that differ in one value, each with the key of that.
  private static func changes(of json: JSON, under prefix: String) -> [(key: String, changed: JSON)] {
    guard case .object(let members) = json else {
      return [(prefix, words[prefix].map { .string($0) } ?? lists[prefix].map { .array($0) } ?? changed(json))]
    }
    return members.sorted { $0.key < $1.key }.flatMap { key, value in
      changes(of: value, under: prefix.isEmpty ? key : "\(prefix).\(key)").map { path, changed in
        var copy = members
        copy[key] = changed
        return (path, .object(copy))
      }
    }
  }

  /// Other values of keys that have words.
  private static let words = ["dataset": "mnist", "calibration.allocation": "gradient", "part2.start": "truncated"]
  private static let lists: [String: [JSON]] = [
    "part4.bits": [.number(32), .number(2)], "part4.ablation.allocations": [.string("energy")],
    "part4.ablation.ranks": [.number(2)], "part4.ranks": [.number(3)], "network.hidden": [.number(24), .number(21)],
  ]

  /// Another value that the same key may have.
  private static func changed(_ value: JSON) -> JSON {
    guard case .number(let text) = value else {
      if case .array(let elements) = value { return .array(elements + [.number(3)]) }
      return .null
    }
    if text == "0" { return .number(0.25) }
    if let whole = Int(text) { return .number(whole + 1) }
    return .number((Double(text) ?? 0) * 1.01)
  }
}
