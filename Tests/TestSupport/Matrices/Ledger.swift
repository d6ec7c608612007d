import Foundation
import Synchronization

/// What the ratios came to: when the tests end, the number of cases is printed and each property's worst ratio.
public enum Ledger {
  private struct Entry {
    var worst: Double
    var line: String
    var count: Int
  }

  private struct Book {
    var entries: [String: Entry] = [:]
    var cases: Set<String> = []
  }

  private static let book = {
    // Nothing in Swift Testing is called when all tests have ended.
    atexit { Ledger.print() }
    return Mutex(Book())
  }()

  /// Enters the `ratio` of a property of a case, which is given by the line that it prints.
  public static func enter(_ ratio: Double, property: String, of line: String) {
    book.withLock { book in
      book.cases.insert(line)
      var entry = book.entries[property] ?? Entry(worst: 0, line: line, count: 0)
      entry.count += 1
      // NaN is the worst of all.
      if !(ratio <= entry.worst) { (entry.worst, entry.line) = (ratio.isNaN ? .infinity : ratio, line) }
      book.entries[property] = entry
    }
  }

  private static func print() {
    let (entries, cases) = book.withLock { ($0.entries, $0.cases.count) }
    var lines = ["\(cases) cases, \(entries.values.reduce(0) { $0 + $1.count }) ratios; the worst of each property:"]
    for (property, entry) in entries.sorted(by: { $0.key < $1.key }) {
      let ratio = String(format: "%8.3f", entry.worst)
      let name = property.padding(toLength: 56, withPad: " ", startingAt: 0)
      lines.append("\(ratio)  \(name)  \(entry.count) ratios, worst: \(entry.line)")
    }
    Swift.print(lines.joined(separator: "\n"))
  }
}
