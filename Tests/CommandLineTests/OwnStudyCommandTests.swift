import Files
import Foundation
import NeuralNetwork
import Results
import Testing
import TestSupport

/// A study of somebody's data and network, as a person runs it: figures, report and verification.
@Suite struct OwnStudyCommandTests {
  @Test func wholeStudy() throws {
    try withFiles(OwnStudy()) { folder in
      let run = try lowrank(["run", "study/own.yaml"], in: folder)
      #expect(run.status == 0 && run.errorLines.first == "baseline: study/net.safetensors", "\(run.errors)")
      #expect(run.errorLines.last == "run: done (mine, own)")
      let report = try readText("\(folder)/experiments/results/mine/own/REPORT.md")
      #expect(
        report.hasPrefix("# Network Compression Using SVD: study `own` on mine\n\n**Data.** The study names its own data"))
      let network = try SHA256.hexDigest(of: readFile("\(folder)/study/net.safetensors"))
      #expect(report.contains("It was read from `net.safetensors`, SHA-256 `\(network)`, and not trained here."))
      #expect(try figures(in: folder).count == 10)
      #expect(try readText("\(folder)/figures/mine/own/bytes.svg").contains("mine, study own"))
      let verify = try lowrank(["verify", "--study", "study/own.yaml"], in: folder)
      #expect(verify.status == 0, "\(verify.errors)")
      let located = try Invocation(["locate", "dataset", "--study", "study/own.yaml"], in: folder)
      #expect(located.output == "mine\n", "\(located.errors)")
      // The report from the results alone.
      for name in ["net", "train", "test"] {
        try FileManager.default.removeItem(atPath: "\(folder)/study/\(name).safetensors")
      }
      #expect(try lowrank(["run", "study/own.yaml", "--only", "report"], in: folder).status == 0)
      #expect(try Invocation(["figures", "--study", "study/own.yaml"], in: folder).status == 0)
      try expectMistake(
        lowrank(["part1", "--study", "study/own.yaml"], in: folder),
        says: ["study/train.safetensors: found no such file"])
    }
  }

  /// Nothing is said or drawn of parts that are not there.
  @Test func withoutTraining() throws {
    var study = OwnStudy()
    (study.network, study.part2, study.part3) = ("{file: net.safetensors, activation: gelu}", nil, nil)
    try withFiles(study) { folder in
      #expect(try lowrank(["run", "study/own.yaml"], in: folder).status == 0)
      let report = try readText("\(folder)/experiments/results/mine/own/REPORT.md")
      #expect(!report.contains("Part 2") && !report.contains("Part 3") && !report.contains("Not run yet"))
      #expect(!report.contains("Dynamic SVD") && !report.contains("last epoch"))
      #expect(report.contains("Singular values of the compressed weight matrices."))
      #expect(try !figures(in: folder).contains("learning-curves.png") && figures(in: folder).count == 9)
      for name in try figures(in: folder) { #expect(report.contains("own/\(name))"), "\(name)") }
      try expectMistake(
        lowrank(["run", "study/own.yaml", "--only", "part2"], in: folder),
        says: ["study/own.yaml: found no section part2, expected one, as in experiments/paper.yaml"])
    }
    study.part1 = nil
    try withFiles(study) { folder in
      #expect(try lowrank(["run", "study/own.yaml"], in: folder).status == 0)
      let report = try readText("\(folder)/experiments/results/mine/own/REPORT.md")
      #expect(!report.contains("Part 1") && !report.contains("**(d)") && !report.contains("**(e)"))
      for name in try figures(in: folder) { #expect(report.contains("own/\(name))"), "\(name)") }
    }
  }

  /// The images that an option names are not those of the study.
  @Test func otherData() throws {
    try withFiles(OwnStudy()) { folder in
      let study = ["--study", "study/own.yaml"]
      for arguments in [
        ["run", "study/own.yaml"], ["part1"] + study, ["report"] + study, ["verify"] + study, ["figures"] + study,
      ] {
        for data in ["mnist", "digits"] {
          let run = try Invocation(arguments + ["--data", data], in: folder)
          try expectMistake(run, says: ["--data: found \(data), expected auto: study own names its own data, mine"])
        }
      }
      #expect(!fileExists("\(folder)/experiments") && !fileExists("\(folder)/data"))
    }
  }

  private func withFiles(_ study: OwnStudy, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(study.yaml, to: "\(folder)/study/own.yaml")
      try OwnStudy.writeData(to: "\(folder)/study")
      try OwnStudy.writeNetwork(to: "\(folder)/study/net.safetensors")
      try body(folder)
    }
  }

  private func lowrank(_ arguments: [String], in folder: String) throws -> Invocation {
    try Invocation(arguments + ["--threads", "2"], in: folder)
  }

  private func figures(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder)/figures/mine/own").filter { $0.hasSuffix(".png") }
  }
}
