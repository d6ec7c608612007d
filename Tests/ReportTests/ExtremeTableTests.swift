import Files
import Report
import Results
import Testing
import TestSupport

/// Tables that can be read, with invented values, are reported as they are, or refused: no crash.
@Suite struct ExtremeTableTests {
  @Test func reports() throws {
    var (written, refused) = (0, 0)
    for number in 0..<60 {
      try withTemporaryFolder { folder in
        let files = try ExtremeTables(number).write(to: folder)
        do {
          try StudyReport.write(results: files, figures: "\(folder)/figures", to: files.report)
          written += 1
        } catch let error as FileError {
          #expect(error.path.hasPrefix(folder), "\(number): \(error)")
          refused += 1
        }
      }
    }
    #expect(written > 0 && refused > 0)
  }

  /// More test images than an `Int` holds once they are multiplied.
  @Test func absurdlyManyImages() throws {
    try withTemporaryFolder { folder in
      let sample = SampleStudy()
      let files = try sample.write(to: folder)
      var rows = sample.results
      for index in rows.indices { rows[index].testAccuracy = rows[index].key.rank == nil ? 100 : 0 }
      try ResultRow.write(rows, to: files.results)
      var manifest = sample.manifest
      manifest.dataset.testImages = .max
      try manifest.write(to: files.manifest)
      try StudyReport.write(results: files, figures: "\(folder)/figures", to: files.report)
      #expect(try readText(files.report).contains("The difference is 9223372036854775807 of"))
    }
  }
}
