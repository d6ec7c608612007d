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
    func worst(_ title: String, by name: KeyPath<Key, String>, and other: KeyPath<Key, String>) {
      Swift.print("\nThe worst ratio of each \(title):")
      for (name, group) in Dictionary(grouping: entries, by: { $0.key[keyPath: name] }).sorted(by: { $0.key < $1.key }) {
        var all = Entry()
        for (_, entry) in group { all.merge(entry) }
        let at = group.filter { $0.value.worst == all.worst }.map { $0.key[keyPath: other] }.min() ?? ""
        Swift.print(row(all.worst, name, all.count, "\(all.line) (\(at))"))
      }
    }
    worst("property", by: \.property, and: \.family)
    worst("family", by: \.family, and: \.property)
    writeTable(entries)
    let times = TestRun.multiple > 1 ? ", \(TestRun.multiple) times" : ""
    Swift.print("\nseed \(TestRun.seed)\(times): repeated by LOWRANK_SEED=\(TestRun.seed) LOWRANK_TESTS=\(TestRun.multiple)")
    Swift.print("\(cases) cases")
  }

  private static func row(_ ratio: Double, _ name: String, _ count: Int, _ line: String) -> String {
    let name = name.padding(toLength: max(56, name.count), withPad: " ", startingAt: 0)
    return String(format: "%8.3f", ratio) + "  \(name)  \(count) ratios, worst: \(line)"
  }

  private static func writeTable(_ entries: [Key: Entry]) {
    guard let path = TestRun.ledger else { return }
    let rows = entries.map { key, entry in "\"\(key.property)\",\(key.family),\(entry.worst),\(entry.count),\(entry.line)" }
    let text = (["property,family,worst_ratio,ratios,case"] + rows.sorted()).joined(separator: "\n") + "\n"
    do { try text.write(toFile: path, atomically: true, encoding: .utf8) } catch { Swift.print("\(path): \(error)") }
  }
}
