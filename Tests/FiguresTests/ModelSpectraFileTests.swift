import Files
import Foundation
import TestSupport
import Testing

@testable import Figures

/// The files that the figure of a model's spectra is written to, and the texts in them.
@Suite struct ModelSpectraFileTests {
  private let spectra = [ModelSpectraTests.layer("a", 20, 30), ModelSpectraTests.layer("b", 8, 4, rank: 2)]

  @Test func theSuffixIsTheFormat() throws {
    try withTemporaryFolder { folder in
      for (suffix, start) in [("svg", "<?xml"), ("png", "\u{89}PNG"), ("pdf", "%PDF"), ("PNG", "\u{89}PNG")] {
        let path = "\(folder)/figures/spectra.\(suffix)"
        try FigureCatalog.probe(figure: path)
        #expect(!fileExists(path))
        try FigureCatalog.draw(model: "m", spectra: spectra, to: path) { Issue.record("\($0)") }
        let bytes = try readFile(path)
        #expect(bytes.starts(with: start.unicodeScalars.map { UInt8($0.value) }), "\(suffix)")
        try FigureCatalog.draw(model: "m", spectra: spectra, to: path)
        #expect(try readFile(path) == bytes, "the same each time")
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/figures").count == 4, "no temporary file is left")
    }
  }

  @Test func anotherSuffixIsOneLine() throws {
    try withTemporaryFolder { folder in
      for (name, found) in [
        ("a.jpg", "the suffix .jpg"), ("svg", "no suffix"), ("a.svg.gz", "the suffix .gz"), ("a.", "no suffix"),
      ] {
        let error = FileError(path: "\(folder)/\(name)", found: found, expected: ".svg, .png or .pdf")
        #expect(throws: error) { try FigureCatalog.probe(figure: error.path) }
        #expect(throws: error) { try FigureCatalog.draw(model: "m", spectra: spectra, to: error.path) }
      }
      #expect(throws: FileError.self) { try FigureCatalog.draw(model: "m", spectra: [], to: "\(folder)/a.svg") }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == [])
    }
  }

  private func svg(_ spectra: [LayerSpectrum], model: String = "model.safetensors") throws -> String {
    let (bytes, warnings) = try FigureCatalog.modelSpectra(model, spectra).draw(on: .svg)
    #expect(warnings == "")
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func everyTextHasRoom() throws {
    for count in [1, 2, 3, 4, 5, 6, 9, 10, 23, 24] {
      let long = (0..<count).map {
        ModelSpectraTests.layer("encoder.layer.\($0).attention.output.dense.weight", 1000, 50_000)
      }
      try LayoutTests.check(svg(long, model: String(repeating: "W", count: 300)), "\(count)")
    }
    for count in [40, 300] {
      let names = (0..<count).map { "\(String(repeating: "MW圧縮", count: 10))\($0 % 30 + 10_000).\($0)" }
      let spectra = names.enumerated().map { ModelSpectraTests.layer($1, 10 + $0, 12, rank: 3) }
      try LayoutTests.check(svg(spectra), "\(count)")
    }
  }

  /// gnuplot and SVG take them as text; a line feed is a space.
  @Test func oddNamesAreNothingButText() throws {
    let names = [
      "_x^y{/*9 big} @pwned & ~a{b}", "it's \"quoted\"", "a\r\nb", "%d %s 100 %", "<b>&amp;</b>", "\\n `touch pwned`",
      "", " ", "圧縮 😀 é", "a\u{202E}b\u{0}c", "'; system('touch pwned') #",
    ]
    let texts = SVGText.all(in: try svg(names.map { ModelSpectraTests.layer($0, 3, 4) })).map(\.text)
    for name in [
      "_x^y{/*9 big} @pwned &amp; ~a{b}", "it's \"quoted\"", "a b", "%d %s 100 %", "&lt;b>&amp;amp;&lt;/b>",
      "\\n `touch pwned`", "圧縮 😀 é", "aU+202Eb c", "'; system('touch pwned') #",
    ] { #expect(texts.contains(name), "\(name): \(texts)") }
    #expect(!fileExists("pwned"))
  }

  @Test func longNamesAreToldApart() {
    let prefix = String(repeating: "encoder.", count: 20)
    for names in [
      (0..<6).map { "\(prefix)\($0).attention.output.weight" }, (0..<6).map { "\($0).\(prefix)weight" },
      (0..<6).map { "\(prefix)\($0).\(prefix)" }, (0..<6).map { "encoder.layer.\($0).attention.\(prefix)query" },
      ["short", "圧縮圧縮圧縮圧縮圧縮圧縮圧縮圧縮圧縮", prefix, prefix],
    ] {
      let short = shortened(names, size: 13, width: 200)
      #expect(Set(short).count == names.count && short.allSatisfy { textWidth($0, size: 13) <= 200 }, "\(short)")
      #expect(zip(short, names).allSatisfy { $0 == $1 || $0.contains("…") && textWidth($0, size: 13) > 170 }, "\(short)")
    }
    #expect(shortened(["abc", "abcdefghi"], size: 10, width: 40) == ["abc", "ab…ghi"])
  }
}
