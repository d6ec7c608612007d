import Files
import Foundation
import Results

@testable import Report

/// A text with measured numbers that a page must have, made from the committed result files.
struct PageClaim {
  let page: String
  let text: String

  /// The checkout: this file is Tests/ReportTests/PageClaims.swift.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let results = ResultFiles(root: "\(root)/experiments/results", dataset: "mnist", study: "paper")

  static let beyondResults = ResultFiles(root: "\(root)/experiments/results", dataset: "mnist", study: "beyond")

  static func all() throws -> [PageClaim] {
    try study() + beyond() + svdSizes() + scaling() + comparison()
  }

  /// `texts` on `page`.
  static func on(_ page: String, _ texts: [String]) -> [PageClaim] { texts.map { PageClaim(page: page, text: $0) } }

  private static func study() throws -> [PageClaim] {
    let facts = try StudyFacts(reading: results)
    let data = facts.manifest.dataset
    let numbers: KeyValuePairs = [
      "The # training images": data.trainingImages + data.validationImages, "the first # train": data.trainingImages,
      "the last # are": data.validationImages, "The # test images": data.testImages,
      "has # parameters": facts.baseline?.rows.first?.parameters ?? 0,
    ]
    func network(_ method: Method, _ cadence: Cadence? = nil) -> String {
      let group = facts.networks.first {
        ($0.key.method, $0.key.rank, $0.key.cadence) == (method, 20, cadence) && $0.key.isUniform
      }
      let seconds = group?.interval(of: \.seconds)?.mean ?? .nan
      return "\(Markdown.interval(group?.test)) % in \(Markdown.number(seconds, decimals: 1)) s"
    }
    let seeds = max(1, facts.results.seeds.count)
    let minutes = facts.manifest.runs.reduce(0) { $0 + $1.seconds } / 60 / Double(seeds)
    let trainings = [network(.fineTuned), network(.dynamic, .epoch), network(.dynamic, .step)]
    return on("docs/study.md", numbers.map { $0.key.replacing("#", with: Markdown.count($0.value)) })
      + on(
        "README.md",
        [
          summary(facts), String(format: "The whole study takes %.0f minutes on two cores", minutes),
          "fine-tuning reaches \(trainings[0]) of training, dynamic SVD \(trainings[1]) (SVD every epoch) and "
            + "\(trainings[2]) (SVD every step)",
        ])
  }

  /// README.md has fewer columns than the report.
  private static func summary(_ facts: StudyFacts) -> String {
    let table = StudyReport.summary(facts).compactMap(\.table)[0]
    func kept(_ cells: [String]) -> [String] {
      cells.enumerated().filter { [0, 1, 2, 3, 5].contains($0.offset) }.map(\.element)
    }
    return Markdown.table(kept(table.columns), table.rows.map(kept))
  }

  /// What part 4 reaches by budget, and what a rank a layer does to dynamic SVD.
  private static func beyond() throws -> [PageClaim] {
    guard fileExists(beyondResults.results) else { return [] }
    let facts = try StudyFacts(reading: beyondResults)
    guard let part = Part4(facts), let allocation = part.allocation else { return [] }
    let rows = [10, 20, 30].map { rank -> [String] in
      let four = part.network(.matched, allocation, rank: rank, bits: 4)
      let networks = [
        part.network(.truncated, .uniform, rank: rank), part.network(.matched, allocation, rank: rank), four,
      ]
      return ["\(rank)"] + networks.map { Markdown.interval($0?.test) } + [Markdown.percent(four?.bytes.ratio ?? .nan)]
    }
    // Of the ways to choose ranks, the one that the validation images choose.
    func dynamic(_ isUniform: Bool) -> String {
      let networks = facts.networks.filter {
        ($0.key.method, $0.key.cadence, $0.key.rank) == (.dynamic, .step, 20) && $0.key.isUniform == isUniform
      }
      return Markdown.interval(NetworkGroup<ResultRow>.best(of: networks)?.test)
    }
    return on(
      "README.md",
      [
        Markdown.table(["weights of D =", "truncated", "matched", "matched, 4 bits", "their bytes"], rows),
        "Dynamic SVD in every step reaches \(dynamic(true)) % with D = 20 in each layer, and \(dynamic(false)) % with as many "
          + "weights and the ranks that the validation images choose.",
      ])
  }

  private static func svdSizes() throws -> [PageClaim] {
    let path = "\(root)/experiments/results/svd/sizes"
    let rows = try SVDSizeRow.read(from: "\(path).csv")
    func row(_ algorithm: SVDSizeRow.Algorithm, _ precision: SVDSizeRow.Precision = .float) -> SVDSizeRow? {
      rows.first { $0.algorithm == algorithm && $0.precision == precision && $0.size == 1024 }
    }
    let (cold, minutes) = (row(.subspaceCold, .double), try SVDSizesManifest.read(from: "\(path).json").seconds / 60)
    return on(
      "docs/numerics.md", [String(format: "the largest ratio is %.1f", rows.compactMap(\.worstRatio).greatest ?? .nan)])
      + on(
        "docs/speed.md",
        [
          String(format: "by LAPACK takes %.2f s", row(.lapack)?.seconds ?? .nan),
          String(format: "takes %.2f s from a cold", row(.subspaceCold)?.seconds ?? .nan),
          String(format: "it takes %.1f ms", 1000 * (row(.subspaceWarm)?.seconds ?? .nan)),
          "In double precision \(cold?.fullSVDs ?? 0) of \(cold?.runs ?? 0) runs did not converge: they gave up after at most "
            + "\(cold?.iterations ?? 0) iterations",
          String(format: "| `make svd-sizes` | %.0f minutes |", minutes),
        ])
  }

  /// What the model says of width 16,384, as far as its errors at the measured widths allow.
  private static func scaling() throws -> [PageClaim] {
    let folder = "\(root)/experiments/results/scaling"
    let rows = try ScalingRow.read(from: "\(folder)/scaling.csv").filter { [nil, 20].contains($0.rank) && $0.batch == 128 }
    func errors(_ work: ScalingRow.Work) -> [Double] {
      rows.filter { $0.work == work }.compactMap { row in row.seconds.map { row.modelSeconds / $0 } }
    }
    /// The least and the greatest time that the model's errors allow, in units of `unit` seconds.
    func range(_ work: ScalingRow.Work, unit: Double, _ format: String) -> String {
      let seconds = rows.first { $0.work == work && $0.width == 16_384 }?.modelSeconds ?? .nan
      let ends = [errors(work).max() ?? .nan, errors(work).min() ?? .nan].map { seconds / $0 / unit }
      return ends.map { String(format: format, $0) }.joined(separator: " to ")
    }
    let errors = ScalingRow.Work.allCases.flatMap(errors)
    // 55,000 images in batches of 128.
    let (steps, width) = (430.0, 16_384.0)
    let weights = 784 * width + 4 * width * width + 10 * width
    let factors = 20 * (784 + width) + 4 * 20 * 2 * width + 10 * width
    let manifest = try ScalingManifest.read(from: "\(folder)/scaling.json")
    func rate(_ work: ScalingRow.Work) -> Double {
      (manifest.models.first { $0.work == work.rawValue }?.bytesPerSecond ?? .nan) / 1e9
    }
    let rates = String(
      format: "%.0f GB/s for dense steps, %.0f for factors, %.0f for dynamic SVD", rate(.dense), rate(.lowRank),
      rate(.dynamic))
    return on(
      "docs/speed.md",
      [
        String(
          format: "between %.0f %% below the measured time and %.0f %% above it", 100 * (1 - (errors.min() ?? .nan)),
          100 * ((errors.max() ?? .nan) - 1)),
        "a dense step takes \(range(.dense, unit: 1, "%.1f")) s, one with dynamic SVD of rank 20 "
          + "\(range(.dynamic, unit: 1, "%.1f")) s, and one with factors of rank 20 \(range(.lowRank, unit: 1e-3, "%.0f")) ms",
        "epochs of \(range(.dense, unit: 60 / steps, "%.0f")) minutes, \(range(.dynamic, unit: 60 / steps, "%.0f")) minutes "
          + "and \(range(.lowRank, unit: 1 / steps, "%.0f")) seconds",
        String(format: "need %.1f GB for the dense network and %.0f MB for the factors", 8e-9 * weights, 8e-6 * factors),
        rates, String(format: "| `make scaling` | %.0f minute", manifest.seconds / 60),
      ])
  }
}
