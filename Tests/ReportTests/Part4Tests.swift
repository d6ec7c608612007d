import Files
import Foundation
import Results
import Testing
import TestSupport

/// Part 4 in the report: each table against the rows, and what the validation images choose. Three seeds 0.1 points apart have the
/// interval ± 0.25.
@Suite struct Part4Tests {
  private static func threeSeeds(_ change: (inout SamplePart4) -> Void = { _ in }) throws -> String {
    var part = SamplePart4()
    part.sample.seeds = [1, 2, 3]
    change(&part)
    return try part.text()
  }

  private static let text = Result { try threeSeeds() }

  @Test func budgets() throws {
    let text = try Self.text.get()
    #expect(
      table("| D | 32 bits | 4 bits |", of: text) == [
        ["5", "96.60 ± 0.25", "96.35 ± 0.25"], ["10", "97.10 ± 0.25", "96.85 ± 0.25"],
        ["20", "98.10 ± 0.25", "97.85 ± 0.25"],
      ])
    #expect(text.contains("Test accuracy of matched networks with ranks exchanged, by budget and bits of a stored weight:"))
    // Sizes differ between seeds by 10 bytes: their mean.
    #expect(text.contains("| 5 | 160,020 (0.80 %) | 20,020 (0.10 %) |"))
    #expect(text.contains("| 20 | 640,020 (3.20 %) | 80,020 (0.40 %) |"))
    #expect(text.contains("and statistics of 20,000 training images, without labels"))
    // The summary has the other parts alone.
    #expect(!table(under: "## Summary", of: text).contains { $0[0].hasPrefix("matched") })
  }

  @Test func ablation() throws {
    #expect(
      table("| network | D = 10 | D = 20 |", of: try Self.text.get()) == [
        ["truncated", "95.10 ± 0.25", "96.10 ± 0.25"], ["whitened, bias kept", "95.60 ± 0.25", "96.60 ± 0.25"],
        ["+ bias corrected", "96.10 ± 0.25", "97.10 ± 0.25"],
        ["+ matched to the layers before", "96.60 ± 0.25", "97.60 ± 0.25"],
        ["+ weighted by the gradient", "97.10 ± 0.25", "98.10 ± 0.25"],
        ["+ ranks exchanged", "97.10 ± 0.25", "98.10 ± 0.25"], ["the same with 4 bits", "96.85 ± 0.25", "97.85 ± 0.25"],
      ])
  }

  @Test func choices() throws {
    let text = try Self.text.get()
    #expect(
      table("| ranks | images | D = 10 | D = 20 |", of: text) == [
        ["uniform ranks", "validation", "97.20 ± 0.25", "98.20 ± 0.25"],
        ["ranks by gradient", "validation", "97.70 ± 0.25", "98.70 ± 0.25"],
        ["ranks exchanged", "validation", "98.30 ± 0.25", "99.30 ± 0.25"],
        ["uniform ranks", "test", "97.10 ± 0.25", "98.10 ± 0.25"],
        ["ranks by gradient", "test", "97.60 ± 0.25", "98.60 ± 0.25"],
        ["ranks exchanged", "test", "97.10 ± 0.25", "98.10 ± 0.25"],
      ])
    // The test images would have chosen those by gradient.
    #expect(
      text.contains(
        "By the mean on the validation images, the best are ranks exchanged (D = 10 and D = 20). Over these budgets, the mean on "
          + "the validation images is greatest with ranks exchanged, 98.80 %; on the test images, the mean of these networks is "
          + "97.60 ± 0.25 %. The study uses ranks exchanged."))
    #expect(
      table("| network | images | validation | test |", of: text) == [
        ["matched, ranks exchanged, D = 20", "500", "98.30 ± 0.25", "97.10 ± 0.25"],
        ["matched, ranks exchanged, D = 20", "20,000", "99.30 ± 0.25", "98.10 ± 0.25"],
      ])
    #expect(text.contains("the best are 20,000 images (matched, ranks exchanged, D = 20)."))
  }

  /// The time to make one network, by the way to choose ranks.
  @Test func seconds() throws {
    let text = try SamplePart4().text { files, _ in
      var rows = try ResultRow.read(from: files.results)
      for index in rows.indices where rows[index].key.allocation == .exchanged { rows[index].seconds = 31.5 }
      try ResultRow.write(rows, to: files.results)
    }
    #expect(
      table("| ranks | D = 5 | D = 10 | D = 20 |", of: text) == [
        ["uniform ranks", "–", "1.0", "1.0"], ["ranks by gradient", "–", "1.0", "1.0"],
        ["ranks exchanged", "31.5", "31.5", "31.5"],
      ])
  }

  /// A mean of three seeds; W2 of D = 20 is dense with the first one.
  @Test func layerRanks() throws {
    let text = try Self.text.get()
    #expect(
      table("| ranks | D | W1 |", of: text) == [
        ["ranks by gradient", "10", "12.0 ± 2.5", "10.0 ± 0.0", "9.0 ± 0.0"],
        ["ranks by gradient", "20", "22.0 ± 2.5", "20.0 ± 0.0, dense with 1 of 3 seeds", "19.0 ± 0.0"],
        ["ranks exchanged", "5", "7.0 ± 2.5", "5.0 ± 0.0", "4.0 ± 0.0"],
        ["ranks exchanged", "10", "12.0 ± 2.5", "10.0 ± 0.0", "9.0 ± 0.0"],
        ["ranks exchanged", "20", "22.0 ± 2.5", "20.0 ± 0.0, dense with 1 of 3 seeds", "19.0 ± 0.0"],
      ])
    let one = try SamplePart4().text()
    #expect(table("| ranks | D | W1 |", of: one).last == ["ranks exchanged", "20", "21", "dense", "19"])
  }

  /// The least bytes whose validation interval is not below 97 %; its test accuracy is 1.2 points less, and chooses nothing.
  @Test(arguments: [
    (0.0, "matched, ranks exchanged, 4 bits, D = 5", "20,020", "96.35 ± 0.25", "fails"),
    (0.6, "matched, ranks exchanged, 4 bits, D = 5", "20,020", "96.95 ± 0.25", "undecided"),
    (0.95, "matched, ranks exchanged, 4 bits, D = 5", "20,020", "97.30 ± 0.25", "holds"),
    (-0.35, "matched, ranks exchanged, 4 bits, D = 10", "40,020", "96.50 ± 0.25", "fails"),
    (-1, "matched, ranks exchanged, 4 bits, D = 20", "80,020", "96.85 ± 0.25", "undecided"),
  ])
  func smallest(more: Double, title: String, bytes: String, test: String, verdict: String) throws {
    let text = try Self.threeSeeds { $0.more = more }
    #expect(text.contains("whose 95 % interval there is not below 97 %: \(title), \(bytes) bytes, "))
    #expect(text.contains("Test: \(test) %.\n\nTest accuracy of at least 97 %: **\(verdict)**."))
    #expect(try Self.threeSeeds { $0.more = -3 }.contains("No network of this table is above 97 % on the validation images"))
    let digits = try Self.threeSeeds { $0.sample.dataset = "digits" }
    #expect(digits.contains("Test accuracy of at least 97 %: **not tested: built-in digits, not MNIST**."))
  }

  /// No section without rows, and no table without its own.
  @Test func whatIsNotThere() throws {
    let without = try report(of: SampleStudy())
    #expect(!without.contains("## Part 4") && !without.contains("| 32 bits |"))
    var part = SamplePart4()
    part.ablation = []
    let few = try part.text()
    #expect(
      few.contains("| 32 bits |") && !few.contains("What each step brings") && !few.contains("Ways to choose the ranks"))
    part.ranks = []
    part.ablation = [10]
    let ablation = try part.text()
    #expect(!few.contains("follow from the loss on the validation images"))
    #expect(ablation.contains("| network | D = 10 |") && !ablation.contains("No network of this table"))
  }

  /// Ranks by sensitivity are chosen by the loss on the validation images, and the protocol says so.
  @Test func sensitivity() throws {
    let text = try SamplePart4().text { files, _ in
      var rows = try ResultRow.read(from: files.results)
      for index in rows.indices where rows[index].key.allocation == .gradient { rows[index].key.allocation = .sensitivity }
      try ResultRow.write(rows, to: files.results)
    }
    #expect(
      text.contains("Only ranks by sensitivity follow from the loss on the validation images. The 10,000 test images"))
    #expect(
      text.contains(
        "without labels, except ranks by sensitivity, which use those of the validation images, and without a step"))
    #expect(
      text.contains(
        "There ranks by sensitivity have an advantage: they follow from the labels of the same validation images."))
    #expect(try !Self.text.get().contains("sensitivity"))
  }

  /// What part 2 starts from is said where it is not the paper's.
  @Test func start() throws {
    for (start, isSaid) in [("matched", true), ("truncated", false)] {
      let text = try report(of: SampleStudy()) { files, _ in
        var manifest = try Manifest.read(from: files.manifest)
        for index in manifest.runs.indices {
          manifest.runs[index].configuration = .object(["part2": .object(["start": .string(start)])])
        }
        try manifest.write(to: files.manifest)
      }
      #expect(text.contains("The training starts from matched factors, not from truncated ones.") == isSaid, "\(start)")
    }
  }
}
