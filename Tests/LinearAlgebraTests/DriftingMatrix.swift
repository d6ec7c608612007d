import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// U diag(s) Vᵀ, 40×30, whose singular vectors turn and whose singular values cross, for 200 steps.
struct DriftingMatrix {
  static let (rank, steps) = (6, 200)
  var uT, vT: Matrix<Double>
  var stream = RandomStream(seed: 11, name: "drift")

  init() {
    uT = Matrix.normal(rows: 30, columns: 40, from: &stream).orthonormalizingRows().q
    vT = Matrix.normal(rows: 30, columns: 30, from: &stream).orthonormalizingRows().q
  }

  /// Ten values oscillate between 1 and 10 with different phases, so that each crosses all others. Value 20 starts far behind
  /// the block that is iterated, and ends as the largest.
  static func values(_ step: Int) -> [Double] {
    let time = Double(step) / Double(steps - 1)
    return (0..<30).map { i in
      switch i {
      case 0..<10: 5.5 + 4.5 * cos(2 * .pi * (2 * time + Double(i) / 10))
      case 20: 0.01 + 12 * time * time
      default: 0.5 * pow(0.8, Double(i - 10))
      }
    }
  }

  func matrix(_ step: Int) -> Matrix<Double> { Matrix.product(uT, transposeA: true, vT.scalingRows(by: Self.values(step))) }

  /// Turns 30 random pairs of vectors on each side by 0.01.
  mutating func turn() {
    func turn(_ rows: inout Matrix<Double>) {
      for _ in 0..<30 {
        let p = stream.below(30)
        let q = (p + 1 + stream.below(29)) % 30
        for j in 0..<rows.columns {
          let (x, y) = (rows[p, j], rows[q, j])
          (rows[p, j], rows[q, j]) = (0.99995 * x - 0.00999983 * y, 0.00999983 * x + 0.99995 * y)
        }
      }
    }
    turn(&uT)
    turn(&vT)
  }
}

/// The comparison of one step's SVD with the full one, common to `track` and `follow`.
struct DriftingStep<Scalar: BLASScalar> {
  let scaled: Scaled<Scalar>
  let singularValues: [Double]
  /// Of the whole matrix.
  let all: [Double]
  private let (name, precision): (String, Precision)

  /// Expects orthogonal vectors, and values that are not above the full SVD's, up to rounding, and not far below.
  init(_ svd: SVD<Scalar>, of a: Matrix<Scalar>, step: Int, _ name: String, _ precision: Precision) throws {
    (scaled, self.name, self.precision) = (Scaled(a), name, precision)
    (singularValues, all) = (scaled.values(svd.singularValues), scaled.values(try LAPACKSVD.singularValues(of: a)))
    let ratios = ErrorRatios(svd, of: a)
    #expect(enter(ratios.orthogonalityOfU, "‖UᵀU − I‖") < ErrorRatios.bound, "step \(step)")
    #expect(enter(ratios.orthogonalityOfV, "‖VᵀV − I‖") < ErrorRatios.bound, "step \(step)")
    try #require(singularValues.count == DriftingMatrix.rank)
    let pairs = zip(singularValues, all)
    #expect(enter(largest(pairs.map { $0 - $1 }) / scaled.unit, "values from below") < ErrorRatios.bound, "step \(step)")
    #expect(enter(largest(pairs.map { $1 - $0 }) / all[0], "(σ − s) / σ₁") < 1e-3, "step \(step)")
  }

  /// Enters a ratio in the ledger, and returns it.
  func enter(_ ratio: Double, _ property: String) -> Double {
    Ledger.enter(ratio, property: "\(name): \(property)", family: "drifting", of: "drifting matrix, \(precision)")
    return ratio
  }
}
