import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Odd matrices, and errors in the middle.
extension CompressorTests {
  /// The bytes of a matrix of zeros are those of factors of zeros, without an error.
  @Test(arguments: [SafeTensors.ElementType.float64, .float32, .float16, .bfloat16])
  func zeros(type: SafeTensors.ElementType) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("w", Matrix<Float>(rows: 150, columns: 120), as: type)
      let model = try file.model(in: folder)
      for extent: Extent in [.rank(3), .energy(0.9), .size(.share(0.5))] {
        let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: extent)
        let report = try model.write(plan, to: "\(folder)/out.safetensors")
        #expect(report.layers[0].predicted == 0 && report.layers[0].measured == 0)
        let out = try Model(readingFrom: "\(folder)/out.safetensors")
        for tensor in out.tensors {
          let elements = try out.read(tensor).elements(as: Double.self, place: "")
          #expect(elements.allSatisfy { $0 == 0 }, "\(tensor.name)")
        }
      }
    }
  }

  /// From subnormal to large elements: relative errors stay where they are, as far as the elements themselves are exact.
  @Test(arguments: [
    (SafeTensors.ElementType.float32, 1e-42, 1e-2), (.float32, 1e-38, 1e-5), (.float32, 1e-20, 1e-5), (.float32, 1e30, 1e-5),
    (.float32, 1e37, 1e-5), (.float64, 0x1p-1030, 1e-5), (.float64, 1e-200, 1e-5), (.float64, 1e200, 1e-5),
    (.float64, 1e307, 1e-5), (.bfloat16, 1e-37, 1e-2), (.bfloat16, 1e37, 1e-2), (.float16, 1e-3, 1e-2),
    (.float16, 3e4, 1e-2),
  ])
  func scales(type: SafeTensors.ElementType, scale: Double, tolerance: Double) throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("w", decaying(40, 30).map { $0 * scale }, as: type)
      let model = try file.model(in: folder)
      let surveyed = try model.surveyed()
      let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .rank(6))
      let row = try model.write(plan, to: "\(folder)/out.safetensors").layers[0]
      let expected = power(0.49, 6)
      #expect(abs(row.predicted - expected.squareRoot()) < tolerance, "\(row.predicted)")
      #expect(abs(row.measured - expected.squareRoot()) < tolerance, "\(row.measured)")
      let spectrum = try #require(surveyed[0].spectrum)
      #expect(abs(spectrum.values[0] / scale - 1) < tolerance)
      #expect(abs(spectrum.droppedShares[6] - expected) < tolerance)
    }
  }

  private func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { product, _ in product * x } }

  /// The largest number: the product of its square roots, rounded, is beyond it.
  @Test func largestElement() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      var a = Matrix<Float>(rows: 20, columns: 20)
      a[3, 5] = .greatestFiniteMagnitude
      file.append("w", a, as: .float32)
      let model = try file.model(in: folder)
      for stored in [StoredType.f32, .bf16] {
        let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(1), stored: stored)
        let report = try model.write(plan, to: "\(folder)/out.safetensors")
        #expect(report.layers[0].measured < 1e-2 && report.json.text.contains("measured_error"))
      }
    }
  }

  /// A norm beyond the largest `Double`, of finite singular values: an error that names the matrix.
  @Test func normBeyondDouble() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("w", Matrix<Double>(rows: 20, columns: 20) { $0 == $1 ? 1.5e308 : 0 }, as: .float64)
      let model = try file.model(in: folder)
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(3))
      let expected = FileError(
        path: "\(model.path): tensor 'w'", found: "a value too large for Double", expected: "a smaller matrix")
      #expect(throws: expected) { try model.write(plan, to: "\(folder)/out.safetensors") }
    }
  }

  /// A rank beyond that of the matrix: factors of nothing more than rounding.
  @Test func rankDeficient() throws {
    try withTemporaryFolder { folder in
      var stream = RandomStream(seed: 3, name: "deficient")
      let (u, v) = (
        Matrix<Double>.normal(rows: 80, columns: 2, from: &stream),
        Matrix<Double>.normal(rows: 2, columns: 60, from: &stream)
      )
      var file = SafeTensors()
      file.append("w", u * v, as: .float64)
      let model = try file.model(in: folder)
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(9))
      let row = try model.write(plan, to: "\(folder)/out.safetensors").layers[0]
      #expect(row.predicted < 1e-13 && row.measured < 1e-13)
      #expect(try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .energy(0.999999)).layers[0].rank == 2)
    }
  }

  /// Factors that F16 cannot hold: the error names the matrix, and nothing stays behind.
  @Test func factorsBeyondF16() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors.sample()
      file.append("big.weight", decaying(60, 60, scale: 1e14), as: .float32)
      let model = try file.model(in: folder)
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(4), stored: .f16)
      let expected = FileError(
        path: "\(model.path): tensor 'big.weight'", found: "factors beyond the range of F16",
        expected: "--store f32 or bf16, which have a wider range")
      #expect(throws: expected) { try model.write(plan, to: "\(folder)/out.safetensors") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
      // Their square roots are within the range of F16 far beyond that of the elements.
      let half = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(4), stored: .bf16)
      #expect(try model.write(half, to: "\(folder)/out.safetensors").layers.last?.measured ?? 1 < 0.3)
    }
  }

  /// A shard that is cut short after it was opened: one line, the earlier output as it was, nothing half-written.
  @Test(arguments: [false, true])
  func aShardThatShrinks(hasEarlier: Bool) throws {
    try withTemporaryFolder { folder in
      let file = SafeTensors.sample()
      try makeFolder("\(folder)/shards")
      let first: Set = ["tok_embed.weight", "fc1.weight", "fc1.bias", "ids"]
      try file.keeping(first).write(to: "\(folder)/shards/1.safetensors")
      try file.keeping(Set(file.tensors.map(\.name)).subtracting(first)).write(to: "\(folder)/shards/2.safetensors")
      if hasEarlier { try AtomicFile.write("earlier", to: "\(folder)/out.safetensors") }
      let model = try Model(readingFrom: "\(folder)/shards")
      let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: .rank(4))
      try #require(truncate("\(folder)/shards/2.safetensors", 1500) == 0)
      let expected = FileError(
        path: "\(folder)/shards/2.safetensors", found: "1500 bytes",
        expected: "\(model.files[1].size), as when it was opened")
      #expect(throws: expected) { try model.write(plan, to: "\(folder)/out.safetensors") }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == (hasEarlier ? ["out.safetensors", "shards"] : ["shards"]))
      if hasEarlier { #expect(try readText("\(folder)/out.safetensors") == "earlier") }
    }
  }
}
