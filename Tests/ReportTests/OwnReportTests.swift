import Files
import Results
import Testing
import TestSupport

/// The report on somebody's data, and on a network that was read.
@Suite struct OwnReportTests {
  /// The name is said; no claim about MNIST is tested, and what its ranks do not measure is left out.
  @Test func ownData() throws {
    var sample = SampleStudy()
    (sample.dataset, sample.study) = ("my_data", "own")
    let text = try report(of: sample)
    #expect(
      text.hasPrefix(
        "# Network Compression Using SVD: study `own` on my\\_data\n\n**Data.** The study names its own data, my\\_data. A sample of "
          + "these is called an image here. The claims of the paper are about MNIST, and are not tested.\n"))
    #expect(!text.contains("NOT MNIST") && !text.contains("**holds") && !text.contains("**fails"))
    for claim in "abcde" { #expect(verdict(claim, in: text) == "not tested: my\\_data, not MNIST", "\(claim)") }
    (sample.trainedRanks, sample.truncated) = ([5], [(5, 80), (1024, 98.7)])
    let small = try report(of: sample)
    #expect(!small.contains("**(b)") && !small.contains("**(c)") && !small.contains("not measured"))
    sample.dataset = "mnist"
    #expect(verdict("b", in: try report(of: sample)) == "not measured")
  }

  /// The paper's accuracy is one on MNIST.
  @Test func smallestNetwork() throws {
    var part = SamplePart4()
    part.sample.dataset = "mine"
    #expect(try !part.text().contains("**The smallest network with 97 %.**"))
  }

  /// A network that was read is named by its file, and no claim is tested on it, not on MNIST either.
  @Test func ownNetwork() throws {
    let network = JSON.object(["file": .string("a`b.safetensors"), "sha256": .string("0a")])
    var sample = SampleStudy()
    sample.seeds = [1, 2]
    func text(without keys: [String], experiments: [Experiment]) throws -> String {
      sample.experiments = experiments
      return try report(of: sample) { files, _ in
        var manifest = try Manifest.read(from: files.manifest)
        for index in manifest.runs.indices {
          guard case .object(var values) = manifest.runs[index].configuration else { continue }
          values["network"] = network
          for key in keys { values[key] = nil }
          manifest.runs[index].configuration = .object(values)
        }
        try manifest.write(to: files.manifest)
      }
    }
    let all = try text(without: [], experiments: [.baseline, .part1, .part2, .part3])
    #expect(all.contains("It was read from `a'b.safetensors`, SHA-256 `0a`, and not trained here."))
    #expect(verdict("a", in: all) == "not tested: a network that was read, not the paper's")
    #expect(all.contains("selects nothing by accuracy: each trained network is the one after the last epoch."))
    #expect(
      all.contains(
        "A seed decides the order of the batches, the dropout and the calibration images; the baseline and the test images are the"
      ))
    // Parts that the study does not have.
    let few = try text(without: ["part2", "part3"], experiments: [.baseline, .part1])
    #expect(few.contains("The program selects nothing by accuracy. The 10,000 test images"))
    #expect(few.contains("## Part 1") && !few.contains("## Part 2") && !few.contains("## Part 3") && !few.contains("**(b)"))
    // Rows of a part are shown, whatever the study file has.
    #expect(try text(without: ["part2"], experiments: [.baseline, .part2]).contains("## Part 2"))
    #expect(try text(without: [], experiments: [.baseline]).contains("Not run yet: there are no rows of part2."))
  }
}
