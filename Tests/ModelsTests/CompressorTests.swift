import Compression
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// The file that is written, read again and compared with definitions.
@Suite struct CompressorTests {
  /// All that is not factored has its bytes; factors have their shapes; the metadata stay.
  @Test(arguments: FactorNaming.allCases)
  func copies(naming: FactorNaming) throws {
    try withTemporaryFolder { folder in
      let file = SafeTensors.sample()
      let model = try file.model(in: folder)
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(6), naming: naming)
      let report = try model.write(plan, to: "\(folder)/out.safetensors")
      let out = try SafeTensors(readingFrom: "\(folder)/out.safetensors")
      #expect(out.tensors.count == file.tensors.count + 2)
      for (name, tensor) in file.tensors where !["fc1.weight", "fc2.weight"].contains(name) {
        let bias = name.hasSuffix("bias") && naming == .sequential
        let now = bias ? name.replacing(".bias", with: ".1.bias") : name
        #expect(out[now] == tensor, "\(name)")
      }
      for (name, m, n) in [("fc1", 32, 24), ("fc2", 28, 32)] {
        let (first, second) = naming == .sequential ? ("0", "1") : ("lora_A", "lora_B")
        #expect(out["\(name).\(first).weight"]?.shape == [6, n] && out["\(name).\(second).weight"]?.shape == [m, 6])
      }
      #expect(out.metadata["format"] == "pt" && out.metadata.count == 2)
      #expect(report.layers.map(\.rank) == [6, 6])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["model.safetensors", "out.safetensors"])
    }
  }

  /// A matrix, how it is stored before and behind.
  struct Storage: CustomTestStringConvertible {
    let type: SafeTensors.ElementType, stored: StoredType
    var testDescription: String { "\(type) \(stored)" }
  }

  static let storages = [SafeTensors.ElementType.float64, .float32, .float16, .bfloat16].flatMap { type in
    StoredType.elements.map { Storage(type: type, stored: $0) }
  }

  /// Half the distance between 1 and the next larger number of a type: one rounding.
  private static func rounding(_ type: SafeTensors.ElementType) -> Double {
    switch type {
    case .float64: 0x1p-53
    case .float32: 0x1p-24
    case .float16: 0x1p-11
    default: 0x1p-8
    }
  }

  /// The error that is reported is that of the factors as they are stored, by definition, and within 10⁻⁴ of the least that LAPACK
  /// finds in `Double`, beside the rounding of the factors.
  @Test(arguments: storages)
  func errors(storage: Storage) throws {
    try withTemporaryFolder { folder in
      let shapes = [("tall", 60, 30, 0.8), ("wide", 25, 70, 0.95), ("square", 40, 40, 0.6)]
      var file = SafeTensors()
      for (index, (name, m, n, decay)) in shapes.enumerated() {
        file.append(name, decaying(m, n, by: decay, scale: 3, seed: UInt64(index)), as: storage.type)
      }
      let model = try file.model(in: folder)
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(7), stored: storage.stored)
      let report = try model.write(plan, to: "\(folder)/out.safetensors")
      let out = try SafeTensors(readingFrom: "\(folder)/out.safetensors")
      let type = storage.stored.type(of: storage.type)
      let arithmetic = storage.type == .float64 ? 0x1p-50 : 0x1p-21
      for (row, (name, _, _, _)) in zip(report.layers, shapes) {
        let a: Matrix<Double> = try #require(file[name]).matrix(of: Double.self, place: name)
        let (first, second) = (try #require(out["\(name).0.weight"]), try #require(out["\(name).1.weight"]))
        #expect(
          first.type == type && second.type == type && row.stored == type.rawValue && row.type == storage.type.rawValue)
        let v: Matrix<Double> = try first.matrix(of: Double.self, place: name)
        let u: Matrix<Double> = try second.matrix(of: Double.self, place: name)
        let error = naiveError(a, u, v)
        #expect(abs(error - row.measured) < arithmetic, "\(name)")
        let least = Spectrum(try LAPACKSVD.singularValues(of: a)).norm(droppedAt: 7) / a.frobeniusNorm
        let rounding = 2 * Self.rounding(type)
        let most = (least * (1 + 1e-4) * least * (1 + 1e-4) + rounding * rounding).squareRoot()
        #expect(least - arithmetic <= error && error <= most + arithmetic, "\(name): \(least), \(error), \(most)")
        #expect(abs(row.predicted - least) < 1e-4 * least + arithmetic, "\(name)")
        // Both factors carry the square root of the singular values.
        let (own, other) = (try LAPACKSVD.singularValues(of: u), try LAPACKSVD.singularValues(of: v))
        #expect(zip(own, other).allSatisfy { abs($0 - $1) < 100 * Self.rounding(type) * own[0] })
      }
    }
  }

  /// A larger matrix, whose Krylov space is a part of the whole, in a group of several.
  private func larger() -> SafeTensors {
    var file = SafeTensors.sample()
    var stream = RandomStream(seed: 5, name: "noise")
    let noise = Matrix<Double>.normal(rows: 300, columns: 200, from: &stream).map { $0 * 1e-3 }
    file.append("large.weight", decaying(300, 200, by: 0.8) + noise, as: .bfloat16)
    file.append("double.weight", decaying(70, 90), as: .float64)
    return file
  }

  /// The same bytes and the same report for any number of threads, with AVX-512 and without.
  @Test func sameBytes() throws {
    try withTemporaryFolder { folder in
      let model = try larger().model(in: folder)
      func written(_ threads: Int, _ extent: Extent) throws -> ([UInt8], CompressionReport) {
        let surveyed = try model.surveyed(workers: threads)
        let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: extent, stored: .f16)
        let report = try model.write(plan, to: "\(folder)/out.safetensors", workers: threads)
        return (try readFile("\(folder)/out.safetensors"), report)
      }
      for extent: Extent in [.rank(8), .size(.share(0.5))] {
        let (bytes, report) = try written(1, extent)
        for threads in [2, 3, 8] {
          let other = try written(threads, extent)
          #expect(other.0 == bytes && other.1 == report, "\(threads) threads")
        }
        let plain = try AVX512.$isUsed.withValue(false) { try written(2, extent) }
        #expect(plain.0 == bytes && plain.1 == report)
      }
    }
  }

  /// Shards and one file with the same tensors give the same bytes.
  @Test func shardsAreOneFile() throws {
    try withTemporaryFolder { folder in
      let file = SafeTensors.sample()
      try makeFolder("\(folder)/shards")
      let names = file.tensors.map(\.name)
      try file.keeping(Set(names[..<4])).write(to: "\(folder)/shards/1.safetensors")
      try file.keeping(Set(names[4...])).write(to: "\(folder)/shards/2.safetensors")
      var written: [[UInt8]] = []
      for model in [try file.model(in: folder), try Model(readingFrom: "\(folder)/shards")] {
        let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .energy(0.9))
        _ = try model.write(plan, to: "\(folder)/out.safetensors")
        written.append(try readFile("\(folder)/out.safetensors"))
      }
      #expect(written[0] == written[1])
    }
  }

  /// What is told of the progress: each matrix, and the bytes of all tensors, whatever becomes of them.
  @Test func progress() throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      let told = Told()
      let progress = ModelProgress { told.add($0, $1) }
      let surveyed = try Survey(of: model, workers: Workers(count: 3), progress: progress)
        .matrices(try Selection(of: model).selected, withSpectra: true)
      #expect(told.take() == [2, 4 * (32 * 24 + 28 * 32)])
      let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .rank(3))
      let file = try PendingFile("\(folder)/out.safetensors", size: plan.size)
      _ = try Compressor(plan, of: model, workers: Workers(count: 3), progress: progress).write(to: file)
      #expect(told.take() == [2, model.tensors.reduce(0) { $0 + $1.range.count }])
    }
  }
}

/// Counts matrices and bytes on any thread.
final class Told: @unchecked Sendable {
  private let lock = NSLock()
  private var sums = [0, 0]

  func add(_ matrices: Int, _ bytes: Int) { lock.withLock { sums = [sums[0] + matrices, sums[1] + bytes] } }

  /// The counts, which begin anew.
  func take() -> [Int] {
    lock.withLock {
      defer { sums = [0, 0] }
      return sums
    }
  }
}
