import Files
import LinearAlgebra
import Results
import Testing
import TestSupport

@testable import Study

/// Ranks a layer, calibration and part 4 in a study file.
extension StudyConfigurationTests {
  @Test func readsBeyond() throws {
    let configuration = try read(TinyStudy.beyond.yaml)
    #expect(configuration.part2.ranks == [.of(4), .allocated(4), .listed([6, 3])] && configuration.part2.start == .matched)
    #expect(configuration.part3.ranks == [.of(4), .by(.output, 4)])
    #expect(configuration.calibration == .init(images: 200, heldOut: 100, allocation: .exchanged))
    #expect(configuration.part4?.ranks == [3, 6] && configuration.part4?.bits == [32, 16, 4])
    #expect(configuration.part4?.ablation == .init(ranks: [3], images: [60, 200], allocations: [.energy, .output]))
    #expect(configuration.experiments == Experiment.allCases)
    #expect(try read(TinyStudy().yaml).experiments == [.baseline, .part1, .part2, .part3])
  }

  /// What the manifest keeps is the configuration again; what may be left out is left out where it was.
  @Test func beyondReadsItsOwnJSON() throws {
    var (withoutAblation, everyWord) = (TinyStudy.beyond, TinyStudy.beyond)
    withoutAblation.part4 = "{ranks: [3], bits: [2]}"
    everyWord.part2Ranks = "[full, 7, energy 1, output 2, gradient 3, exchanged 4, sensitivity 5, allocated 6, [1, 2]]"
    for study in [TinyStudy.beyond, withoutAblation, everyWord] {
      let configuration = try read(study.yaml)
      #expect(try StudyConfiguration(configuration.json, name: "tiny", place: "manifest.json") == configuration)
    }
    let plain = try read(TinyStudy().yaml).json
    #expect(plain["calibration"] == nil && plain["part4"] == nil && plain["part2"]?["start"] == nil)
    var named = TinyStudy()
    named.part2Start = "truncated"
    #expect(try read(named.yaml).json == plain)
  }

  private static func beyond(_ name: String, _ says: [String], _ change: (inout TinyStudy) -> Void) -> Mistake {
    Mistake(name, says) { study in
      study = .beyond
      change(&study)
    }
  }

  private static let beyondMistakes: [Mistake] = [
    beyond("allocated without calibration", ["part2.ranks: found 'allocated 4' without the section calibration"]) {
      ($0.calibration, $0.part4, $0.part2Start, $0.part3Ranks) = (nil, nil, nil, "[4]")
    },
    beyond("output without calibration", ["part3.ranks: found 'output 4' without the section calibration"]) {
      ($0.calibration, $0.part4, $0.part2Start, $0.part2Ranks) = (nil, nil, nil, "[4]")
    },
    beyond("matched without calibration", ["part2.start: found matched without the section calibration"]) {
      ($0.calibration, $0.part4, $0.part3Ranks, $0.part2Ranks) = (nil, nil, "[4]", "[4]")
    },
    beyond("part 4 without calibration", ["part4: found this section without the section calibration"]) {
      ($0.calibration, $0.part2Start, $0.part3Ranks, $0.part2Ranks) = (nil, nil, "[4]", "[4]")
    },
    beyond(
      "an unknown allocation",
      [":19: part2.ranks: found 'best 4'", "allocated, energy, output, gradient, exchanged, sensitiv"]
    ) { $0.part2Ranks = "[best 4]" },
    beyond("a word without a rank", [":19: part2.ranks: found 'allocated'"]) { $0.part2Ranks = "[allocated]" },
    beyond("a rank of 0 with a word", [":19: part2.ranks: found 'output 0'"]) { $0.part2Ranks = "[output 0]" },
    beyond("a rank with a leading zero", [":19: part2.ranks: found 'output 04'"]) { $0.part2Ranks = "[output 04]" },
    beyond("uniform in words", [":19: part2.ranks: found 'uniform 4'"]) { $0.part2Ranks = "[uniform 4]" },
    beyond("a word in part 1", [":17: part1.ranks: found 'output 4'", "ranks from 1 to 16384, or full"]) {
      $0.part1Ranks = "[output 4]"
    },
    beyond("a list in part 1", [":17: part1.ranks: found a list"]) { $0.part1Ranks = "[[4, 4]]" },
    beyond("an empty list of ranks", [":19: part2.ranks: found a list"]) { $0.part2Ranks = "[[]]" },
    beyond("a list with a word", [":19: part2.ranks: found a list"]) { $0.part2Ranks = "[[4, full]]" },
    beyond("a list with 0", [":19: part2.ranks: found a list"]) { $0.part2Ranks = "[[4, 0]]" },
    beyond("a list twice", [":19: part2.ranks: found a list twice"]) { $0.part2Ranks = "[[4, 3], [4, 3]]" },
    beyond("too many ranks in a list", ["part2.ranks: found 3 ranks (4-3-2), expected 2, one for each compressed layer"]) {
      $0.part2Ranks = "[[4, 3, 2]]"
    },
    beyond("too few ranks in a list", ["part3.ranks: found 1 rank (4), expected 2"]) { $0.part3Ranks = "[[4]]" },
    beyond(
      "a budget above the dense network",
      ["part2.ranks: found the budget 24, 20272 weights in the compressed layers, expected at most 19296"]
    ) { $0.part2Ranks = "[allocated 24]" },
    beyond("a budget above the dense network in part 4", ["part4.ranks: found the budget 24, 20272 weights"]) {
      $0.part4 = "{ranks: [3, 24], bits: [32]}"
    },
    beyond("a budget above the dense network in the ablation", ["part4.ablation.ranks: found the budget 24"]) {
      $0.part4 = "{ranks: [3], bits: [32], ablation: {ranks: [24], images: [60], allocations: [energy]}}"
    },
    beyond("a budget of 0", [":40: part4.ranks: found '0', expected a list of ranks from 1"]) {
      $0.part4 = "{ranks: [0], bits: [32]}"
    },
    beyond("bits that there are not", [":40: part4.bits: found '5', expected a list of bits (32, 16, 8, 4, 3, 2)"]) {
      $0.part4 = "{ranks: [3], bits: [32, 5]}"
    },
    beyond("1 bit", [":40: part4.bits: found '1'"]) { $0.part4 = "{ranks: [3], bits: [1]}" },
    beyond("one calibration image", [":39: calibration.images: found '1', expected a whole number from 2"]) {
      $0.calibration = "{images: 1, held_out: 100, allocation: exchanged}"
    },
    beyond("nothing held out for the exchange", ["calibration.held_out: found 0, expected 2 or more: ranks are exchanged"]) {
      $0.calibration = "{images: 200, held_out: 0, allocation: exchanged}"
    },
    beyond("one image held out for the exchange", ["calibration.held_out: found 1, expected 2 or more: ranks are exch"]) {
      $0.calibration = "{images: 200, held_out: 1, allocation: exchanged}"
    },
    beyond("one image held out for nothing", ["calibration.held_out: found 1, expected 0, or 2 or more"]) {
      ($0.calibration, $0.part2Ranks) = ("{images: 200, held_out: 1, allocation: energy}", "[4]")
    },
    beyond("an unknown word in calibration", [":39: calibration.allocation: found 'best'", "energy or output or gradient"]) {
      $0.calibration = "{images: 200, held_out: 0, allocation: best}"
    },
    beyond("an unknown key in calibration", [":39: calibration: found the unknown key 'held', expected images, held_out"]) {
      $0.calibration = "{images: 200, held: 0, allocation: energy}"
    },
    beyond("an unknown start", [":20: part2.start: found 'whitened', expected truncated or matched"]) {
      $0.part2Start = "whitened"
    },
    beyond("an unknown word in the ablation", [":40: part4.ablation.allocations: found 'uniform'"]) {
      $0.part4 = "{ranks: [3], bits: [32], ablation: {ranks: [3], images: [60], allocations: [uniform]}}"
    },
    beyond("one image in the ablation", [":40: part4.ablation.images: found '1'", "numbers of images from 2"]) {
      $0.part4 = "{ranks: [3], bits: [32], ablation: {ranks: [3], images: [1], allocations: [energy]}}"
    },
  ]

  /// Few images: said where an experiment depends on them.
  @Test func fewImages() throws {
    let few =
      "calibration.images: found 200, expected 784 or more, the inputs of the widest layer: the covariance of fewer is "
      + "singular, and ranks and weights fit these few images"
    let noise =
      "calibration.held_out: found 99, expected 100 or more: what so few images say of an exchange of ranks is noise"
    for (calibration, part2, part3, part4) in [
      ("{images: 200, held_out: 99, allocation: exchanged}", [few, noise], [few], [few, noise]),
      ("{images: 200, held_out: 100, allocation: exchanged}", [few], [few], [few]),
      ("{images: 784, held_out: 99, allocation: exchanged}", [noise], [], [noise]),
      ("{images: 784, held_out: 99, allocation: energy}", [], [], []),
    ] {
      var study = TinyStudy.beyond
      study.calibration = calibration
      let configuration = try read(study.yaml)
      #expect(configuration.warnings(of: [.baseline, .part1]) == [])
      for (experiment, expected) in [(Experiment.part2, part2), (.part3, part3), (.part4, part4)] {
        #expect(configuration.warnings(of: [.part1, experiment]) == expected, "\(experiment): \(calibration)")
      }
      // Each once.
      #expect(configuration.warnings(of: configuration.experiments) == part4)
    }
    #expect(try read(TinyStudy().yaml).warnings(of: Experiment.allCases) == [])
  }

  /// By hand: 784·24 + 24·20 + 20·10 weights; the inputs of three layers, 828 together, of the calibration images and of
  /// those held out, and of all of these again for each of the two networks of a search.
  @Test func memory() throws {
    func bytes(_ study: TinyStudy, threads: Int = 1) throws -> [Int] {
      let configuration = try read(study.yaml)
      return Experiment.allCases.map { configuration.bytes(of: $0, threads: threads) }
    }
    let training = 5 * 19_496 * 4 + 2 * 70_000 * 784
    #expect(try bytes(TinyStudy()) == [Int](repeating: training, count: 5))
    func calibrated(_ images: Int, searched: Int = 0) -> Int {
      training + 2 * 3 * 784 * 784 * 8 + 2 * (images + searched) * 828 * 4
    }
    var study = TinyStudy.beyond
    let (searching, output) = (calibrated(300, searched: 300), calibrated(200))
    #expect(try bytes(study) == [training, training, searching, output, searching])
    // Part 4 has two budgets.
    for threads in [2, 8] {
      #expect(
        try bytes(study, threads: threads) == [training, training, searching, output, calibrated(300, searched: 600)])
    }
    // Another number of images than the study's has no others held out.
    for (images, held) in [(250, 300), (300, 300), (400, 400)] {
      study.part4 = "{ranks: [3], bits: [32], ablation: {ranks: [3], images: [\(images)], allocations: [energy]}}"
      let part4 = calibrated(held, searched: 300)
      #expect(try bytes(study, threads: 2) == [training, training, searching, output, part4], "\(images)")
    }
    // Statistics are taken for ranks by energy too.
    (study.calibration, study.part2Start) = ("{images: 300, held_out: 100, allocation: energy}", nil)
    (study.part2Ranks, study.part3Ranks) = ("[allocated 4]", "[4]")
    #expect(try bytes(study, threads: 2) == [training, training, calibrated(300), training, calibrated(400)])
    // The search takes 3000 images of each kind at most.
    study.calibration = "{images: 5000, held_out: 4000, allocation: exchanged}"
    #expect(try bytes(study)[2] == calibrated(9000, searched: 6000))
    study.calibration = "{images: 5000, held_out: 2000, allocation: exchanged}"
    #expect(try bytes(study)[2] == calibrated(7000, searched: 5000))
  }

  @Test func beyondMistake() throws {
    for mistake in Self.beyondMistakes { expectOneLine(mistake) }
  }

  /// More calibration images than networks are trained on: found before any work. 400 of the 500 images are trained on.
  @Test func tooFewImagesForCalibration() throws {
    for (calibration, images, says): (String, String, String?) in [
      ("{images: 300, held_out: 100, allocation: exchanged}", "400", nil),
      (
        "{images: 301, held_out: 100, allocation: exchanged}", "400",
        "tiny: calibration.images: found 301, expected at most 300, the training images without those for validation and the "
          + "100 held out"
      ),
      (
        "{images: 401, held_out: 100, allocation: output}", "400",
        "tiny: calibration.images: found 401, expected at most 400, the training images without those for validation"
      ),
      ("{images: 400, held_out: 100, allocation: output}", "400", nil),
      (
        "{images: 300, held_out: 100, allocation: exchanged}", "401",
        "tiny: part4.ablation.images: found 401, expected at most 400, the training images without those for validation"
      ),
    ] {
      var study = TinyStudy.beyond
      study.calibration = calibration
      study.part4 = "{ranks: [3], bits: [32], ablation: {ranks: [3], images: [60, \(images)], allocations: [energy]}}"
      let configuration = try read(study.yaml)
      func open() throws { _ = try StudyImages(configuration, data: .digits, workers: Workers(count: 1)) }
      guard let says else {
        #expect(throws: Never.self) { try open() }
        continue
      }
      let error = #expect(throws: StudyError.self) { try open() }
      #expect(error?.description == says)
    }
  }
}
