import Foundation
import LinearAlgebra
import Results

/// Result files with some absurd values; input i is a function of i alone.
public struct ExtremeTables: Sendable, CustomStringConvertible {
  public let number: Int

  public init(_ number: Int) { self.number = number }

  public var description: String { "extreme tables \(number)" }

  private static let values = [
    "nan", "inf", "-inf", "-1", "0", "1", "-0.0", "1e308", "-1e308", "5e-324", "1e-300", "101", "9223372036854775807",
    "-9223372036854775808",
    "4611686018427387904", "1000000000", "4294967296",
  ]

  /// Writes the files of a sample study under `root`, with one to four fields changed, in one row, one column or all over.
  public func write(to root: String) throws -> ResultFiles {
    let files = try SampleStudy().write(to: root)
    var stream = RandomStream(seed: 1, name: "extreme", index: UInt64(number) << 10)
    let path = [files.results, files.history, files.spectra, files.costs, files.manifest][stream.below(5)]
    let text = try String(contentsOfFile: path, encoding: .utf8)
    if path == files.manifest {
      let numbers = text.ranges(of: /-?[0-9][0-9.eE+]*(?=,?\n)/)
      let value = Self.values[3 + stream.below(Self.values.count - 3)]
      let changed = text.replacingCharacters(in: numbers[stream.below(numbers.count)], with: value)
      try changed.write(toFile: path, atomically: false, encoding: .utf8)
      return files
    }
    var rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    for _ in 0...stream.below(3) {
      let (row, column) = (1 + stream.below(rows.count - 1), 5 + stream.below(rows[0].count - 5))
      let value = Self.values[stream.below(Self.values.count)]
      let changed = stream.below(3) == 0 ? Array(1..<rows.count) : [row]
      for row in changed where rows[0][column] != "cadence" && rows[0][column] != "storage" { rows[row][column] = value }
    }
    try rows.map { $0.joined(separator: ",") + "\n" }.joined().write(toFile: path, atomically: false, encoding: .utf8)
    return files
  }
}
