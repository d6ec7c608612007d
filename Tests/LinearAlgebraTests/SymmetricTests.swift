import LinearAlgebra
import Testing
import TestSupport

/// Eigenvalues and Cholesky factors of symmetric matrices, as ratios in ε.
@Suite struct SymmetricTests {
  static let sizes = [1, 2, 5, 33, 70]
  private let workers = Workers(count: 2)

  /// A symmetric matrix with these eigenvalues.
  private func matrix(_ values: [Double], seed: UInt64) -> Matrix<Double> {
    var stream = RandomStream(seed: seed, name: "symmetric")
    let n = values.count
    let q = Matrix<Double>.normal(rows: n, columns: n, from: &stream).orthonormalizingRows().q
    return Matrix.product(q, transposeA: true, q.scalingRows(by: values))
  }

  private static let spectra: [(name: String, value: @Sendable (Int, Int) -> Double)] = [
    ("arithmetic", { i, n in Double(n - i) }), ("graded", { i, n in (0..<12 * i / n).reduce(1) { value, _ in value / 10 } }),
    ("one large", { i, _ in i == 0 ? 1e6 : 1 }), ("equal", { _, _ in 3 }), ("rank one", { i, _ in i == 0 ? 2 : 0 }),
    ("both signs", { i, n in Double(n / 2 - i) }), ("huge", { i, _ in 1e300 / Double(i + 1) }),
    ("tiny", { i, _ in 1e-300 / Double(i + 1) }),
  ]

  @Test(arguments: sizes, 0..<8) func eigenvaluesAndVectors(n: Int, spectrum: Int) throws {
    let values = (0..<n).map { Self.spectra[spectrum].value($0, n) }
    let a = matrix(values, seed: UInt64(n))
    let largest = values.map(abs).max() ?? 1
    for k in Set([1, (n + 1) / 2, n]) {
      let eigen = try SymmetricEigen(leading: k, of: a)
      #expect(eigen.values.count == k && eigen.vectors.rows == k && eigen.vectors.columns == n)
      for (found, expected) in zip(eigen.values, values) {
        #expect(abs(found - expected) <= 50 * Double(n) * .ulpOfOne * largest)
      }
      let residual = (eigen.vectors * a - eigen.vectors.scalingRows(by: eigen.values)).maxNorm
      #expect(residual <= 50 * Double(n) * .ulpOfOne * largest)
      let gram = Matrix.product(eigen.vectors, eigen.vectors, transposeB: true)
      #expect((gram - .identity(k)).maxNorm / (Double(n) * .ulpOfOne) < 50)
    }
    for (found, expected) in zip(try SymmetricEigen.values(of: a), values) {
      #expect(abs(found - expected) <= 50 * Double(n) * .ulpOfOne * largest)
    }
  }

  /// Only the lower triangle is read.
  @Test func upperTriangle() throws {
    let a = matrix([5, 3, 2, 1], seed: 1)
    let lower = Matrix(rows: 4, columns: 4) { $1 > $0 ? 1e3 : a[$0, $1] }
    #expect(try SymmetricEigen.values(of: lower) == SymmetricEigen.values(of: a))
    #expect(Cholesky(of: lower)?.lower == Cholesky(of: a)?.lower)
  }

  @Test func emptyAndWrong() throws {
    #expect(try SymmetricEigen.values(of: Matrix<Double>(rows: 0, columns: 0)).isEmpty)
    #expect(try SymmetricEigen(leading: 0, of: .identity(3)).vectors.rows == 0)
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 0, value: .infinity)) {
      try SymmetricEigen.values(of: Matrix(rows: 2, columns: 2, elements: [1, 0, .infinity, 1]))
    }
    #expect(Cholesky(of: Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 1])) == nil)
    #expect(Cholesky(of: Matrix(rows: 2, columns: 2)) == nil)
    #expect(Cholesky(of: Matrix(rows: 2, columns: 2, elements: [.nan, 0, 0, 1])) == nil)
  }

  @Test(arguments: sizes) func choleskyFactors(n: Int) throws {
    let a = matrix((0..<n).map { 1 / Double($0 + 1) }, seed: 7)
    let cholesky = try #require(Cholesky(of: a))
    let l = cholesky.lower
    for i in 0..<n { for j in i + 1..<max(n, i + 1) { #expect(l[i, j] == 0) } }
    #expect((Matrix.product(l, l, transposeB: true) - a).maxNorm / (Double(n) * .ulpOfOne) < 50)
    var stream = RandomStream(seed: 8, name: "right sides")
    let b = Matrix<Double>.normal(rows: 131, columns: n, from: &stream)
    let condition = Double(n)
    for (x, product) in [
      (cholesky.solveLower(rowsOf: b, workers: workers), l.transposed),
      (cholesky.solveTransposedLower(rowsOf: b, workers: workers), l),
    ] {
      #expect((x * product - b).maxNorm / (condition * x.maxNorm * Double(n) * .ulpOfOne) < 50)
    }
    let (one, three) = (Workers(count: 1), Workers(count: 3))
    #expect(cholesky.solveLower(rowsOf: b, workers: three) == cholesky.solveLower(rowsOf: b, workers: one))
    #expect(
      cholesky.solveTransposedLower(rowsOf: b, workers: three) == cholesky.solveTransposedLower(rowsOf: b, workers: one))
  }
}
