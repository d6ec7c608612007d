import Foundation
import LinearAlgebra
import Testing

/// Metrics n×n: covariances as they occur, and extreme ones.
enum MetricFamily: CaseIterable, CustomTestStringConvertible {
  /// No correlation.
  case identity
  /// A diagonal from 1 down to 10⁻¹².
  case graded
  /// The same, with correlations.
  case gradedAndCorrelated
  case rankOne
  /// Of a third as many samples as columns.
  case fewSamples
  case zero
  /// Some columns never vary, as pixels at the border.
  case constantInputs
  /// Of normal samples.
  case covariance
  /// Of outputs of ReLU with few directions, as in a trained network.
  case activations
  /// Two columns are the same.
  case twins

  var testDescription: String { "\(self)" }

  /// Whether every change of a row has an error well above rounding errors.
  var isDefinite: Bool { [.identity, .covariance, .activations].contains(self) }

  func matrix(_ n: Int, seed: UInt64 = 1) -> Matrix<Double> {
    var stream = RandomStream(seed: seed, name: "metric/\(self)")
    func covariance(samples: Int, _ change: (Matrix<Double>) -> Matrix<Double> = { $0 }) -> Matrix<Double> {
      let x = change(.normal(rows: samples, columns: n, from: &stream))
      return Matrix.product(x, transposeA: true, x).map { $0 / Double(samples) }
    }
    let grades = (0..<n).map { pow(10, -12 * Double($0 * 7 % n) / Double(n)) }
    switch self {
    case .identity: return .identity(n)
    case .graded: return Matrix(rows: n, columns: n) { $0 == $1 ? grades[$0] : 0 }
    case .gradedAndCorrelated:
      return covariance(samples: 2 * n + 5) { $0.scalingColumns(by: grades.map { $0.squareRoot() }) }
    case .rankOne: return covariance(samples: 1)
    case .fewSamples: return covariance(samples: max(1, n / 3))
    case .zero: return Matrix(rows: n, columns: n)
    case .constantInputs:
      return covariance(samples: 2 * n + 5) { $0.scalingColumns(by: (0..<n).map { $0 % 3 == 1 ? 0 : 1 }) }
    case .covariance: return covariance(samples: 2 * n + 5)
    case .activations:
      let mix = Matrix<Double>.normal(rows: max(1, n / 8), columns: n, from: &stream)
      return covariance(samples: 4 * n + 20) { x in
        let y = x.columnSlice(0..<mix.rows) * mix
        return Matrix(rows: x.rows, columns: n) { max(0, y[$0, $1] + 0.1 * x[$0, $1]) }
      }
    case .twins:
      return covariance(samples: 2 * n + 5) { x in Matrix(rows: x.rows, columns: n) { x[$0, $1 == n - 1 ? 0 : $1] } }
    }
  }
}
