import LinearAlgebra

/// A square matrix with the singular values of trained weights: some large ones above a bulk that falls to zero,
///
///     σᵢ = 0.4 e^(−i/8) + 0.6 (1 − i/n)^1.2,  i = 0 … n − 1
///
/// and with random singular vectors. In `experiments/paper.yaml` the mean of W2 … W5 of the baseline, each over its σ₁, lies
/// within a tenth of this up to i = 700. The values around D fall off slowly, which is hard for subspace iteration; a geometric
/// spectrum would be easy.
struct WeightLikeMatrix {
  /// The formula of the singular values, for the manifest.
  static let formula = "0.4 exp(-i/8) + 0.6 (1 - i/n)^1.2, i = 0 ... n - 1"
  /// ‖E‖ / ‖A‖ in the Frobenius norm: a small change, like that of a training step.
  static let change = 1e-3

  /// A: n×n.
  let matrix: Matrix<Double>
  /// Its singular values.
  let spectrum: Spectrum
  /// A + E, where the elements of E are normal: the matrix after a small change.
  let changed: Matrix<Double>

  init(size n: Int, seed: UInt64) {
    var stream = RandomStream(seed: seed, name: "svd-sizes/\(n)")
    let values = Self.values(size: n)
    let matrix = Matrix.prescribing(values, rows: n, columns: n, from: &stream)
    let noise = Matrix<Double>.normal(rows: n, columns: n, from: &stream)
    let step = Self.change * matrix.frobeniusNorm / noise.frobeniusNorm
    (self.matrix, spectrum, changed) = (matrix, Spectrum(values), matrix + noise.map { $0 * step })
  }

  static func values(size n: Int) -> [Double] {
    (0..<n).map {
      0.4 * Elementary.exp(-Double($0) / 8) + 0.6 * Elementary.exp(1.2 * Elementary.log(1 - Double($0) / Double(n)))
    }
  }
}
