import LinearAlgebra
import Results

/// t = operations / rates + bytes / bandwidth, fitted to measurements.
struct CostModel {
  /// Seconds an operation of products, an operation of factorisations, and a byte; none is negative.
  let costs: [Double]

  /// The least sum of squares of (model / measured − 1): a step of a millisecond counts as much as one of a second.
  init(fittedTo rows: [ScalingRow]) {
    let points = rows.compactMap { row in row.seconds.map { seconds in Self.amounts(row).map { $0 / seconds } } }
    // A cost that would be negative is left out: of all subsets of costs, the best fit without a negative one.
    let fits = (1..<1 << 3).compactMap { Self.fit(points, to: Self.members($0)) }
    let errors = fits.map { costs in points.reduce(0) { $0 + Self.square(Self.sum($1, costs) - 1) } }
    costs = zip(errors, fits).min { $0.0 < $1.0 }?.1 ?? [0, 0, 0]
  }

  /// The model's time.
  func seconds(_ row: ScalingRow) -> Double { Self.sum(Self.amounts(row), costs) }

  /// The model for the manifest, with its errors on `rows`.
  func described(_ work: ScalingRow.Work, _ rows: [ScalingRow]) -> ScalingManifest.Model {
    let errors = rows.compactMap { row in row.seconds.map { abs(seconds(row) / $0 - 1) } }.sorted()
    let rates = costs.map { $0 > 0 ? 1 / $0 : nil }
    return ScalingManifest.Model(
      work: work.rawValue, flopsPerSecond: rates[0], factorisationFlopsPerSecond: rates[1], bytesPerSecond: rates[2],
      medianError: errors[errors.count / 2], largestError: errors[errors.count - 1])
  }

  private static func amounts(_ row: ScalingRow) -> [Double] { [row.flops, row.factorisationFlops, row.bytes] }

  /// The costs of `kept` by least squares, the others zero; `nil` if the points do not determine them, or one is negative.
  private static func fit(_ points: [[Double]], to kept: [Int]) -> [Double]? {
    // Columns of length 1, so that a small singular value shows that they are linearly dependent.
    let lengths = kept.map { column in points.reduce(0) { $0 + square($1[column]) }.squareRoot() }
    guard points.count >= kept.count, lengths.allSatisfy({ $0 > 0 }) else { return nil }
    let a = Matrix<Double>(rows: points.count, columns: kept.count) { points[$0][kept[$1]] / lengths[$1] }
    guard let svd = try? LAPACKSVD.decompose(a), (svd.singularValues.last ?? 0) > 1e-6 else { return nil }
    let ones = Matrix<Double>(rows: points.count, columns: 1, repeating: 1)
    let x = Matrix.product(
      svd.vT, transposeA: true,
      Matrix.product(svd.u, transposeA: true, ones).scalingRows(by: svd.singularValues.map { 1 / $0 }))
    var costs = [0.0, 0, 0]
    for (place, column) in kept.enumerated() { costs[column] = x[place, 0] / lengths[place] }
    return costs.allSatisfy { $0 >= 0 } ? costs : nil
  }

  /// The bits that are set.
  private static func members(_ set: Int) -> [Int] { (0..<3).filter { set >> $0 & 1 == 1 } }
  private static func sum(_ amounts: [Double], _ costs: [Double]) -> Double {
    zip(amounts, costs).reduce(0) { $0 + $1.0 * $1.1 }
  }
  private static func square(_ x: Double) -> Double { x * x }
}
