import Results
import Testing

@Suite struct LayerRanksTests {
  /// Ranks as text and back; dense layers at the end are left out.
  @Test func text() {
    for (values, text): ([Int?], String) in [
      ([33, 29, 18, 11, 10], "33-29-18-11-10"), ([5], "5"), ([nil, 7], "dense-7"), ([7, nil, 2], "7-dense-2"),
      ([1_000_000_000], "1000000000"),
    ] {
      let ranks = LayerRanks(values)
      #expect(ranks.description == text && LayerRanks(text) == ranks && ranks.values == values)
      #expect(LayerRanks(values + [nil, nil]) == ranks)
    }
    #expect(LayerRanks([]) == LayerRanks([nil, nil]) && LayerRanks([5, 6]) != LayerRanks([6, 5]))
  }

  @Test func textThatIsNone() {
    for text in [
      "", "-", "0", "5-", "-5", "5--6", "05", "+5", "5-0", "dense", "5-dense", "Dense-5", "5 6", "5,6", "1e3", "1000000001",
      "٣",
    ] { #expect(LayerRanks(text) == nil, "\(text)") }
  }
}
