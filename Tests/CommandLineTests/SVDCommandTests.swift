import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

/// `lowrank svd`: what it prints and writes, and a line for each mistake.
@Suite struct SVDCommandTests {
  /// A matrix w (30×24, F32) of values 1, 1/2, …, and a bias b.
  static let weights: SafeTensors = {
    var stream = RandomStream(seed: 1, name: "weights")
    let w = Matrix<Double>.prescribing((1...24).map { 1 / Double($0) }, rows: 30, columns: 24, from: &stream)
    var file = SafeTensors()
    file.append("w", shape: [30, 24], elements: w.elements, as: .float32)
    file.append("b", shape: [30], elements: [Float](repeating: 1, count: 30), as: .float32)
    return file
  }()

  @Test(arguments: ["jacobi", "lapack", "subspace", "krylov"])
  func printsAndWrites(algorithm: String) throws {
    let knowsAll = algorithm == "jacobi" || algorithm == "lapack"
    try withWeights { folder in
      let run = try svd(
        ["--tensor", "w", "--threads", "2", "--algorithm", algorithm, "--rank", "4", "--output", "new/f.safetensors"],
        in: folder)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      for text in [
        "w.safetensors: tensor 'w': 30 × 24, F32\n", "algorithm: \(algorithm), in F32, rank 4 of 24\n",
        "  1  0.5  0.333333  0.25\n",
        "effective rank (Roy and Vetterli 2007", "  D = 4 ", "  D = 24 (full)      100.0000 %\n", "‖UᵀU − I‖ / (m ε)",
        "‖VᵀV − I‖ / (n ε)",
      ]
        + (knowsAll
          ? ["  D = 10 ", "  D = 20 ", "|‖A − U S Vᵀ‖ − τ| / (‖A‖ max(m,n) ε)", "τ = √(Σ dropped σ²) = "]
          : ["not known, \(algorithm) computes", "|‖A − U S Vᵀ‖² − τ²| / (‖A‖² max(m,n) ε)", "τ = √(‖A‖² − Σ σ²) = "])
      { #expect(run.output.contains(text), "\(text) in:\n\(run.output)") }
      #expect(run.output.contains(" iterations, residual ‖A V − U S‖ = ") == (algorithm == "subspace"))

      let factors = try SafeTensors(readingFrom: "\(folder)/new/f.safetensors")
      #expect(factors.tensors.map(\.name) == ["u", "singular_values", "vt"])
      let u = try #require(try factors["u"]?.matrix(of: Float.self, place: "u"))
      let values = try #require(try factors["singular_values"]?.elements(as: Float.self, place: "singular_values"))
      let vT = try #require(try factors["vt"]?.matrix(of: Float.self, place: "vt"))
      let w = try #require(try Self.weights["w"]?.matrix(of: Float.self, place: "w"))
      let left = (w - SVD(u: u, singularValues: values, vT: vT).product).frobeniusNorm
      let least = Spectrum((5...24).map { 1 / Double($0) }).norm(droppedAt: 0)
      #expect(abs(Double(left) / least - 1) < 1e-5)
    }
  }

  /// Without a name the one matrix is taken, without a rank all of it.
  @Test func withoutOptions() throws {
    try withWeights { folder in
      let run = try svd([], in: folder)
      #expect(run.status == 0 && run.errors.isEmpty)
      #expect(
        run.output.contains("tensor 'w'") && run.output.contains("rank 24 of 24")
          && run.output.contains("  ‖A − U S Vᵀ‖ / ("))
      #expect(!run.output.contains("τ"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["w.safetensors"])
    }
  }

  /// Then the text is on standard error.
  @Test func outputToStandardOutput() throws {
    try withWeights { folder in
      let run = try svd(["--output", "/proc/self/fd/1"], in: folder)
      #expect(run.status == 0 && run.output.contains("singular_values") && !run.output.contains("algorithm: lapack"))
      #expect(run.errors.contains("algorithm: lapack, in F32, rank 24 of 24"))
    }
  }

  /// F64 is computed and written in double precision, F16 and BF16 in single.
  @Test func precisions() throws {
    // The identity times 1: in F64 3FF0…, in F32 3F80…, in F16 3C00, in BF16 3F80; little-endian.
    let one: [String: [UInt8]] = [
      "F64": [0, 0, 0, 0, 0, 0, 0xF0, 0x3F], "F32": [0, 0, 0x80, 0x3F], "F16": [0, 0x3C], "BF16": [0x80, 0x3F],
    ]
    for (type, computed) in [("F64", "F64"), ("F32", "F32"), ("F16", "F32"), ("BF16", "F32")] {
      let element = try #require(one[type])
      let zero = [UInt8](repeating: 0, count: element.count)
      let file = safeTensorsFile(
        header: #"{"w":{"dtype":"\#(type)","shape":[2,2],"data_offsets":[0,\#(4 * element.count)]}}"#,
        data: element + zero + zero + element)
      try withTemporaryFolder { folder in
        try AtomicFile.write(file, to: "\(folder)/w.safetensors")
        let run = try svd(["--output", "f.safetensors"], in: folder)
        #expect(
          run.status == 0 && run.output.contains("2 × 2, \(type)\n") && run.output.contains("in \(computed), rank 2 of 2"),
          "\(run.errors)")
        #expect(run.output.contains("entropy of σᵢ / Σσ): 2.00\n"))
        #expect(try SafeTensors(readingFrom: "\(folder)/f.safetensors")["u"]?.type.rawValue == computed)
      }
    }
  }

  @Test func rankAboveFull() throws {
    try withWeights { folder in
      let run = try svd(["--rank", "99"], in: folder)
      #expect(run.status == 0 && run.output.contains("rank 24 of 24"))
      #expect(run.errors == "warning: --rank: found 99, expected at most 24, the full rank; 24 is used\n")
    }
  }

  @Test func wrongOptions() throws {
    for (arguments, says): ([String], String) in [
      (["--rank", "0"], "--rank: found 0, expected 1 or more"),
      (["--rank", "-3"], "--rank"),
      (["--algorithm", "qr"], "'qr'"),
      (["--output", ""], "--output: found nothing, expected a file"),
      (["--output", "./w.safetensors"], "--output: found ./w.safetensors, the input itself, expected another file"),
      (["--tensor", "v"], "error: w.safetensors: found no tensor 'v', expected one of these: w [30, 24], b [30]"),
      (
        ["--tensor", "b"],
        "error: w.safetensors: tensor 'b': found the shape [30], expected two dimensions, rows and columns"
      ),
    ] {
      try withWeights { folder in
        try expectMistake(try svd(arguments, in: folder), says: [says])
        #expect(try readFile("\(folder)/w.safetensors") == Self.weights.encoded, "\(arguments), \(says)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["w.safetensors"], "\(arguments), \(says)")
      }
    }
  }

  struct BadFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let says: String

    init(_ description: String, _ bytes: [UInt8], says: String) {
      (testDescription, self.bytes, self.says) = (description, bytes, says)
    }

    /// Eight bytes of data behind a header.
    init(_ description: String, _ header: String, says: String) {
      self.init(description, safeTensorsFile(header: header, data: [0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x7F]), says: says)
    }
  }

  static let badFiles = [
    BadFile(
      "header longer than is allowed", [255, 255, 255, 255, 255, 255, 255, 127, 123],
      says: "found a header of 9223372036854775807 bytes, expected at most 100000000: this is not a safetensors file"),
    BadFile("not JSON", "{'w'}", says: "header: found text that is not JSON at byte 1"),
    BadFile(
      "overlapping",
      #"{"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[2,6]}}"#,
      says: "found tensor 'b' from byte 2 of the elements on, expected 4, where 'a' ends"),
    BadFile(
      "offsets out of range", #"{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#,
      says: "found 73 bytes, expected 81: the file is cut short"),
    BadFile(
      "unknown type", #"{"w":{"dtype":"F31","shape":[1,2],"data_offsets":[0,8]}}"#,
      says: "tensor 'w': found the type 'F31', expected BOOL, U8"),
    BadFile(
      "overflow", #"{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
      says: "tensor 'w': found the shape [4611686018427387904, 4] of F32, expected one of whole bytes that fits in memory"),
    BadFile(
      "infinite", #"{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#,
      says: "tensor 'w': found inf in row 0, column 1 (counted from 0), expected finite elements"),
    BadFile(
      "infinite in BF16", #"{"w":{"dtype":"BF16","shape":[4,1],"data_offsets":[0,8]}}"#,
      says: "tensor 'w': found inf in row 3, column 0"),
    BadFile(
      "integers", #"{"w":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]}}"#,
      says: "tensor 'w': found elements of type I64, expected F64, F32, F16 or BF16"),
    BadFile(
      "three dimensions", #"{"w":{"dtype":"F32","shape":[1,1,2],"data_offsets":[0,8]}}"#,
      says: "found no tensors of two dimensions, expected one; there is: w [1, 1, 2]"),
    BadFile(
      "two matrices",
      #"{"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"v":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]}}"#,
      says: "found 2 tensors of two dimensions, expected the name of one: w [1, 1], v [1, 1]"),
    BadFile(
      "a name that commands the terminal", #"{"w\u001b[2J\n":{"dtype":"I64","shape":[1,1],"data_offsets":[0,8]}}"#,
      says: "tensor 'w [2J '"),
    BadFile(
      "empty", safeTensorsFile(header: #"{"w":{"dtype":"F32","shape":[0,4611686018427387904],"data_offsets":[0,0]}}"#),
      says: "tensor 'w': found the shape [0, 4611686018427387904], expected one row and one column or more"),
  ]

  @Test func badFile() throws {
    for bad: BadFile in Self.badFiles {
      try withTemporaryFolder { folder in
        try AtomicFile.write(bad.bytes, to: "\(folder)/w.safetensors")
        let run = try svd(["--output", "new/f.safetensors"], in: folder)
        try expectMistake(run, says: ["error: w.safetensors: ", bad.says])
        #expect(run.status == 1, "\(bad)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["w.safetensors"], "\(bad)")
      }
    }
  }

  @Test func notANumber() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("w", shape: [2, 3], elements: [1, 2, 3, 4, .nan, .infinity] as [Double], as: .float64)
      try AtomicFile.write(file.encoded, to: "\(folder)/w.safetensors")
      try expectMistake(
        try svd([], in: folder),
        says: ["tensor 'w': found nan in row 1, column 1 (counted from 0), expected finite elements"]
      )
    }
  }

  @Test func noFile() throws {
    try withTemporaryFolder { folder in
      try expectMistake(try svd([], in: folder), says: ["error: w.safetensors: found no such file"])
      try expectMistake(try Invocation(["svd"], in: folder), says: ["file.safetensors"])
    }
  }

  /// A disk that fills: what was there before stays.
  @Test func fullDisk() throws {
    try withWeights { folder in
      try AtomicFile.write("earlier", to: "\(folder)/f.safetensors")
      let run = try Invocation(["svd", "w.safetensors", "--output", "f.safetensors"], in: folder, fileLimit: 2000)
      try expectMistake(run, says: ["f.safetensors: found File too large after 2000 bytes, expected room for"])
      #expect(try readText("\(folder)/f.safetensors") == "earlier")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["f.safetensors", "w.safetensors"])
    }
  }

  // MARK: Helpers

  private func withWeights(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Self.weights.encoded, to: "\(folder)/w.safetensors")
      try body(folder)
    }
  }

  private func svd(_ options: [String], in folder: String) throws -> Invocation {
    try Invocation(["svd", "w.safetensors"] + options, in: folder)
  }
}
