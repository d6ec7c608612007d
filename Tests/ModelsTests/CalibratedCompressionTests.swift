import Compression
import Datasets
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Results
import TestSupport
import Testing

@testable import Models

/// Networks that are compressed by their data.
@Suite struct CalibratedCompressionTests {
  /// Of all ways to store a network: the size is that of the plan, the file is read back, and agrees with its report.
  @Test(arguments: StoredType.allCases, ActivationFunction.allCases)
  func stored(_ stored: StoredType, _ activation: ActivationFunction) throws {
    try withTemporaryFolder { folder in
      let report = try SampleNetwork(activation: activation).compress(in: folder, .few(.rank(6), .gradient, stored))
      let out = "\(folder)/out.safetensors"
      let file = try NetworkFile(readingFrom: out)
      #expect(file.names == SampleNetwork.names && file.network.activation == activation && file.statesActivation)
      #expect(file.normalisation == Normalisation() && file.size == report.after.bytes && file.digest == report.digest)
      #expect((file.quantised?.bits) == stored.codeBits)
      let ranks = file.network.layers.map { layer -> Int? in if case .lowRank(let layer) = layer { layer.rank } else { nil }
      }
      #expect(ranks == report.layers.map(\.rank) && ranks.contains { $0 != nil })
      let cost = Cost(of: file.network)
      #expect(cost.parameters == report.after.parameters && cost.macs == report.after.macs)
      #expect(try CompressionReport(readingFrom: CompressionReport.paths(beside: out).json) == report)
      let checks = try ModelVerification(
        of: out, against: "\(folder)/model.safetensors", workers: Workers(count: 1), progress: unheard
      ).checks()
      #expect(checks.compactMap(\.difference) == [] && checks.count > 5)
    }
  }

  /// The network is much nearer to the original than by truncation to the same ranks, and the report's error is that of the logits.
  @Test func errorOfTheLogits() throws {
    try withTemporaryFolder { folder in
      let sample = SampleNetwork()
      let report = try sample.compress(in: folder, .few(.rank(5)))
      let data = try DataFile(readingFrom: "\(folder)/data.safetensors")
      let samples = try CalibrationSamples(of: data, images: 300, heldOut: 80, seed: 1)
      #expect(samples.images.count == 300 && samples.heldOut.count == 80)
      #expect(Set(samples.images).isDisjoint(with: samples.heldOut))
      guard case .numbers(let values) = data.values else { return #expect(Bool(false)) }
      let x = Matrix(
        rows: 80, columns: 40, elements: samples.heldOut.flatMap { values[$0 * 40..<($0 + 1) * 40] })
      let before = try NetworkFile(readingFrom: "\(folder)/model.safetensors").network
      let after = try NetworkFile(readingFrom: "\(folder)/out.safetensors").network
      let z = before.logits(x, workers: Workers(count: 1))
      func error(_ network: Network<Float>) -> Double {
        let approximation = network.logits(x, workers: Workers(count: 1))
        var (errors, all) = (0.0, 0.0)
        for column in 0..<z.columns {
          let mean = (0..<80).reduce(0.0) { $0 + Double(z[$1, column]) } / 80
          for row in 0..<80 {
            errors += pow(Double(z[row, column] - approximation[row, column]), 2)
            all += pow(Double(z[row, column]) - mean, 2)
          }
        }
        return (errors / all).squareRoot()
      }
      #expect(abs(try #require(report.calibration?.logitsError) - error(after)) < 1e-5)
      let svd = try NetworkSVD(of: before, compressing: 3, workers: Workers(count: 1))
      #expect(error(after) < 0.5 * error(svd.truncated(to: report.layers.map(\.rank))))
      // All samples are for test, and some of them for statistics.
      let test = try #require(report.calibration?.test)
      #expect(test.samples == 400 && test.accuracyBefore == 100)
      #expect(abs((test.accuracyAfter ?? 0) - (100 - Double(test.changed) / 4)) < 1e-9)
    }
  }

  /// Layers without biases get one where they are fitted; layers before the first factored one are copied.
  @Test func biasesAndCopies() throws {
    try withTemporaryFolder { folder in
      var sample = SampleNetwork(biases: [false, false, false])
      sample.network.append("other", shape: [3], elements: [1, 2, 3 as Float], as: .float32)
      let model = try sample.network.model(in: folder)
      #expect(throws: FileError.self) { try NetworkFile(readingFrom: model.path) }
      let file = try NetworkFile(readingFrom: model.path, layers: SampleNetwork.names)
      #expect(file.hasBias == [false, false, false] && file.others == ["other"])
      try sample.data.write(to: "\(folder)/data.safetensors")
      func bytes(_ stored: StoredType) throws -> [UInt8] {
        try CalibratedCompression(
          CalibratedCompression.Problem(
            model: model, file: file, selection: try Selection(of: model, include: ["fc2.weight"]),
            data: try DataFile(readingFrom: "\(folder)/data.safetensors"), dataName: "data", normalisation: Normalisation(),
            options: .few(.rank(6), .gradient, stored)), workers: Workers(count: 1), progress: { _ in }
        ).run(test: nil).bytes
      }
      let out = try SafeTensors(decoding: bytes(.same), path: "out")
      #expect(
        Set(out.tensors.map(\.name)) == [
          "fc1.weight", "fc2.0.weight", "fc2.1.weight", "fc2.1.bias", "out.weight", "out.bias", "other",
        ])
      #expect(out["fc1.weight"] == sample.network["fc1.weight"] && out["other"] == sample.network["other"])
      #expect(out["out.weight"] != sample.network["out.weight"] && out.metadata["format"] == "pt")
      let error = #expect(throws: FileError.self) { try bytes(.int4) }
      #expect(error?.description.contains("found the tensor 'other' beside the layers") == true)
    }
  }

  /// The same bytes for any number of threads, and with or without labels; others for another seed.
  @Test(arguments: [Allocation.gradient, .exchanged]) func sameBytes(_ allocation: Allocation) throws {
    try withTemporaryFolder { folder in
      var sample = SampleNetwork()
      func digest(_ seed: UInt64 = 1, threads: Int = 1) throws -> String {
        var options = CalibrationOptions.few(.rank(6), allocation)
        options.seed = seed
        return try sample.compress(in: folder, options, threads: threads).digest
      }
      let first = try digest()
      #expect(try digest(threads: 3) == first && digest(2) != first)
      sample.data = sample.data.keeping(["x"])
      #expect(try digest() == first)
    }
  }

  /// A size is met, and nearly used; ranks are those asked for.
  @Test func extents() throws {
    try withTemporaryFolder { folder in
      let sample = SampleNetwork(widths: [40, 64, 64, 12])
      let whole = try sample.network.model(in: folder).size
      for (stored, share) in [(StoredType.same, 0.5), (.f16, 0.4), (.int8, 0.15), (.int4, 0.12)] {
        for allocation in [Allocation.gradient, .exchanged] {
          let report = try sample.compress(in: folder, .few(.size(.share(share)), allocation, stored))
          let target = share * Double(whole)
          #expect(Double(report.after.bytes) <= target, "\(stored) \(allocation)")
          #expect(Double(report.after.bytes) > 0.85 * target, "\(stored) \(allocation) \(report.after.bytes) \(target)")
        }
      }
      let uniform = try sample.compress(in: folder, .few(.rank(7), .uniform))
      #expect(uniform.layers.map(\.rank) == [7, 7, 7] && uniform.layers.allSatisfy { $0.isFitted == true })
      let other = try sample.compress(in: folder, .few(.rank(7)))
      #expect(other.layers.map(\.rank) != [7, 7, 7] && other.after.macs <= uniform.after.macs)
      var multiple = CalibrationOptions.few(.rank(7))
      multiple.multiple = 4
      #expect(try sample.compress(in: folder, multiple).layers.allSatisfy { ($0.rank ?? 4) % 4 == 0 })
      let energy = try sample.compress(in: folder, .few(.energy(0.99)))
      let more = try sample.compress(in: folder, .few(.energy(0.999)))
      #expect(zip(energy.layers, more.layers).allSatisfy { $0.rank ?? 99 <= $1.rank ?? 99 })
      let digest = try sample.compress(in: folder, .few(.rank(7))).digest
      let list = try RankList(readingFrom: "\(folder)/out.lowrank.csv")
      #expect(try sample.compress(in: folder, .few(.listed(list))).digest == digest)
    }
  }

  /// Mistakes, each in a line with the layer's own name.
  @Test func mistakes() throws {
    func error(_ sample: SampleNetwork, _ options: CalibrationOptions = .few(.rank(6))) throws -> String? {
      try withTemporaryFolder { folder in
        let error = #expect(throws: FileError.self) { try sample.compress(in: folder, options) }
        return error?.description.replacingOccurrences(of: folder, with: "")
      }
    }
    var dead = SampleNetwork()
    let weights = dead.network["fc2.weight"]
    dead.network = dead.network.keeping(["fc1.weight", "fc1.bias", "out.weight", "out.bias"])
    dead.network.append(
      "fc2.weight", shape: weights?.shape ?? [], elements: [Float](repeating: 0, count: 32 * 36), as: .float32)
    #expect(
      try error(dead) == "/model.safetensors: fc2: found the same outputs for all 300 samples, expected outputs that differ")
    var wide = SampleNetwork()
    wide.data = SampleNetwork(widths: [41, 36, 32, 12]).data
    #expect(
      try error(wide)
        == "/data.safetensors: found samples of 41 elements, expected 40, the inputs of 'fc1' in /model.safetensors")
    var few = SampleNetwork(samples: 9)
    #expect(try error(few) == "/data.safetensors: found 9 samples, expected 10 or more for statistics")
    few = SampleNetwork(samples: 40)
    few.data = few.data.keeping(["x"])
    few.data.append("y", shape: [40], bytes: [UInt8](repeating: 0, count: 39) + [12])
    #expect(
      try error(few)
        == "/data.safetensors: found the label 12 for sample 39 (counted from 0), expected a class from 0 to 11: 'out' in /model.safetensors has 12 outputs"
    )
    #expect(try error(SampleNetwork(), .few(.size(.bytes(100))))?.hasPrefix("--size: found 100 B") == true)
  }

  /// What is perhaps not meant.
  @Test func warnings() throws {
    try withTemporaryFolder { folder in
      var sample = SampleNetwork(samples: 30)
      sample.data = sample.data.keeping(["x"])
      sample.data.append("y", shape: [30], bytes: (0..<30).map { UInt8($0 % 11) })
      try sample.data.write(to: "\(folder)/data.safetensors")
      let data = try DataFile(readingFrom: "\(folder)/data.safetensors")
      let samples = try CalibrationSamples(of: data, images: 1000, heldOut: 1000, seed: 1)
      #expect(samples.images.count == 24 && samples.heldOut.count == 6)
      let warnings = samples.warnings(for: Network(widths: SampleNetwork.widths, seed: 1), data: data)
      #expect(warnings.count == 2)
      #expect(warnings[0].contains("found 24 samples for statistics, expected 40 or more"))
      #expect(warnings[1].contains("found no sample of class 11 among the 24"))
    }
  }
}
