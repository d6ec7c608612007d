/// gnuplot's terminals, one for each file format of a figure.
enum GnuplotTerminal: String, CaseIterable {
  case svg, png, pdf

  /// The command that selects the terminal; text has the same share of the figure in all three.
  func command(width: Int, height: Int) -> String {
    let (inches, tall) = (Double(width) / 100, Double(height) / 100)
    let terminal =
      switch self {
      case .svg: "svg size \(width),\(height) fixed"
      case .png: "pngcairo size \(2 * width),\(2 * height) fontscale 1.5 linewidth 2 pointscale 2"
      case .pdf: "pdfcairo size \(inches)in,\(tall)in fontscale 0.535 linewidth 1.5"
      }
    // `noenhanced`: a study's name is text, not markup.
    return "set terminal \(terminal) font 'Arial,15' background '#ffffff' noenhanced"
  }

  /// The sizes of points, `round` and `cornered`: for the same look they differ between the terminals.
  var variables: String {
    switch self {
    case .svg: "round = 0.8; cornered = 0.85"
    case .png: "round = 1.1; cornered = 1.4"
    case .pdf: "round = 0.95; cornered = 1.25"
    }
  }

  /// Whether `bytes` are a whole file: gnuplot does not notice that it could not write.
  func isComplete(_ bytes: [UInt8]) -> Bool {
    let (head, tail): (String, String) =
      switch self {
      case .svg: ("<?xml", "</svg>")
      case .png: ("PNG\r\n", "IEND")
      case .pdf: ("%PDF-", "%%EOF")
      }
    return Self.position(of: head, in: bytes.prefix(16)) != nil && Self.position(of: tail, in: bytes.suffix(16)) != nil
  }

  /// `bytes` without the time of creation, so that equal results make equal files. The time zone is gnuplot's, always UTC.
  func withoutTime(_ bytes: [UInt8]) -> [UInt8] {
    let key = "/CreationDate (D:"
    guard self == .pdf, let start = Self.position(of: key, in: bytes[...]) else { return bytes }
    var result = bytes
    // Digit for digit: the file's table of offsets stays valid.
    let epoch = Array("19700101000000".utf8)
    for (offset, digit) in epoch.enumerated() {
      let index = start + key.utf8.count + offset
      guard index < result.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(result[index]) else { break }
      result[index] = digit
    }
    return result
  }

  private static func position(of text: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let pattern = Array(text.utf8)
    guard bytes.count >= pattern.count else { return nil }
    return (bytes.startIndex...bytes.endIndex - pattern.count).first { start in
      bytes[start..<start + pattern.count].elementsEqual(pattern)
    }
  }
}
