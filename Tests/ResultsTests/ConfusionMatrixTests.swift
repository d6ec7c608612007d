import Results
import Testing

@Suite struct ConfusionMatrixTests {
  private let matrix = ConfusionMatrix(
    classes: 4, labels: [0, 0, 0, 1, 1, 1, 3, 3, 3, 3], answers: [0, 1, 1, 1, 0, 2, nil, 2, 3, 2])

  @Test func counts() {
    #expect(matrix.counts == [[1, 2, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 2, 1]])
    #expect(matrix.unanswered == [0, 0, 0, 1])
    #expect((matrix.classes, matrix.samples, matrix.correct) == (4, 10, 3))
    #expect((0..<4).map { matrix.samples(of: $0) } == [3, 3, 0, 4] && matrix.missing == [2])
  }

  @Test func mistakes() {
    #expect(
      matrix.mistakes.map { [$0.label, $0.answer, $0.count] } == [[0, 1, 2], [3, 2, 2], [1, 0, 1], [1, 2, 1]])
    #expect(ConfusionMatrix(classes: 2, labels: [0, 1], answers: [0, 1]).mistakes.isEmpty)
  }

  @Test func table() {
    #expect(matrix.table.text == "true,0,1,2,3,none\n0,1,2,0,0,0\n1,1,1,1,0,0\n2,0,0,0,0,0\n3,0,0,2,1,1\n")
    #expect(ConfusionMatrix(classes: 2, labels: [0, 1], answers: [0, 0]).table.text == "true,0,1\n0,1,0\n1,1,0\n")
  }
}
