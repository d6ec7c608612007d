import Files
import Results
import TestSupport
import Testing

@testable import Figures

@Suite struct ConfusionFigureTests {
  /// Every class once right and once taken for the next one.
  private func matrix(_ classes: Int, each: Int = 1, unanswered: Int = 0) -> ConfusionMatrix {
    let labels = (0..<classes).flatMap { [UInt8](repeating: UInt8($0), count: 2 * each) }
    let answers = (0..<classes).flatMap { label in
      [Int?](repeating: label, count: each) + [Int?](repeating: (label + 1) % classes, count: each)
    }
    return ConfusionMatrix(
      classes: classes, labels: labels + [UInt8](repeating: 0, count: unanswered),
      answers: answers + [Int?](repeating: nil, count: unanswered))
  }

  private func svg(_ matrix: ConfusionMatrix, data: String = "kmnist", network: String = "net.safetensors") throws -> String
  {
    let (bytes, warnings) = try FigureCatalog.confusion(matrix, data: data, network: network).draw(on: .svg)
    #expect(warnings == "")
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [1, 2, 3, 10, 26, 47, 62, 100, 256], [1, 5000]) func everyTextHasRoom(classes: Int, each: Int) throws {
    try LayoutTests.check(svg(matrix(classes, each: each)), "\(classes) classes, \(each)")
  }

  @Test func longNamesHaveRoom() throws {
    let name = String(repeating: "W圧", count: 200)
    try LayoutTests.check(svg(matrix(10, unanswered: 3), data: name, network: name), "long names")
  }

  /// The title has the data's own name, and the accuracy; cells have their numbers where there is room.
  @Test func texts() throws {
    let text = try svg(matrix(10, each: 37, unanswered: 5))
    for expected in [
      "Confusion matrix of kmnist: accuracy 49.66 %", "net.safetensors, 745 samples", "5 without an answer are not shown",
      "true class", "class given",
    ] { #expect(text.contains(expected), "\(expected)") }
    #expect(SVGText.all(in: text).count { $0.text == "37" } == 20)
    #expect(try SVGText.all(in: svg(matrix(47, each: 37))).count { $0.text == "37" } == 0)
  }

  /// A row a true class; the colour is the share of the class, whatever its number of samples.
  @Test func cells() throws {
    let matrix = ConfusionMatrix(classes: 3, labels: [0, 0, 0, 0, 1, 1, 2], answers: [1, 1, 2, 2, 1, 2, 2])
    let cells = FigureCatalog.confusion(matrix, data: "d", network: "n").statements.compactMap { statement in
      if case .data(let columns, _) = statement { columns } else { nil }
    }[0]
    #expect(cells[0] == [1, 2, 1, 2, 2] && cells[1] == [0, 0, 1, 1, 2])
    let colours = cells[6]
    #expect(Set(colours[..<4]).count == 1 && colours[4] == ColourScale.number(0) && colours[0] != colours[4])
  }

  @Test func noSamplesAtAll() throws {
    #expect(try svg(ConfusionMatrix(classes: 3, labels: [], answers: [])).contains("accuracy 0.00 %"))
  }

  @Test func formats() throws {
    try withTemporaryFolder { folder in
      for suffix in ["svg", "png", "pdf"] {
        let path = "\(folder)/c.\(suffix)"
        try FigureCatalog.draw(confusion: matrix(10), data: "d", network: "n", to: path) { Issue.record("\($0)") }
        #expect(try readFile(path).count > 1000)
      }
      #expect(throws: FileError.self) {
        try FigureCatalog.draw(confusion: matrix(2), data: "d", network: "n", to: folder + "/c.jpg")
      }
    }
  }
}
