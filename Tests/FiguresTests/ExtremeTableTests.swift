import Files
import Results
import Testing
import TestSupport

@testable import Figures

/// Tables that can be read, with invented values, are drawn or left out: no crash, no figure that never ends.
@Suite struct ExtremeTableTests {
  @Test func figures() throws {
    var (drawn, refused) = (0, 0)
    for number in 0..<60 {
      try withTemporaryFolder { folder in
        let files = try ExtremeTables(number).write(to: folder)
        let title = StudyTitle(dataset: "mnist", study: "paper")
        do {
          let rows = try StudyResults(reading: files)
          for recipe in FigureCatalog.recipes() {
            guard let figure = recipe.figure(rows, title) else { continue }
            #expect(figure.statements.count < 1000, "\(number): \(figure.name)")
            let warnings = try figure.draw(on: .svg).warnings
            #expect(warnings == "", "\(number): \(figure.name)")
            drawn += 1
          }
        } catch let error as FileError {
          #expect(error.path.hasPrefix(folder), "\(number): \(error)")
          refused += 1
        }
      }
    }
    #expect(drawn > 0 && refused > 0)
  }
}
