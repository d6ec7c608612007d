import Files
import Foundation
import Results
import Testing
import TestSupport

/// Whatever a table or a manifest holds, it is read or refused in one line that names it.
@Suite struct ResultFileFuzzTests {
  private static let csvWords = [
    ",", ",,", "\n", "\r\n", "\"", "\"\"", "nan", "-inf", "1e999", "-1", "9223372036854775807", "9223372036854775808",
    "0x10", "baseline", "dynamic", "epoch", "mnist", "digits", "../../x", "\u{0}", "\u{FEFF}", "é",
  ]

  @Test func mutatedTables() throws {
    let study = SampleStudy()
    try check("results", ResultRow.text(of: study.results)) { path throws(FileError) in try ResultRow.read(from: path) }
    try check("history", HistoryRow.text(of: study.history)) { path throws(FileError) in try HistoryRow.read(from: path) }
    try check("spectra", SpectrumRow.text(of: study.spectra)) { path throws(FileError) in try SpectrumRow.read(from: path) }
    try check("costs", CostRow.text(of: study.costs)) { path throws(FileError) in try CostRow.read(from: path) }
    let size = SVDSizeRow(
      algorithm: .jacobi, precision: .float, size: 16, rank: 4, runs: 5, seconds: 0.5, residualRatio: 1,
      orthogonalityOfU: nil, orthogonalityOfV: 2, iterations: nil, fullSVDs: 3)
    try check("sizes", SVDSizeRow.text(of: [size, size])) { path throws(FileError) in try SVDSizeRow.read(from: path) }
    let times = CompareRow.Times(median: 2, lowerQuartile: 1, upperQuartile: 3)
    let compare = CompareRow(
      processor: "AMD EPYC", work: .denseEpoch, peer: .numpy, ours: times, theirs: times, ratio: 1, unit: "seconds", runs: 3)
    let step = ScalingRow(
      work: .lowRank, width: 1024, rank: 20, batch: 128, runs: 5, seconds: 0.1, flops: 1e9, factorisationFlops: 1e9,
      bytes: 1e8, modelSeconds: 0.1)
    try check("scaling", ScalingRow.text(of: [step, step])) { path throws(FileError) in try ScalingRow.read(from: path) }
    try check("compare", CompareRow.text(of: [compare, compare])) { path throws(FileError) in try CompareRow.read(from: path)
    }
  }

  @Test func mutatedManifests() throws {
    let manifest = SampleStudy().manifest
    let environment = manifest.runs[0].environment
    let sizes = SVDSizesManifest(
      seed: 1, sizes: [16, 32], runs: 5, rank: 20, budget: 10, spectrum: "s", change: 0.1, bound: 50,
      environment: environment, started: "t", seconds: 1)
    let compare = CompareManifest(machines: [.init(ours: environment, peers: .init(torch: "2", numpy: "2"))])
    try check(manifest) { _ = $0.outdated }
    try check(sizes) { _ in }
    try check(compare) { _ in }
    let model = ScalingManifest.Model(
      work: "dense", flopsPerSecond: 1e11, factorisationFlopsPerSecond: nil, bytesPerSecond: nil, medianError: 0.1,
      largestError: 0.2)
    try check(ScalingManifest(models: [model], sgemm: 1e11, environment: environment, started: "t", seconds: 1)) { _ in }
  }

  /// What would take long, or a deep stack, if it were believed.
  @Test(.timeLimit(.minutes(1))) func absurdManifests() throws {
    for text in [
      String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 100_000), "{\"format\":1e999}",
      "{\"format\":\(String(repeating: "9", count: 100_000))}", "{\"format\":1,\"format\":1}", "\u{FEFF}{}", "nan", "",
    ] {
      try withTemporaryFolder { folder in
        let path = "\(folder)/manifest.json"
        try AtomicFile.write(text, to: path)
        let error = #expect(throws: FileError.self, "\(text.prefix(40))") { try Manifest.read(from: path) }
        #expect(error?.path.hasPrefix(path) == true && (error?.description.count ?? 0) < 1000, "\(text.prefix(40))")
      }
    }
    try withTemporaryFolder { folder in
      let path = "\(folder)/manifest.json"
      let text = String(decoding: SampleStudy().manifest.encoded, as: UTF8.self)
      try AtomicFile.write(text.replacing("\"study\"", with: "\"study\" : \"other\",\n\"study\""), to: path)
      let error = #expect(throws: FileError.self) { try Manifest.read(from: path) }
      #expect(error?.description.contains("the name 'study' twice") == true)
    }
  }

  private func check<Row: TableRow>(_ name: String, _ text: String, _ read: (String) throws(FileError) -> [Row]) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name).csv"
      let (accepted, all) = try Fuzz("table-\(name)", corpus: [Array(text.utf8)], words: Self.csvWords, count: 200).run {
        input, number in
        try Data(input).write(to: URL(fileURLWithPath: path))
        do {
          let rows = try read(path)
          // What was read is text that is read as the same.
          let again = Row.text(of: rows)
          try AtomicFile.write(again, to: path)
          #expect(Row.text(of: try read(path)) == again, "input \(number)")
          return true
        } catch let error as FileError {
          #expect(isOneLine(error, about: path), "input \(number): \(error)")
          return false
        }
      }
      #expect(accepted > 0 && (all == 1 || accepted < all))
    }
  }

  private func check<File: ManifestFile>(_ manifest: File, _ use: (File) -> Void) throws {
    let words = [
      "null", "{}", "[]", "1e999", "-1", "18446744073709551616", "\"\"", "\\ud800", "\\u0000", "[[[[[[[[[[", "\"part1\"",
      "/*", "NaN",
    ]
    try withTemporaryFolder { folder in
      let path = "\(folder)/manifest.json"
      let (accepted, all) = try Fuzz("\(File.self)", corpus: [manifest.encoded], words: words, count: 200).run {
        input, number in
        try Data(input).write(to: URL(fileURLWithPath: path))
        do {
          use(try File.read(from: path))
          return true
        } catch let error as FileError {
          #expect(isOneLine(error, about: path), "input \(number): \(error)")
          return false
        }
      }
      #expect(accepted > 0 && (all == 1 || accepted < all))
    }
  }
}
