import Files
import LinearAlgebra
import NeuralNetwork

/// A matrix W (m×n) as U V of some rank, as they are stored, and their errors.
struct Factors: Sendable {
  /// √S Vᵀ: rank × n.
  let first: SafeTensors.Tensor
  /// U √S: m × rank. Both factors have columns and rows of the same norms, so that neither leaves the range of a short type.
  let second: SafeTensors.Tensor
  /// ‖W − U S Vᵀ‖_F / ‖W‖_F by the singular values: √(1 − Σ sᵢ² / ‖W‖²_F).
  let predictedError: Double
  /// ‖W − Ŵ‖_F / ‖W‖_F of the factors as they are stored.
  let measuredError: Double

  /// Factors a matrix.
  /// - Parameter place: its file and name, for errors.
  /// - Throws: `FileError` where no iteration converges, a value overflows, or a factor does not fit its type.
  init<Scalar: BLASScalar>(
    of w: Matrix<Scalar>, rank: Int, stored: SafeTensors.ElementType, place: String, workers: Workers
  ) throws(FileError) {
    let result: KrylovResult<Scalar>
    do { result = try BlockKrylovSVD.decompose(w, rank: rank, workers: workers) } catch {
      throw FileError(error, place: place)
    }
    let roots = result.svd.singularValues.map { $0.squareRoot() }
    let (v, u) = (result.svd.vT.scalingRows(by: roots), result.svd.u.scalingColumns(by: roots))
    first = SafeTensors.Tensor(shape: [rank, w.columns], elements: v.elements, as: stored)
    second = SafeTensors.Tensor(shape: [w.rows, rank], elements: u.elements, as: stored)
    predictedError = result.norm > 0 ? result.residual / result.norm : 0
    measuredError = try Self.error(of: w, first: first, second: second, place: place, workers: workers)
    guard result.norm.isFinite else { throw FileError(.overflow(precision: "\(Scalar.self)"), place: place) }
    guard measuredError.isFinite else {
      throw FileError(
        path: place, found: "factors beyond the range of \(stored.rawValue)", expected: Self.wider(than: stored))
    }
    guard measuredError <= predictedError + Self.rounding(of: stored, rank: rank) else {
      throw FileError(
        path: place, found: "factors with a relative error of \(measuredError)",
        expected: "\(predictedError), by the singular values, and rounding"
          + "; where the elements are very small: \(Self.wider(than: stored))")
    }
  }

  private static func wider(than type: SafeTensors.ElementType) -> String {
    type == .float16 ? "--store f32 or bf16, which have a wider range" : "--store same, on a type with a wider range"
  }

  /// What rounding to a type may add to a relative error. A factor changes by at most half the spacing of 1, relatively, and
  /// ‖U‖_F ‖V‖₂ is at most √rank ‖U V‖_F: that for each factor, and as much again for the sums of the product. For F32 and F64 the
  /// spacing is that of sums of thousands of terms in single precision.
  private static func rounding(of stored: SafeTensors.ElementType, rank: Int) -> Double {
    let spacing =
      switch stored {
      case .float16: 0x1p-10
      case .bfloat16: 0x1p-7
      default: 0x1p-14
      }
    return 2 * spacing * Double(rank).squareRoot()
  }

  /// ‖W − U V‖_F / ‖W‖_F of stored factors; 0 where W is zero, and the factors are; not finite where the factors are not.
  /// - Throws: `FileError` where the factors are of a type that is not converted.
  static func error<Scalar: BLASScalar>(
    of w: Matrix<Scalar>, first: SafeTensors.Tensor, second: SafeTensors.Tensor, place: String, workers: Workers
  ) throws(FileError) -> Double {
    let largest = w.maxNorm
    let scale = largest > 0 ? Scalar.powerOfTwo(near: largest) : 1
    // U (V / scale) neither overflows nor vanishes where W does nearly.
    let v: Matrix<Scalar> = try first.matrix(of: Scalar.self, place: place).map { $0 / scale }
    let u: Matrix<Scalar> = try second.matrix(of: Scalar.self, place: place)
    let pieces = stride(from: 0, to: w.rows, by: 256).map { $0..<min(w.rows, $0 + 256) }
    let sums = workers.map(pieces) { rows in squares(w.rowSlice(rows), u.rowSlice(rows) * v, scale: Double(scale)) }
    let (difference, all) = sums.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    return all > 0 ? (difference / all).squareRoot() : difference.squareRoot()
  }

  /// Σ (a / scale − b)² and Σ (a / scale)², in `Double`.
  private static func squares<Scalar: BLASScalar>(
    _ a: Matrix<Scalar>, _ b: Matrix<Scalar>, scale: Double
  ) -> (Double, Double) {
    let factor = 1 / scale
    var (difference, all) = (0.0, 0.0)
    for (x, y) in zip(a.elements, b.elements) {
      let x = Double(x) * factor
      let d = x - Double(y)
      all += x * x
      difference += d * d
    }
    return (difference, all)
  }
}
