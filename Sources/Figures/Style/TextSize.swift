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

/// `texts` so that each is at most `width` wide: what is too long lacks its middle. Those that differ still do.
func shortened(_ texts: [String], size: Double, width: Double) -> [String] {
  let ways = [0.5, 0.3, 0.7, 0.1, 0.9].map { share in
    texts.map { shortened($0, size: size, width: width, start: share) }
  }
  let all = Set(texts).count
  let best = ways.first { Set($0).count == all } ?? ways[0]
  let counts = Dictionary(best.map { ($0, 1) }, uniquingKeysWith: +)
  return best.enumerated().map { index, text in
    guard counts[text, default: 0] > 1 else { return text }
    let number = "\(index + 1): "
    return number + shortened(texts[index], size: size, width: width - textWidth(number, size: size))
  }
}

/// `text` without its middle if it is wider than `width`; the beginning has the share `start` of what stays.
func shortened(_ text: String, size: Double, width: Double, start: Double = 0.5) -> String {
  guard textWidth(text, size: size) > width else { return text }
  let room = width - textWidth("…", size: size)
  func fitting(_ text: some Sequence<Character>, _ width: Double) -> [Character] {
    var left = width
    return text.prefix {
      left -= textWidth(String($0), size: size)
      return left >= 0
    }
  }
  return String(fitting(text, start * room)) + "…" + String(fitting(text.reversed(), (1 - start) * room).reversed())
}
