import Results

/// t = FLOPs / rate + bytes / bandwidth, fitted to measurements.
struct CostModel {
  /// Seconds an operation, and a byte; neither is negative.
  let perFLOP, perByte: Double

  /// The least sum of squares of (model / measured − 1): a step of a millisecond counts as much as one of a second.
  init(fittedTo rows: [ScalingRow]) {
    let points = rows.compactMap { row in row.seconds.map { (row.flops / $0, row.bytes / $0) } }
    let (ff, fb, bb) = points.reduce(into: (0.0, 0.0, 0.0)) { sums, point in
      sums.0 += point.0 * point.0
      sums.1 += point.0 * point.1
      sums.2 += point.1 * point.1
    }
    let (f, b) = points.reduce(into: (0.0, 0.0)) { sums, point in
      sums.0 += point.0
      sums.1 += point.1
    }
    let determinant = ff * bb - fb * fb
    let (x, y) = ((f * bb - b * fb) / determinant, (b * ff - f * fb) / determinant)
    // Where one would have to be negative, the other bears it all.
    (perFLOP, perByte) = x >= 0 && y >= 0 ? (x, y) : x < 0 ? (0, b / bb) : (f / ff, 0)
  }

  func seconds(_ row: ScalingRow) -> Double { row.flops * perFLOP + row.bytes * perByte }

  /// The model as the manifest has it, with its errors on `rows`.
  func described(_ work: ScalingRow.Work, _ rows: [ScalingRow]) -> ScalingManifest.Model {
    let errors = rows.compactMap { row in row.seconds.map { abs(seconds(row) / $0 - 1) } }.sorted()
    return ScalingManifest.Model(
      work: work.rawValue, flopsPerSecond: perFLOP > 0 ? 1 / perFLOP : nil, bytesPerSecond: perByte > 0 ? 1 / perByte : nil,
      medianError: errors[errors.count / 2], largestError: errors[errors.count - 1])
  }
}
