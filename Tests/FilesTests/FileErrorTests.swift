import Files
import Testing

@Suite struct FileErrorTests {
  /// What an error quotes may come from a file: neither lines nor commands to the terminal come out.
  @Test func anErrorIsOneLineWhateverItQuotes() {
    for quoted: String in ["a\nb", "a\r\nb", "a\u{2028}b", "a\u{85}b", "a\u{0}b", "a\u{7F}b", "a\u{9B}b"] {
      #expect(
        FileError(path: quoted, found: quoted, expected: quoted).description == "a b: found a b, expected a b", "\(quoted)")
      #expect(FileError(path: quoted, found: quoted).description == "a b: a b", "\(quoted)")
    }
  }

  @Test func theRestIsLeftAsItIs() {
    let text = "weights/é\u{1F600}  ×.safetensors: tensor 'a\"\\b'"
    #expect(FileError(path: text, found: text, expected: text).description == "\(text): found \(text), expected \(text)")
  }
}
