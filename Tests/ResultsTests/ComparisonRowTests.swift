import Files
import Results
import Testing
import TestSupport

@Suite struct ComparisonRowTests {
  private static var sample: SampleStudy { SampleStudy() }
  private static let row = ComparisonRow(
    key: sample.results[3].key, other: "baseline", bothRight: 9700, onlyFirst: 25, onlySecond: 10, bothWrong: 265)

  @Test func counts() {
    #expect(Self.row.images == 10_000 && Self.row.accuracy == 97.25 && Self.row.otherAccuracy == 97.1)
    #expect(abs(Self.row.p - 0.01667384780012071) < 1e-16)
  }

  @Test func columns() throws {
    var row = Self.row
    (row.key.bits, row.key.allocation, row.key.calibrationImages) = (4, .exchanged, 20_000)
    #expect(
      ComparisonRow.columns.dropFirst(7) == [
        "other", "both_right", "only_first", "only_second", "both_wrong", "p", "bits", "ranks", "calibration_images",
        "allocation",
      ])
    #expect(row.fields.dropFirst(7) == ["baseline", "9700", "25", "10", "265", "\(row.p)", "4", "", "20000", "exchanged"])
    try withTemporaryFolder { folder in
      let path = "\(folder)/comparisons.csv"
      try ComparisonRow.write([row, Self.row], to: path)
      #expect(try ComparisonRow.read(from: path) == [row, Self.row])
      for (value, wrong) in [
        ("25", "-1"), ("\(row.p)", "1.1"), ("4", "0"), ("25", "x"), ("\(row.p)", "nan"), ("\(row.p)", "0.02"),
        ("265", "1000001"),
      ] {
        try AtomicFile.write(ComparisonRow.text(of: [row]).replacing(",\(value),", with: ",\(wrong),"), to: path)
        let error = #expect(throws: FileError.self) { try ComparisonRow.read(from: path) }
        #expect(
          error?.path.hasPrefix("\(path):2: ") == true && error?.found == "'\(wrong)'",
          "\(wrong): \(String(describing: error))")
      }
    }
  }

  /// A count that was changed by hand.
  @Test func probabilityOfTheCounts() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/comparisons.csv"
      try AtomicFile.write(ComparisonRow.text(of: [Self.row]).replacing(",25,", with: ",26,"), to: path)
      let error = #expect(throws: FileError.self) { try ComparisonRow.read(from: path) }
      let p = McNemar.probability(onlyFirst: 26, onlySecond: 10)
      #expect(
        error
          == FileError(path: "\(path):2: p", found: "'\(Self.row.p)'", expected: "\(p), McNemar's p of the row's counts"))
    }
  }

  /// Rows count only where both networks are in `results.csv`, with these accuracies.
  @Test func staleRows() throws {
    try withTemporaryFolder { folder in
      let files = try Self.sample.write(to: folder)
      // D = 50 has 98.2 %, the baseline 98.77 %.
      let row = ComparisonRow(
        key: Self.sample.results[3].key, other: "baseline", bothRight: 9800, onlyFirst: 20, onlySecond: 77, bothWrong: 103)
      var others = [row, row, row, row, row]
      others[0].onlyFirst += 1
      others[1].onlySecond -= 1
      others[2].other = "part1-rank-30"
      others[3].key.rank = 30
      others[4].key.bits = 4
      others = others.map {
        ComparisonRow(
          key: $0.key, other: $0.other, bothRight: $0.bothRight, onlyFirst: $0.onlyFirst, onlySecond: $0.onlySecond,
          bothWrong: $0.bothWrong)
      }
      try ComparisonRow.write([row] + others, to: files.comparisons)
      let results = try StudyResults(reading: files)
      #expect(results.comparisons == [row] && results.staleComparisons == others.count)
      #expect(files.comparisons == "\(files.folder)/comparisons.csv")
      var foreign = row
      foreign.key.study = "other"
      try ComparisonRow.write([row, foreign], to: files.comparisons)
      #expect(
        throws: FileError(path: "\(files.comparisons):3", found: "a row of mnist, other", expected: "mnist, paper")
      ) { try StudyResults(reading: files) }
    }
  }
}
