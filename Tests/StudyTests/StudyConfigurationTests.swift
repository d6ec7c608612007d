import Files
import Results
import Study
import Testing
import TestSupport

@Suite struct StudyConfigurationTests {
  @Test func reads() throws {
    let configuration = try read(TinyStudy().yaml)
    #expect(configuration.name == "tiny" && configuration.dataset == .digits && configuration.seed == 1)
    #expect(
      configuration.widths == [784, 24, 20, 10] && configuration.compressedLayers == 2 && configuration.fullRank == 24)
    #expect(configuration.baseline.epochs == 2 && configuration.baseline.weightDecay == 5e-4)
    #expect(configuration.part1.ranks == [.of(2), .of(8), .full])
    #expect(configuration.part3.plans.map(\.cadence) == [.epoch, .step] && configuration.part3.oversampling == 4)
  }

  /// The effective configuration names every key of the file.
  @Test func effectiveConfiguration() throws {
    guard case .object(let values) = try read(TinyStudy().yaml).json else { return #expect(Bool(false)) }
    let keys = TinyStudy().yaml.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map {
      String($0.split(separator: ":")[0])
    }
    #expect(Set(keys) == Set(values.keys))
    guard case .object(let part3)? = values["part3"] else { return #expect(Bool(false)) }
    guard case .object(let epoch)? = part3["epoch"], case .object(let step)? = part3["step"] else {
      return #expect(Bool(false))
    }
    #expect(part3.count == 3 && epoch.count == 7 && step.count == 8 && step["oversampling"] == .number(4))
  }

  /// What the manifest keeps is the configuration again.
  @Test func readsItsOwnJSON() throws {
    var epochOnly = TinyStudy()
    epochOnly.cadences = ["epoch"]
    for study in [TinyStudy(), epochOnly] {
      let configuration = try read(study.yaml)
      #expect(try StudyConfiguration(configuration.json, name: "tiny", place: "manifest.json") == configuration)
    }
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let yaml: String
    /// What the one line must say: place, what was found, what was expected.
    let says: [String]

    init(_ name: String, _ says: [String], _ change: (inout TinyStudy) -> Void) {
      var study = TinyStudy()
      change(&study)
      (testDescription, yaml, self.says) = (name, study.yaml, says)
    }

    init(_ name: String, yaml: String, _ says: [String]) { (testDescription, self.yaml, self.says) = (name, yaml, says) }
  }

  /// Two to the power of 29 values in a kilobyte.
  private static let aliasBomb = "a: &a0 [1]\n" + (1...29).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()

  /// As many values as 8 aliases and 100,000 bytes can stand for, and more than once in a key, where Yams goes through them.
  private static let fewAliases =
    "a: &a0 [\(String(repeating: "1,", count: 49_000))1]\n" + "b: &b [*a0, *a0, *a0]\nc: &c [*b, *b, *b]\n? *c\n: 1\n"

  static let mistakes: [Mistake] = [
    Mistake("unknown key", [":46", "unknown key 'lerning_rate'", "baseline"]) { $0.more = "lerning_rate: 1" },
    Mistake("unknown key in a section", [":12: baseline:", "unknown key 'rate'", "weight_decay"]) {
      $0.baselineRate = "0.1\n  rate: 2"
    }, Mistake("wrong type", [":9: baseline.epochs", "'twelve'", "a whole number from 1"]) { $0.baselineEpochs = "twelve" },
    Mistake("quoted number", [":9: baseline.epochs", "found '2' in quotes, which is text, expected a whole number"]) {
      $0.baselineEpochs = "\"2\""
    },
    Mistake("fraction of an epoch", [":9: baseline.epochs", "'2.5'"]) { $0.baselineEpochs = "2.5" },
    Mistake("negative", [":9: baseline.epochs", "'-3'"]) { $0.baselineEpochs = "-3" },
    Mistake("absurd", [":9: baseline.epochs", "'99999999999999999999'"]) { $0.baselineEpochs = "99999999999999999999" },
    Mistake("negative rate", [":11: baseline.learning_rate", "'-0.1'", "a number from"]) { $0.baselineRate = "-0.1" },
    Mistake("rate that is no number", [":11: baseline.learning_rate", "'.nan'"]) { $0.baselineRate = ".nan" },
    Mistake("rate that is infinite", [":11: baseline.learning_rate", "'inf'"]) { $0.baselineRate = "inf" },
    Mistake("nothing", [":11: baseline.learning_rate", "nothing"]) { $0.baselineRate = "" },
    Mistake("rank 0", [":17: part1.ranks", "'0'", "ranks from 1 to 16384, or full"]) { $0.part1Ranks = "[0]" },
    Mistake("rank -5", [":17: part1.ranks", "'-5'"]) { $0.part1Ranks = "[10, -5]" },
    Mistake("a word for a rank", [":17: part1.ranks", "'all'"]) { $0.part1Ranks = "[all]" },
    Mistake("no ranks", [":17: part1.ranks: found an empty list, expected a list"]) { $0.part1Ranks = "[]" },
    Mistake("ranks that are no list", [":17: part1.ranks", "'5'", "a list"]) { $0.part1Ranks = "5" },
    Mistake("a mapping for a list", [":17: part1.ranks", "a mapping"]) { $0.part1Ranks = "{a: 1}" },
    Mistake("unknown cadence", ["part3", "unknown key 'week'", "ranks, epoch, step"]) { $0.cadences = ["week", "step"] },
    Mistake("a cadence twice", ["twice", "step"]) { $0.cadences = ["step", "step"] },
    Mistake("no cadence", ["part3.epoch", "no such key"]) { $0.cadences = [] },
    Mistake("a rank twice", [":17: part1.ranks", "'5' twice"]) { $0.part1Ranks = "[5, 2, 5]" },
    Mistake("a warm-up longer than the training", [":12: baseline.warmup_epochs", "'3'", "from 0.0 to 2.0"]) {
      $0.baselineWarmup = "3"
    }, Mistake("a seed that JSON cannot hold", [":2: seed", "'9007199254740993'"]) { $0.seed = "9007199254740993" },
    Mistake("unknown dataset", [":1: dataset", "'cifar'", "mnist or digits"]) { $0.dataset = "cifar" },
    Mistake("a network of no layers", [":7: network.hidden", "found an empty list"]) { $0.hidden = "[]" },
    Mistake("a layer too wide", [":7: network.hidden", "'1000000'"]) { $0.hidden = "[1000000]" },
    Mistake("the same key twice", [":1: found the key 'dataset' twice"]) { $0.more = "dataset: mnist" },
    Mistake(
      "a key misspelt", yaml: TinyStudy().yaml.replacing("hidden:", with: "hiden:"),
      [":7: network: found the unknown key 'hiden', expected hidden"]),
    Mistake(
      "a key of the whole study misspelt", yaml: TinyStudy().yaml.replacing("seed: 1\nvalid", with: "sed: 1\nvalid"),
      [":2: found the unknown key 'sed', expected dataset, digits"]),
    Mistake("too many weights", ["network.hidden", "weights, expected at most 2000000000"]) {
      $0.hidden = "[16384, 16384, 16384, 16384, 16384, 16384, 16384, 16384, 16384]"
    }, Mistake("an absurd rate", [":11: baseline.learning_rate", "'100'"]) { $0.baselineRate = "100" },
    Mistake("missing key", yaml: "dataset: digits\n", ["digits", "no such key"]),
    Mistake(
      "not YAML", yaml: "dataset: [digits\nseed: 1\n",
      [":2: not YAML: did not find expected ',' or ']', while parsing a flow sequence from line 1"]),
    Mistake("tabs", yaml: "network:\n\thidden: 3\n", [":2: found a tab"]),
    Mistake("a merge key", yaml: "dataset: &x {a: 1}\nseed: 2\n<<: *x\n", [":3: found a merge key (<<)"]),
    Mistake("an alias without an anchor", yaml: "dataset: *x\n", [":1: found an alias (*) without its anchor (&)"]),
    Mistake("two documents", yaml: "a: 1\n---\na: 1\n", [":2: found a second document (---)"]),
    Mistake("comments alone", yaml: "# a\n# b\n", ["found nothing", "a study"]),
    Mistake("a control character", yaml: "a: 1\nb: \u{0}\n", [":2: not YAML: control characters"]),
    Mistake("a leading zero", [":2: seed", "found '010', written with a leading zero, expected a whole number"]) {
      $0.seed = "010"
    }, Mistake("a sign", [":2: seed", "'+1'"]) { $0.seed = "+1" },
    Mistake("digits in groups", [":2: seed", "'1_000'"]) { $0.seed = "1_000" },
    Mistake("digits of another script", [":2: seed", "'١'"]) { $0.seed = "١" },
    Mistake("an exponent", [":9: baseline.epochs", "'1e1'"]) { $0.baselineEpochs = "1e1" },
    Mistake("a rank above any width", [":17: part1.ranks", "'9223372036854775807'", "to 16384"]) {
      $0.part1Ranks = "[9223372036854775807]"
    }, Mistake("a hexadecimal rate", [":11: baseline.learning_rate", "'0x1p-3'"]) { $0.baselineRate = "0x1p-3" },
    Mistake("a rate with leading zeros", [":11: baseline.learning_rate", "'00.5', written with a leading zero"]) {
      $0.baselineRate = "00.5"
    }, Mistake("a rate too large for a number", [":11: baseline.learning_rate", "'1e400'"]) { $0.baselineRate = "1e400" },
    Mistake("a decimal comma", [":11: baseline.learning_rate", "'0,5'"]) { $0.baselineRate = "0,5" },
    Mistake("a list", yaml: "- 1\n- 2\n", ["a list", "keys and values"]),
    Mistake("an empty file", yaml: "", ["nothing", "a study"]),
    Mistake("aliases of aliases", yaml: aliasBomb + "dataset: *a29\n", [":6: found alias number 9 (*), expected at most 8"]),
    Mistake("aliases of aliases for a key", yaml: aliasBomb + "? *a29\n: 1\n", [":6: found alias number 9", "at most 8"]),
    Mistake(
      "aliases of aliases after quotes that look like a comment", yaml: "? \"\n # \"\n: 1\n" + aliasBomb + "? *a29\n: 1\n",
      [":9: found alias number 9", "at most 8"]),
    Mistake("aliases of aliases, and not many of them", yaml: fewAliases, ["tiny.yaml", "expected"]),
    Mistake(
      "too large", yaml: String(repeating: "# comment\n", count: 20_000), ["tiny.yaml", "200000 bytes", "at most 100000"]),
    Mistake("deep lists", yaml: String(repeating: "[", count: 90_000), ["tiny.yaml:1", "nesting"]),
    Mistake("deep mappings", yaml: String(repeating: "{a: ", count: 20_000), ["tiny.yaml:1", "nesting"]),
    Mistake("deep dashes", yaml: String(repeating: "- ", count: 40_000), ["tiny.yaml:1", "nesting"]),
  ]

  @Test func mistake() throws {
    for mistake: Mistake in Self.mistakes { expectOneLine(mistake) }
  }

  func expectOneLine(_ mistake: Mistake) {
    let error = #expect(throws: FileError.self, "\(mistake)") { try read(mistake.yaml) }
    let line = error?.description ?? ""
    for part in ["tiny.yaml"] + mistake.says { #expect(line.contains(part), "\(line)") }
    #expect(!line.contains("\n") && (line.contains(", expected") || line.contains(": not YAML: ")), "\(mistake)")
  }

  /// What is around the keys and values does not matter.
  @Test func sameStudy() throws {
    let yaml = TinyStudy().yaml
    let expected = try read(yaml)
    let banner = "# \(String(repeating: "*", count: 80))\n# *a *b *c *d *e *f *g *h *i &j, <<: and ---\n"
    for text in [
      banner + yaml, "\u{FEFF}" + yaml, "\u{FEFF}" + banner + yaml, yaml.replacing("\n", with: "\r\n"), "---\n" + yaml,
      yaml.replacing("\n", with: " # *\n"), yaml.replacing("digits\nseed", with: "\"digits\"\n'seed'"),
    ] { #expect(try read(text) == expected, "\(text)") }
    var aliases = TinyStudy()
    (aliases.part1Ranks, aliases.part2Ranks) = ("&ranks [2, 8]", "*ranks")
    #expect(try read(banner + aliases.yaml).part2.ranks == [.of(2), .of(8)])
    #expect(try read(yaml.replacing("0.05", with: ".5e-1")) == expected)
  }

  /// Text that is not UTF-8 is said to be so, with its line.
  @Test func encodings() throws {
    let yaml = TinyStudy().yaml
    let little = yaml.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let big = yaml.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    let mark: [UInt8] = [0xFF, 0xFE]
    let latin: [UInt8] = Array("# a\n# caf".utf8) + [0xE9, 0x0A]
    let utf16 = ".yaml: found text in UTF-16, expected text in UTF-8"
    for (bytes, says): ([UInt8], String) in [
      (mark + little, utf16), (little, utf16), (big, utf16), (mark.reversed() + big, utf16),
      (latin, ".yaml:2: found bytes that are not UTF-8, expected text in UTF-8"),
    ] {
      try withTemporaryFolder { folder in
        try AtomicFile.write(bytes, to: "\(folder)/tiny.yaml")
        let error = #expect(throws: FileError.self) { try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml") }
        #expect(error?.description.contains(says) == true, "\(error as Any)")
      }
    }
  }

  /// One number has one spelling.
  @Test func seeds() {
    for (text, seed): (String, UInt64) in [("0", 0), ("1", 1), ("10", 10), ("9007199254740992", 1 << 53)] {
      #expect(StudyConfiguration.seed(text) == seed)
    }
    for text in ["", "01", "+1", "-1", "-0", "1_000", "0x10", " 1", "1 ", "1e3", "1.0", "١", "9007199254740993", "1-2"] {
      #expect(StudyConfiguration.seed(text) == nil, "\(text)")
    }
  }

  @Test func noFile() {
    let error = #expect(throws: FileError.self) { try StudyConfiguration(readingFrom: "/nowhere/study.yaml") }
    #expect(
      error?.description == "/nowhere/study.yaml: found no such file, expected a study file, such as experiments/paper.yaml")
  }

  /// Folders are named after the study.
  @Test func nameThatIsNoFolder() throws {
    for name in ["..yaml", "a b.yaml", "x'; touch pwned.yaml", "-x.yaml"] {
      try withTemporaryFolder { folder in
        try AtomicFile.write(TinyStudy().yaml, to: "\(folder)/\(name)")
        let error = #expect(throws: FileError.self, "\(name)") {
          try StudyConfiguration(readingFrom: "\(folder)/\(name)")
        }
        #expect(error?.description.contains("the study's name") == true, "\(name)")
      }
    }
  }

  @Test func ranks() {
    #expect(StudyConfiguration.Rank.of(20).value(full: 1024) == 20)
    #expect(StudyConfiguration.Rank.of(2000).value(full: 1024) == 1024)
    #expect(StudyConfiguration.Rank.full.value(full: 1024) == 1024)
  }

  func read(_ yaml: String) throws -> StudyConfiguration {
    try withTemporaryFolder { folder in
      try AtomicFile.write(yaml, to: "\(folder)/tiny.yaml")
      return try StudyConfiguration(readingFrom: "\(folder)/tiny.yaml")
    }
  }
}
