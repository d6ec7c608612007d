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

  /// As many test images as an `Int` holds, and none or fewer.
  @Test func absurdlyManyImages() throws {
    try withTemporaryFolder { folder in
      let sample = SampleStudy()
      let files = try sample.write(to: folder)
      var manifest = sample.manifest
      for (images, text) in [(Int.max, "9,223,372,036,854,775,807"), (0, "0"), (.min, "−9,223,372,036,854,775,808")] {
        manifest.dataset.testImages = images
        try manifest.write(to: files.manifest)
        try StudyReport.write(results: files, figures: "\(folder)/figures", to: files.report)
        #expect(try readText(files.report).contains("differs for 1 of \(text) images."))
      }
    }
  }
}
