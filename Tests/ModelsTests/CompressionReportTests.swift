import Compression
import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// What a compression says of itself.
@Suite struct CompressionReportTests {
  private func compressed(_ file: SafeTensors, _ extent: Extent, in folder: String) throws -> (Model, CompressionReport) {
    let model = try file.model(in: folder)
    let plan = try CompressionPlan(of: model, surveyed: try model.surveyed(), extent: extent, stored: .bf16)
    return (model, try model.write(plan, to: "\(folder)/out.safetensors"))
  }

  /// Totals and rows are those of the files.
  @Test func totals() throws {
    try withTemporaryFolder { folder in
      let (model, report) = try compressed(.sample(), .energy(0.96), in: folder)
      let (before, after) = (
        try SafeTensors(readingFrom: model.path), try SafeTensors(readingFrom: "\(folder)/out.safetensors")
      )
      func parameters(_ file: SafeTensors) -> Int { file.tensors.reduce(0) { $0 + $1.tensor.shape.reduce(1, *) } }
      #expect(report.before.parameters == parameters(before) && report.after.parameters == parameters(after))
      #expect(report.before.bytes == fileSize(model.path) && report.after.bytes == fileSize("\(folder)/out.safetensors"))
      #expect(report.digest == SHA256.hexDigest(of: try readFile("\(folder)/out.safetensors")))
      // 0.96 of the energy of fc2 would take more than its break-even rank.
      #expect(report.layers.map(\.rank) == [5, nil])
      #expect(report.layers.map(\.reason) == [nil, "rank 15 would not be smaller"])
      #expect(report.before.macs == 32 * 24 + 28 * 32 && report.after.macs == 5 * (32 + 24) + 28 * 32)
      let (first, second) = (report.layers[0], report.layers[1])
      #expect(first.parametersBefore == 768 && first.parameters == 280 && first.bytesBefore == 3072 && first.bytes == 560)
      #expect(second.parameters == 896 && second.bytes == 3584 && second.stored == "F32" && second.measured == 0)
      #expect(
        report.layers.map(\.digest) == [first.tensor, second.tensor].map { SHA256.hexDigest(of: before[$0]?.bytes ?? []) })
    }
  }

  /// JSON has all of it, whatever the names are.
  @Test func roundTrip() throws {
    try withTemporaryFolder { folder in
      let (_, report) = try compressed(Self.oddlyNamed, .rank(3), in: folder)
      try AtomicFile.write(report.json.prettyText, to: "\(folder)/r.json")
      #expect(try CompressionReport(readingFrom: "\(folder)/r.json") == report)
      #expect(report.json == report.json && report.layers.count == 8)
    }
  }

  static let oddlyNamed: SafeTensors = {
    var file = SafeTensors()
    for name in ["a,b", "a,\u{301}b", "\"\u{301}", "\"", "two\nlines", "e\u{301}", "\u{E9}", ""] {
      file.append(name, decaying(20, 20, seed: UInt64(file.tensors.count)), as: .float32)
    }
    return file
  }()

  /// The table, read again as a list of ranks, gives the same file.
  @Test func tableAsRanks() throws {
    try withTemporaryFolder { folder in
      for (file, extent): (SafeTensors, Extent) in [
        (.sample(), .energy(0.96)), (.sample(), .size(.share(0.7))), (Self.oddlyNamed, .rank(3)),
      ] {
        let (model, report) = try compressed(file, extent, in: folder)
        let bytes = try readFile("\(folder)/out.safetensors")
        try AtomicFile.write(report.csv, to: "\(folder)/r.csv")
        let list = try RankList(readingFrom: "\(folder)/r.csv")
        #expect(list.ranks.map(\.rank) == report.layers.map(\.rank))
        let matrices = try Selection(of: model, listed: list, path: "").selected
        let surveyed = try Survey(of: model, workers: Workers(count: 2), progress: unheard)
          .matrices(matrices, withSpectra: false)
        let plan = try CompressionPlan(of: model, surveyed: surveyed, extent: .listed(list), stored: .bf16)
        _ = try model.write(plan, to: "\(folder)/again.safetensors")
        #expect(try readFile("\(folder)/again.safetensors") == bytes)
      }
    }
  }

  @Test func table() throws {
    try withTemporaryFolder { folder in
      let (_, report) = try compressed(.sample(), .rank(4), in: folder)
      try AtomicFile.write(report.csv, to: "\(folder)/r.csv")
      let rows = try CSVTable(readingFrom: "\(folder)/r.csv", columns: CompressionReport.columns).rows
      let first = try #require(rows.first)
      #expect(first[..<6] == ["fc1.weight", "32", "24", "F32", "BF16", "4"])
      #expect(first[6] == "\(report.layers[0].predicted)" && first[7] == "\(report.layers[0].measured)")
      #expect(first[8...] == ["768", "224", "3072", "448", "768", "224", ""])
    }
  }

  @Test func paths() {
    for (output, stem) in [("a/out.safetensors", "a/out"), ("out", "out"), ("a.safetensors.b", "a.safetensors.b")] {
      let paths = CompressionReport.paths(beside: output)
      #expect(paths.json == stem + ".lowrank.json" && paths.csv == stem + ".lowrank.csv")
    }
  }

  @Test(arguments: [
    ("", "r.json", "text that is not JSON at byte 0"), ("{}", "r.json: version", "no such key"),
    ("{\"version\":2}", "r.json: version", "2"), ("{\"version\":1}", "r.json: layers", "no such key"),
    ("{\"version\":1,\"layers\":[{}]}", "r.json: layers[0].tensor", "no such key"),
  ])
  func damaged(text: String, path: String, found: String) throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(text, to: "\(folder)/r.json")
      let expected = "a report of lowrank compress"
      let error = #expect(throws: FileError.self) { try CompressionReport(readingFrom: "\(folder)/r.json") }
      #expect(error?.path == "\(folder)/\(path)" && error?.found == found, "\(error as Any)")
      #expect(error?.expected == expected || path.hasSuffix("version"))
      #expect(throws: FileError(path: "\(folder)/none.json", found: "no such file", expected: expected)) {
        try CompressionReport(readingFrom: "\(folder)/none.json")
      }
    }
  }
}
