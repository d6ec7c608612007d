import Foundation
import Synchronization

/// Collects the ratios. When the tests end, prints the worst of each property and of each family, and the number of cases.
/// `LOWRANK_LEDGER` names a file for the worst of each property in each family.
public enum Ledger {
  private struct Key: Hashable {
    var property: String
    var family: String
  }

  private struct Entry {
    var worst = 0.0
    var line = ""
    var count = 0

    mutating func merge(_ other: Entry) {
      // Of equal ratios the first line, so that the output does not depend on the order of the tests.
      if line.isEmpty || other.worst > worst || other.worst == worst && other.line < line {
        (worst, line) = (other.worst, other.line)
      }
      count += other.count
    }
  }

  private struct Book {
    var entries: [Key: Entry] = [:]
    var cases: Set<String> = []
  }

  private static let book = {
    // Swift Testing has no hook for the end of all tests.
    atexit { Ledger.print() }
    return Mutex(Book())
  }()

  /// Enters the `ratio` of a property of the case that prints itself as `line`.
  public static func enter(_ ratio: Double, property: String, family: String, of line: String) {
    // NaN counts as the worst ratio.
    let entry = Entry(worst: ratio.isNaN ? .infinity : ratio, line: line, count: 1)
    book.withLock { book in
      book.cases.insert(line)
      book.entries[Key(property: property, family: family), default: Entry()].merge(entry)
    }
  }

  private static func print() {
    let (entries, cases) = book.withLock { ($0.entries, $0.cases.count) }
    func table(by name: KeyPath<Key, String>, width: Int, columns: Int) -> String {
      let groups = Dictionary(grouping: entries) { $0.key[keyPath: name] }.sorted { $0.key < $1.key }
      let cells = groups.map { name, group in
        row(group.map(\.value.worst).max() ?? 0, name.padding(toLength: max(width, name.count), withPad: " ", startingAt: 0))
      }
      return stride(from: 0, to: cells.count, by: columns).map { cells[$0..<min(cells.count, $0 + columns)].joined() }
        .joined(separator: "\n")
    }
    func row(_ ratio: Double, _ text: String) -> String { String(format: "%8.3f", ratio) + "  " + text }
    // The worst property of each case.
    let worst = Dictionary(entries.map { ($0.value.line, $0) }) { a, b in
      (b.value.worst, a.key.property) > (a.value.worst, b.key.property) ? b : a
    }.values.sorted { ($1.value.worst, $0.value.line) < ($0.value.worst, $1.value.line) }
    Swift.print(
      """

      The worst ratio of each property:
      \(table(by: \.property, width: 54, columns: 2))

      The worst ratio of each family:
      \(table(by: \.family, width: 20, columns: 4))

      The worst cases:
      \(worst.prefix(8).map { row($0.value.worst, "\($0.value.line) (\($0.key.property))") }.joined(separator: "\n"))

      \(entries.values.reduce(0) { $0 + $1.count }) ratios of \(cases) cases; \
      LOWRANK_SEED=\(TestRun.seed) LOWRANK_TESTS=\(TestRun.multiple) repeats them
      """)
    writeTable(entries)
  }

  private static func writeTable(_ entries: [Key: Entry]) {
    guard let path = TestRun.ledger else { return }
    let rows = entries.map { key, entry in "\"\(key.property)\",\(key.family),\(entry.worst),\(entry.count),\(entry.line)" }
    let text = (["property,family,worst_ratio,ratios,case"] + rows.sorted()).joined(separator: "\n") + "\n"
    do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch { Swift.print("\(path): \(error)") }
  }
}
