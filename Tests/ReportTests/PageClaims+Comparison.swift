import Files
import Foundation
import Results

extension PageClaim {
  /// What of `compare.json` the pages tell.
  private struct Record: Decodable {
    struct Row: Decodable {
      let work, peer: String
      let relative_error: [String: Double]?
      let zeros_among_activations: Double?
    }
    struct Parity: Decodable {
      let `case`, precision: String
      let steps: Int
      let difference, limits: [String: Double]
      let difference_of_theirs: [String: Double]?
    }
    struct Environment: Decodable { let processor: String }
    struct Machine: Decodable {
      let seconds: Double, ours: Environment, rows: [Row], parity: [Parity]
    }
    let machines: [Machine]
  }

  /// The processors are the last words of a heading, so that each has a table; they are in the order of the file.
  static func comparison() throws -> [PageClaim] {
    let path = "\(root)/experiments/results/compare"
    let rows = try CompareRow.read(from: "\(path).csv")
    let record = try JSONDecoder().decode(Record.self, from: Data(try readFile("\(path).json")))
    let processors = record.machines.map(\.ours.processor)
    guard Set(processors) == Set(rows.map(\.processor)) else {
      throw FileError(path: "\(path).csv", found: "other processors than in compare.json", expected: "\(processors)")
    }
    return try record.machines.flatMap { machine -> [PageClaim] in
      let rows = rows.filter { $0.processor == machine.ours.processor }
      return on("docs/speed.md", [table(rows, machine), measured(machine)]) + on("README.md", [summary(rows)])
        + on("experiments/peers/README.md", try [errors(machine), parity(machine)])
    } + on("docs/speed.md", [losses(rows)])
      + on(
        "docs/speed.md",
        [String(format: "| `make compare` | %.0f minutes |", (record.machines.map(\.seconds).max() ?? .nan) / 60)])
  }

  private static func table(_ rows: [CompareRow], _ machine: Record.Machine) -> String {
    func text(_ times: CompareRow.Times) -> String {
      String(format: "%.3g (%.3g – %.3g) s", times.median, times.lowerQuartile, times.upperQuartile)
    }
    return
      ([
        "### \(machine.ours.processor)", "", "| work | peer | ours | theirs | ratio |", "| --- | --- | ---: | ---: | ---: |",
      ]
      + rows.map { row in
        "| `\(row.work.rawValue)` | `\(row.peer.rawValue)` | \(text(row.ours)) | \(text(row.theirs)) | "
          + String(format: "%.3g", row.ratio) + (row.isNoisy ? " (noisy) |" : " |")
      }).joined(separator: "\n")
  }

  /// The least ratio of each work in which a user may take whichever peer is fastest.
  private static func summary(_ rows: [CompareRow]) -> String {
    func least(_ work: CompareRow.Work) -> String {
      String(format: "%.2g", rows.filter { $0.work == work }.map(\.ratio).min() ?? .nan)
    }
    let works: [CompareRow.Work] = [.denseEpoch, .dynamicEveryStep, .fullSVDFiveLayers, .truncatedSVDFollow]
    return "on \(rows[0].processor) \(works.map(least).joined(separator: ", "))"
  }

  private static func losses(_ rows: [CompareRow]) -> String {
    let lost = rows.filter { $0.ratio < 1 }.map { "`\($0.work.rawValue)` by `\($0.peer.rawValue)` on \($0.processor)" }
    return lost.isEmpty
      ? "No ratio is below 1." : "Ratios below 1, where this program loses: \(lost.joined(separator: ", "))."
  }

  /// The share of zeros that our products leave out.
  private static func measured(_ machine: Record.Machine) -> String {
    func zeros(_ work: CompareRow.Work) -> Double {
      100 * (machine.rows.first { $0.work == work.rawValue }?.zeros_among_activations ?? .nan)
    }
    return String(
      format: "On %@, %.0f %% of the hidden activations were zero in `dense_epoch` and %.0f %% in `dynamic_every_step`",
      machine.ours.processor, zeros(.denseEpoch), zeros(.dynamicEveryStep))
  }

  private static func errors(_ machine: Record.Machine) throws -> String {
    func error(_ work: CompareRow.Work, _ peer: CompareRow.Peer, _ side: String) -> String {
      let row = machine.rows.first { ($0.work, $0.peer) == (work.rawValue, peer.rawValue) }
      return power(row?.relative_error?[side] ?? .nan)
    }
    return
      (["track", "follow"].map { name in
        let work: CompareRow.Work = name == "track" ? .truncatedSVDTrack : .truncatedSVDFollow
        return
          "| \(machine.ours.processor), `\(name)` | \(error(work, .pytorch, "ours")) | \(error(work, .pytorch, "theirs")) | "
          + "\(error(work, .pytorchWarm, "theirs")) |"
      }).joined(separator: "\n")
  }

  private static func parity(_ machine: Record.Machine) throws -> String {
    machine.parity.map { record in
      "| \(machine.ours.processor) | `\(record.case)` | \(record.precision) | \(record.steps) | "
        + "\(power(record.difference["all"] ?? .nan)) | \(power(record.limits["all"] ?? .nan)) | "
        + "\(record.difference_of_theirs.map { power($0["all"] ?? .nan) } ?? "") |"
    }.joined(separator: "\n")
  }

  /// Such as 3.1·10⁻³.
  private static func power(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    let parts = String(format: "%.1e", value).split(separator: "e")
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let exponent = (Int(parts[1]) ?? 0)
    return "\(parts[0])·10\(exponent < 0 ? "⁻" : "")\(String("\(abs(exponent))".map { digits[$0.wholeNumberValue ?? 0] }))"
  }
}
