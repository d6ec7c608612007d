import Files
import Foundation
import NeuralNetwork
import Testing
import TestSupport

// Files of odd headers, and what the reference library finds in them (`experiments/peers/headers.py`).
extension SafeTensorsTests {
  /// A line of `Tests/Headers/safetensors.tsv`.
  private struct ReferenceCase {
    let verdict: [UInt8]
    let name: String
    let file: [UInt8]

    init(_ line: Substring) {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(Self.decoded)
      func number(_ column: Int) -> UInt64? { UInt64(String(decoding: columns[column], as: UTF8.self)) }
      let length = number(2) ?? UInt64(columns[3].count)
      (verdict, name) = (columns[0], String(decoding: columns[1], as: UTF8.self))
      file =
        (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + columns[3]
        + [UInt8](repeating: 0, count: Int(number(4) ?? 0))
    }

    /// Bytes that are percent-encoded.
    private static func decoded(_ text: Substring) -> [UInt8] {
      let parts = text.split(separator: "%", omittingEmptySubsequences: false)
      return Array(parts[0].utf8)
        + parts.dropFirst().flatMap { [UInt8($0.prefix(2), radix: 16) ?? 0] + $0.dropFirst(2).utf8 }
    }
  }

  /// Extents are signed integers; see docs/files.md.
  private static let refused = ["empty, shape [0,9223372036854775808]", "empty, shape [18446744073709551615,0]"]

  @Test func sameTensorsAsTheReference() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let lines = try readText(root.path + "/Headers/safetensors.tsv").split(separator: "\n")
    #expect(lines.count > 300)
    for entry in lines.map(ReferenceCase.init) where !Self.refused.contains(entry.name) {
      #expect(Array(found(in: entry.file).utf8) == entry.verdict, "\(entry.name)")
    }
  }

  private func found(in file: [UInt8]) -> String {
    do {
      let entries = try SafeTensors.Header(decoding: file, path: "x").entries
      return entries.map { "\($0.name) \($0.type.rawValue) \($0.shape)" }.sorted { $0.precedes($1) }.joined(separator: "; ")
    } catch {
      #expect(isOneLine(error, about: "x"))
      return "refused"
    }
  }
}
