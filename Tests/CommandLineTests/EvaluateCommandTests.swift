import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

/// `lowrank evaluate`: what it prints and writes, its verdict, and a line for each mistake.
@Suite struct EvaluateCommandTests {
  /// A network that is right on nine of ten samples, one that is always right, and data of 200 samples in 4 classes.
  private func withFiles(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let labels = (0..<200).map { UInt8($0 % 4) }
      func write(_ file: SafeTensors, _ name: String) throws {
        try AtomicFile.write(pieces: file.pieces, to: "\(folder)/\(name)")
      }
      // A fifth input turns class 0 into class 1.
      let elements: [Float] = labels.enumerated().flatMap { index, label in
        (0..<5).map { Float($0 == Int(label) ? 1 : $0 == 4 && index % 40 < 20 && label == 0 ? 1 : 0) }
      }
      var data = SafeTensors()
      data.append("x", shape: [200, 5], elements: elements, as: .float32)
      data.append("y", shape: [200], bytes: labels)
      try write(data, "own.safetensors")
      for (name, confusion) in [("good", Float(0)), ("bad", 2)] {
        var network = SafeTensors()
        let weights = Matrix<Float>(rows: 4, columns: 5) { $0 == $1 ? 1 : $0 == 1 && $1 == 4 ? confusion : 0 }
        network.append("fc.weight", weights, as: .float32)
        try write(network, "\(name).safetensors")
      }
      try body(folder)
    }
  }

  private func evaluate(_ arguments: [String], in folder: String) throws -> Invocation {
    try Invocation(["evaluate"] + arguments + ["--no-timing"], in: folder)
  }

  @Test func printsAndWrites() throws {
    try withFiles { folder in
      let run = try evaluate(
        [
          "bad.safetensors", "--data", "own.safetensors", "--csv", "new/c.csv", "--figure", "c.svg", "--json", "r.json",
          "--logits", "l.safetensors",
        ], in: folder)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      for text in [
        "bad.safetensors: 1 layer, no activation; inputs x (by default)\n", "  fc     4×5    dense  F32   no\n",
        "own: 200 samples of 5 numbers (the file, own.safetensors)\n", "87.50  percent\n", "82.20 to 91.39  95 %, Wilson\n",
        "parameters", "the most frequent of 25 wrong answers:\n  0 taken for 1: 25, 50.00 % of all 0\n",
        "true \\ given   0   1   2   3\n           0  25  25   0   0\n",
      ] { #expect(run.output.contains(text), "\(text) in:\n\(run.output)") }
      #expect(try readText("\(folder)/new/c.csv") == "true,0,1,2,3\n0,25,25,0,0\n1,0,50,0,0\n2,0,0,50,0\n3,0,0,0,50\n")
      #expect(try readText("\(folder)/c.svg").contains("Confusion matrix of own: accuracy 87.50 %"))
      let report = try JSON(parsing: readFile("\(folder)/r.json"))
      #expect(report["network"]?["accuracy"] == .number(87.5) && report["network"]?["parameters"] == .number(20))
      #expect(report["data"]?["samples"] == .number(200) && report["threads"] == nil)
      let logits = try SafeTensors(readingFrom: "\(folder)/l.safetensors")
      #expect(logits.tensors.map(\.name) == ["logits"] && logits["logits"]?.shape == [200, 4])
      #expect(try logits["logits"]?.elements(as: Float.self, place: "").prefix(8) == [1, 2, 0, 0, 0, 1, 0, 0])
    }
  }

  /// The status is that of the verdict.
  @Test(
    arguments: [
      ("good", "bad", "0", 0, "holds"), ("bad", "good", "20", 0, "holds"), ("bad", "good", "12", 1, "undecided"),
      ("bad", "good", "2", 1, "fails"), ("bad", "bad", "5", 0, "holds"),
    ] as [(String, String, String, Int32, String)])
  func verdicts(network: String, other: String, points: String, status: Int32, verdict: String) throws {
    try withFiles { folder in
      let run = try evaluate(
        [
          "\(network).safetensors", "--data", "own.safetensors", "--against", "\(other).safetensors", "--no-worse-than",
          points,
        ], in: folder)
      #expect(run.status == status)
      #expect(run.output.contains("no worse than \(points).0 points: \(verdict)\n"), "\(run.output)")
      #expect(run.errorLines.count == (status == 0 ? 0 : 1))
      if status != 0 { #expect(run.errors.hasPrefix("error: --no-worse-than: found a difference of −12.50 points, −")) }
    }
  }

  @Test func comparison() throws {
    try withFiles { folder in
      let run = try evaluate(
        ["good.safetensors", "--data", "own.safetensors", "--against", "bad.safetensors", "--json", "r.json"], in: folder)
      for text in [
        "different classes for 25 of 200 samples\n", "the network on 25, the other one on 0; McNemar's exact p = 5.96e-08\n",
        "difference of the accuracies: 12.50 points, ",
      ] { #expect(run.output.contains(text), "\(text) in:\n\(run.output)") }
      let report = try JSON(parsing: readFile("\(folder)/r.json"))
      #expect(report["comparison"]?["only_first"] == .number(25) && report["against"]?["accuracy"] == .number(87.5))
    }
  }

  @Test func mistakes() throws {
    try withFiles { folder in
      let data = ["good.safetensors", "--data", "own.safetensors"]
      try expectMistake(evaluate(["good.safetensors"], in: folder), says: ["--data: found nothing"])
      try expectMistake(evaluate(data + ["--no-worse-than", "1"], in: folder), says: ["--against"])
      try expectMistake(
        evaluate(["none", "--data", "own.safetensors"], in: folder), says: ["none: found no such file"])
      try expectMistake(
        evaluate(["own.safetensors", "--data", "own.safetensors"], in: folder), says: ["own.safetensors: found no tensor"])
      try expectMistake(
        evaluate(data + ["--logits", "own.safetensors"], in: folder),
        says: ["--logits: found own.safetensors, a file of the data"])
      try expectMistake(evaluate(data + ["--activation", "swish"], in: folder), says: ["swish", "relu", "gelu"])
      try expectMistake(evaluate(data + ["--figure", "c.jpg"], in: folder), says: ["c.jpg: found the suffix .jpg"])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
          "bad.safetensors", "good.safetensors", "own.safetensors",
        ])
    }
  }
}
