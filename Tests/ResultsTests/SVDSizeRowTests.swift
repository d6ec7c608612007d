import Files
import Results
import Testing
import TestSupport

@Suite struct SVDSizeRowTests {
  static let rows = [
    SVDSizeRow(
      algorithm: .lapack, precision: .double, size: 64, rank: 64, runs: 5, seconds: 1.0 / 3, residualRatio: 0.25,
      orthogonalityOfU: 3, orthogonalityOfV: 1e-300),
    SVDSizeRow(
      algorithm: .subspaceWarm, precision: .float, size: 64, rank: 20, runs: 1, seconds: 2e-6, residualRatio: nil,
      orthogonalityOfU: nil, orthogonalityOfV: nil, iterations: 3, fullSVDs: 0),
  ]

  @Test func mistakes() throws {
    for (line, message): (String, String) in [
      ("qr,float,64,20,1,2,,,,,", "algorithm: found 'qr', expected jacobi, lapack, subspaceCold, subspaceWarm"),
      ("jacobi,half,64,20,1,2,,,,,", "precision: found 'half', expected float, double"),
      ("jacobi,float,64.5,20,1,2,,,,,", "size: found '64.5', expected a whole number from 1 to 1000000000"),
      ("jacobi,float,64,20,1,2,,,much,,", "orthogonality_v: found 'much', expected a number"),
    ] {
      try withTemporaryFolder { folder in
        let path = "\(folder)/sizes.csv"
        try AtomicFile.write(SVDSizeRow.columns.joined(separator: ",") + "\n" + line + "\n", to: path)
        let error = #expect(throws: FileError.self, "\(line), \(message)") { try SVDSizeRow.read(from: path) }
        #expect(error?.description == "\(path):2: \(message)", "\(line), \(message)")
      }
    }
  }

  /// NaN is no small error, wherever it stands, in memory or read back.
  @Test func worstRatio() throws {
    #expect(Self.rows.map(\.worstRatio) == [3, nil])
    for keyPath in [\SVDSizeRow.residualRatio, \.orthogonalityOfU, \.orthogonalityOfV] {
      var row = Self.rows[0]
      row[keyPath: keyPath] = .nan
      #expect(row.worstRatio?.isNaN == true)
      try withTemporaryFolder { folder in
        try SVDSizeRow.write([row], to: "\(folder)/sizes.csv")
        #expect(try SVDSizeRow.read(from: "\(folder)/sizes.csv").first?.worstRatio?.isNaN == true)
      }
    }
    #expect([1, .nan, 2].greatest?.isNaN == true && [1.0, 3, 2].greatest == 3 && [Double]().greatest == nil)
  }

  @Test func manifest() throws {
    try withTemporaryFolder { folder in
      let files = SVDSizeFiles(table: "\(folder)/a.csv.d/sizes.csv")
      #expect(files.manifest == "\(folder)/a.csv.d/sizes.json")
      let environment = SampleStudy().manifest.runs[0].environment
      let manifest = SVDSizesManifest(
        seed: .max, sizes: [16, 32], runs: 5, rank: 20, budget: 10, spectrum: "1/i", change: 1e-3, bound: 50,
        environment: environment, started: "2026-01-01T00:00:00Z", seconds: 1.25)
      #expect(try SVDSizesManifest.readIfPresent(from: files.manifest) == nil)
      try manifest.write(to: files.manifest)
      #expect(try SVDSizesManifest.readIfPresent(from: files.manifest) == manifest)
      let text = try readText(files.manifest)
      try AtomicFile.write(text.replacing("  \"bound\" : 50,\n", with: ""), to: files.manifest)
      #expect(try SVDSizesManifest.read(from: files.manifest).bound == nil, "files of before have no bound")
      for (broken, says) in [
        ("{}", "no such key"), (text.replacing("\"format\" : 1", with: "\"format\" : 2"), "found format 2, expected 1"),
      ] {
        try AtomicFile.write(broken, to: files.manifest)
        let error = #expect(throws: FileError.self) { try SVDSizesManifest.read(from: files.manifest) }
        #expect(
          error?.description.contains(says) == true && error?.path.hasPrefix(files.manifest) == true, "\(error as Any)")
      }
    }
  }
}
