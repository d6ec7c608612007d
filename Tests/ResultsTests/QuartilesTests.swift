import Results
import Testing

@Suite struct QuartilesTests {
  /// As R's and NumPy's default.
  @Test(
    arguments: [
      ([7], [7, 7, 7]), ([1, 2], [1.25, 1.5, 1.75]), ([3, 1, 2], [1.5, 2, 2.5]), ([4, 1, 3, 2], [1.75, 2.5, 3.25]),
      ([5, 1, 4, 2, 3], [2, 3, 4]), ([1, 1, 1, 9, 9, 9], [1, 5, 9]),
    ] as [([Double], [Double])]) func values(values: [Double], expected: [Double])
  {
    let quartiles = Quartiles(of: values)
    #expect([quartiles.lower, quartiles.median, quartiles.upper] == expected)
  }
}
