import Files
import Foundation
import Results
import Testing
import TestSupport

/// Every column of every table of the report against the rows that it was made from, each with a value of its own.
extension ReportTests {
  /// Rows whose columns all differ; the seeds' values are neither in order nor evenly apart.
  private static let rows: [ResultRow] = {
    var sample = SampleStudy()
    (sample.seeds, sample.trainedRanks) = ([1, 2, 3], [10, 20])
    return sample.results.enumerated().map { index, row in
      var row = row
      let place = Double(index % 13)
      row.testAccuracy = 80 + place / 8 + [3, 0, 9][Int(row.key.seed) - 1]
      row.validationAccuracy = 60 + place / 8 + [5, 7, 0.5][Int(row.key.seed) - 1]
      // Sizes are the same for each seed.
      (row.parameters, row.parameterRatio) = (1_234_567 + index % 13, 0.1 + place / 100)
      (row.bytes, row.byteRatio) = (7_654_321 + index % 13, 0.3 + place / 100)
      (row.macs, row.macRatio) = (999 + index % 13, 0.5 + place / 100)
      row.seconds = 100 + 10 * place + [2, 0.5, 4][Int(row.key.seed) - 1]
      return row
    }
  }()

  private static let costs: [CostRow] = {
    var sample = SampleStudy()
    (sample.seeds, sample.trainedRanks) = ([1, 2, 3], [10, 20])
    return sample.costs.map { row in
      var row = row
      row.parameters = 2_000_000 + (row.key.rank ?? 0) * 10 + (row.storage == .folded ? 1 : 0) + (row.bits == 16 ? 2 : 0)
      row.parameterRatio = 0.7 + (row.storage == .folded ? 0.1 : 0) + (row.bits == 16 ? 0.05 : 0)
      return row
    }
  }()

  private static let text = Result {
    var sample = SampleStudy()
    (sample.seeds, sample.trainedRanks) = ([1, 2, 3], [10, 20])
    return try report(of: sample) { files, _ in
      try ResultRow.write(rows, to: files.results)
      try CostRow.write(costs, to: files.costs)
      var manifest = sample.manifest
      for index in manifest.runs.indices { manifest.runs[index].seconds = [2, 0.5, 4][index / 4] + Double(index % 4) * 10 }
      try manifest.write(to: files.manifest)
    }
  }

  private static func groups(_ experiments: Set<Experiment>) -> [[ResultRow]] {
    // Of thirteen networks, each with three seeds.
    (0..<13).map { place in [rows[place], rows[13 + place], rows[26 + place]] }.filter {
      experiments.contains($0[0].key.experiment)
    }
  }

  /// Mean and half the width of the interval of three values; Student's t with 2 degrees of freedom is 4.3027.
  private static func interval(_ values: [Double], _ decimals: Int = 2) -> String {
    let mean = (values[0] + values[1] + values[2]) / 3
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half = 4.302652729749464 * (squares / 2 / 3).squareRoot()
    return String(format: "%.\(decimals)f ± %.\(decimals)f", mean, half)
  }

  private static func size(_ count: Int, _ ratio: Double) -> String { "\(grouped(count)) (\(percent(ratio)))" }
  private static func percent(_ ratio: Double) -> String { String(format: "%.2f %%", ratio * 100) }
  private static func grouped(_ count: Int) -> String {
    count < 1000
      ? "\(count)" : grouped(count / 1000) + "," + String(format: "%03d", count % 1000)
  }

  private static func title(_ key: NetworkKey) -> String {
    switch key.method {
    case .dense: "baseline"
    case .fineTuned: "fine-tuned"
    case .dynamic: "dynamic, SVD every \(key.cadence == .step ? "step" : "epoch")"
    default: "truncated"
    }
  }

  @Test func tables() throws {
    let text = try Self.text.get()
    #expect(
      table(under: "## Summary", of: text)
        == Self.groups(Set(Experiment.allCases)).map { rows in
          let row = rows[0]
          return [
            Self.title(row.key), row.key.rank.map { "\($0)" } ?? "–", Self.interval(rows.map(\.testAccuracy)),
            Self.grouped(row.parameters), Self.percent(row.parameterRatio), Self.percent(row.byteRatio),
            Self.percent(row.macRatio),
          ]
        })
    func network(_ rows: [ResultRow], ratios: Bool) -> [String] {
      let row = rows[0]
      return [Self.title(row.key) + (row.key.rank.map { ", D = \($0)" } ?? "")]
        + [Self.interval(rows.map(\.testAccuracy)), Self.interval(rows.map(\.validationAccuracy))]
        + [(row.parameters, row.parameterRatio), (row.bytes, row.byteRatio), (row.macs, row.macRatio)].map {
          ratios ? Self.size($0.0, $0.1) : Self.grouped($0.0)
        } + [Self.interval(rows.map(\.seconds), 1)]
    }
    for (heading, experiment) in [
      ("## Baseline", Experiment.baseline), ("## Part 2: factors fine-tuned", .part2), ("## Part 3: dynamic SVD", .part3),
    ] {
      let expected = Self.groups([experiment]).map { network($0, ratios: experiment != .baseline) }
      #expect(table(under: heading, of: text) == expected)
    }
    #expect(
      table(under: "## Part 1: truncation", of: text)
        == Self.groups([.part1]).map { rows in
          let row = rows[0]
          let stored = [Storage.diagonal, .folded].map { storage in
            let cost = Self.costs.first { $0.key == row.key && $0.storage == storage && $0.bits == 32 }
            return cost.map { Self.size($0.parameters, $0.parameterRatio) } ?? ""
          }
          return [
            "\(row.key.rank ?? 0)", Self.interval(rows.map(\.testAccuracy)), Self.interval(rows.map(\.validationAccuracy)),
          ]
            + stored + [Self.size(row.bytes, row.byteRatio), Self.size(row.macs, row.macRatio)]
        })
    #expect(
      table(under: "## Times", of: text) == [
        ["baseline", "2.2 ± 4.4"], ["part1", "12.2 ± 4.4"], ["part2", "22.2 ± 4.4"], ["part3", "32.2 ± 4.4"],
        ["all, all seeds", "206.0"],
      ])
    // Networks that are not smaller than the baseline are named, those just below it are not.
    for (ratio, isNamed) in [(0.999, false), (1, true), (1.3, true)] {
      let text = try report(of: SampleStudy(), results: { $0.parameterRatio = $0.key.rank == 200 ? ratio : 0.5 })
      #expect(text.contains("**D = 200 is larger than the baseline**") == isNamed)
      #expect(text.contains("Every truncated network has fewer parameters than the baseline.") != isNamed)
    }
  }

  /// The images of each set, in their places; what is left out; the newest run's configuration.
  @Test func header() throws {
    let text = try report(of: SampleStudy()) { files, _ in
      var manifest = try Manifest.read(from: files.manifest)
      (manifest.dataset.trainingImages, manifest.dataset.validationImages, manifest.dataset.testImages) = (111, 22, 3333)
      manifest.runs[2].environment.threads = 5
      manifest.runs[3].started = "2026-01-01T00:00:00Z"
      for index in manifest.runs.indices {
        guard case .object(var values) = manifest.runs[index].configuration else { return }
        values["digits"] = .string("run \(index)")
        manifest.runs[index].configuration = .object(values)
      }
      manifest.runs.removeFirst()
      try manifest.write(to: files.manifest)
    }
    #expect(
      text.contains(
        "**Protocol.** 111 images are for training and 22 for validation. The program selects nothing by accuracy: each network is "
          + "the one after the last epoch. The 3,333 test images are evaluated at the end of a run.\n"))
    #expect(!text.contains("Every choice"))
    #expect(text.contains("digits: \"run 3\""))
    #expect(table(under: "## How it was made", of: text).last == ["threads", "2; 5"])
    // The baseline's rows: one of results, five epochs, its singular values, two costs.
    let spectrum = SampleStudy().spectra.count { $0.key.method == .dense }
    #expect(text.contains("**Left out:** \(1 + 5 + spectrum + 2) rows of runs that the manifest does not have."))
    #expect(table(under: "## Summary", of: text).first?.first == "truncated")
  }
}
