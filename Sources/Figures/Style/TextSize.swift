/// An estimate of the width of `text` in Arial, in pixels if `size` is, and a little more for most texts.
///
/// The figure must be laid out before a font is known: a viewer of the SVG chooses its own, and gnuplot has no command that
/// measures text.
func textWidth(_ text: String, size: Double) -> Double {
  size * text.unicodeScalars.reduce(0) { $0 + ems($1) }
}

/// The width of a character in units of the font's size.
private func ems(_ character: Unicode.Scalar) -> Double {
  switch character {
  case " ", "i", "j", "l", "I", "|", "!", "'", ".", ",", ":", ";": 0.28
  case "f", "r", "t", "(", ")", "[", "]", "{", "}", "-", "/", "\\", "\"": 0.34
  case "m", "w", "M", "W", "%", "@", "—", "…": 0.95
  case "A"..."Z", "+", "=", "~", "<", ">": 0.72
  case "\0"..."\u{7F}", "–", "×", "µ": 0.56
  // Chinese, Japanese and Korean characters, and pictures.
  case "\u{1100}"..."\u{115F}", "\u{2E80}"..."\u{A4CF}", "\u{AC00}"..."\u{D7A3}", "\u{F900}"..."\u{FAFF}",
    "\u{FE30}"..."\u{FE6F}", "\u{FF00}"..."\u{FF60}", "\u{1F000}"..."\u{3FFFF}":
    1.05
  default: character.properties.generalCategory == .nonspacingMark ? 0 : 0.75
  }
}

/// `text` in lines that are at most `width` wide. A line ends between words; a word that is wider than a line is cut.
func wrapped(_ text: String, size: Double, width: Double) -> [String] {
  var (lines, line, word) = ([String](), "", "")
  func fits(_ text: String) -> Bool { textWidth(text, size: size) <= width }
  for character in text + " " {
    if character == " " {
      (line, word) = (line.isEmpty ? word : line + " " + word, "")
    } else if fits(line.isEmpty ? word + "\(character)" : line + " " + word + "\(character)") {
      word.append(character)
    } else if line.isEmpty {
      lines.append(word)
      word = "\(character)"
    } else {
      lines.append(line)
      (line, word) = ("", word + "\(character)")
    }
  }
  return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
}
