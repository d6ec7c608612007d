import LinearAlgebra
import NeuralNetwork

/// Some rows of a matrix, its columns in the order of the factor, each rounded with several scales at once.
///
/// A lane is a row with one scale. Arrays of all lanes are n × lanes, so that each element of the factor is read once for all.
struct FeedbackRows {
  private let factor: FeedbackFactor
  private let largestCode: Double
  /// The scale of each lane: those of the first row, then those of the second, …
  private let scales: [Double]
  /// The row of each lane: n × lanes.
  private let a: Matrix<Double>

  init(_ rows: Matrix<Double>, factor: FeedbackFactor, bits: Int) {
    (self.factor, largestCode) = (factor, 2 * QuantisedMatrix.largestLevel(bits: bits))
    scales = (0..<rows.rows).flatMap { ScaleCandidates.scales(largest: rows.rowSlice($0..<$0 + 1).maxNorm, bits: bits) }
    a = Matrix(rows: rows.columns, columns: scales.count) { rows[$1 / ScaleCandidates.count, $0] }
  }

  /// The codes, in the order of the factor, and the scale of each row: the best of all scales, with feedback and without.
  var best: [(codes: [UInt8], scale: Float16)] {
    let tries = [true, false].map { errors(feedback: $0) }
    let values = tries.map(values)
    return stride(from: 0, to: scales.count, by: ScaleCandidates.count).map { first in
      var best = (index: 0, lane: first + ScaleCandidates.whole)
      for index in tries.indices {
        for lane in first..<first + ScaleCandidates.count where values[index][lane] < values[best.index][best.lane] {
          best = (index, lane)
        }
      }
      let codes = (0..<a.rows).map { j -> UInt8 in
        let q = a[j, best.lane] - tries[best.index][j, best.lane]
        return UInt8((q / scales[best.lane] + largestCode / 2).rounded())
      }
      return (codes, Float16(scales[best.lane]))
    }
  }

  /// a − q: n × lanes.
  private func errors(feedback: Bool) -> Matrix<Double> {
    var errors = Matrix<Double>(rows: 0, columns: scales.count)
    for block in factor.blocks.reversed() {
      var targets = a.rowSlice(block.columns)
      if feedback { targets.setProduct(block.behind, transposeA: true, errors, adding: 1) }
      errors = rounded(block, targets: targets.elements, feedback: feedback).appendingRows(errors)
    }
    return errors
  }

  /// a − q for the columns of one block, each with feedback from those behind it in the block.
  private func rounded(_ block: FeedbackFactor.Block, targets: [Double], feedback: Bool) -> Matrix<Double> {
    let lanes = scales.count, columns = block.columns.count
    let a = a.rowSlice(block.columns).elements
    var targets = targets
    var errors = [Double](repeating: 0, count: targets.count)
    for j in (0..<columns).reversed() {
      for lane in 0..<lanes {
        let level = targets[j * lanes + lane] / scales[lane] + largestCode / 2
        let nearest = level.rounded(.toNearestOrAwayFromZero)
        let code = max(0, min(largestCode, nearest))
        errors[j * lanes + lane] = a[j * lanes + lane] - (code - largestCode / 2) * scales[lane]
      }
      guard feedback else { continue }
      for i in 0..<j {
        let factor = block.within[j, i]
        for lane in 0..<lanes { targets[i * lanes + lane] += errors[j * lanes + lane] * factor }
      }
    }
    return Matrix(rows: columns, columns: lanes, elements: errors)
  }

  /// (a − q) C (a − q)ᵀ of each lane.
  private func values(_ errors: Matrix<Double>) -> [Double] {
    let products = (factor.metric * errors).elements
    var values = [Double](repeating: 0, count: errors.columns)
    for (index, error) in errors.elements.enumerated() { values[index % errors.columns] += error * products[index] }
    return values
  }
}
