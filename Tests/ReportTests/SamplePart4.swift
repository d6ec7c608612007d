import Files
import Results
import TestSupport

/// Rows of part 4 with invented values, behind those of a sample study.
///
/// Test accuracy with seed 1: 94 + D / 10, half a point more for each step of the method; validation is 0.1 above it, and 1.2 where
/// ranks are exchanged, so that the test images would choose otherwise.
struct SamplePart4 {
  var sample = SampleStudy()
  /// Added to all accuracies.
  var more = 0.0
  /// Of the main table.
  var ranks = [5, 10, 20]
  var ablation = [10, 20]

  private static let images = 20_000

  private func row(
    _ method: Results.Method, _ allocation: Allocation, _ rank: Int, seed: UInt64, step: Double, bits: Int = 32,
    images: Int? = SamplePart4.images
  ) -> ResultRow {
    let isUniform = allocation == .uniform
    let first = isUniform ? rank : rank + Int(seed)
    let key = NetworkKey(
      dataset: sample.dataset, study: sample.study, seed: seed, experiment: .part4, method: method, rank: rank,
      ranks: LayerRanks([first, !isUniform && rank == 20 && seed == 1 ? nil : rank, rank - 1]),
      calibrationImages: method == .truncated ? nil : images, allocation: allocation, bits: bits)
    let accuracy = more + 94 + Double(rank) / 10 + step / 2 + 0.1 * Double(seed - 1)
    let bytes = 1000 * rank * bits + (isUniform ? 0 : 10 * Int(seed))
    return ResultRow(
      key: key, testAccuracy: accuracy, validationAccuracy: min(100, accuracy + (allocation == .exchanged ? 1.2 : 0.1)),
      parameters: 1000 * rank, parameterRatio: 0.1, bytes: bytes, byteRatio: Double(bytes) / 20_000_000, macs: 1,
      macRatio: 0.1,
      seconds: 1, changedPredictions: 0)
  }

  var rows: [ResultRow] {
    sample.seeds.flatMap { seed in
      ranks.flatMap { rank in
        [(32, 4.0), (4, 3.5)].map { row(.matched, .exchanged, rank, seed: seed, step: $1, bits: $0) }
      }
        + ablation.flatMap { rank in
          [
            row(.truncated, .uniform, rank, seed: seed, step: 0),
            row(.whitenedKeepingBias, .uniform, rank, seed: seed, step: 1),
            row(.whitened, .uniform, rank, seed: seed, step: 2),
            row(.matchedUnweighted, .uniform, rank, seed: seed, step: 3), row(.matched, .uniform, rank, seed: seed, step: 4),
            row(.matched, .gradient, rank, seed: seed, step: 5),
          ]
        } + [row(.matched, .exchanged, 20, seed: seed, step: 2, images: 500)]
    }
  }

  /// The report of the sample study and these rows.
  func text(_ change: (ResultFiles, String) throws -> Void = { _, _ in }) throws -> String {
    try report(of: sample) { files, folder in
      try ResultRow.write(sample.results + rows, to: files.results)
      var manifest = sample.manifest
      for seed in sample.seeds {
        var run = manifest.runs[0]
        (run.seed, run.experiment) = (seed, .part4)
        manifest.runs.append(run)
      }
      for index in manifest.runs.indices {
        guard case .object(var values) = manifest.runs[index].configuration else { continue }
        values["calibration"] = .object(["allocation": .string("exchanged"), "images": .number(Self.images)])
        manifest.runs[index].configuration = .object(values)
      }
      try manifest.write(to: files.manifest)
      try change(files, folder)
    }
  }
}
