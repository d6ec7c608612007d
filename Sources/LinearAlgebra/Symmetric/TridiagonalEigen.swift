/// Eigenvalues, and then perhaps leading eigenvectors, of one symmetric matrix: both from one reduction to tridiagonal form.
struct TridiagonalEigen {
  private let n: Int
  private var diagonal: [Double]
  private var beside: [Double]
  private var factors: [Double]
  private var reflections: [Double]

  /// Reduces A (n×n, n ≥ 1), of which only the upper triangle is read.
  /// - Throws: `LinearAlgebraError.notFinite`.
  init(reducing a: consuming Matrix<Double>) throws(LinearAlgebraError) {
    precondition(a.rows == a.columns && a.rows > 0)
    try a.requireFinite()
    (n, reflections) = (a.rows, a.elements)
    (diagonal, beside, factors) = (
      [Double](repeating: 0, count: n), [Double](repeating: 0, count: n), [Double](repeating: 0, count: n)
    )
    let info = reflections.withUnsafeMutableBufferPointer { a in
      diagonal.withUnsafeMutableBufferPointer { d in
        beside.withUnsafeMutableBufferPointer { e in
          factors.withUnsafeMutableBufferPointer { tau in
            tridiagonalize(a.baseAddress!, n: n, diagonal: d.baseAddress!, beside: e.baseAddress!, factors: tau.baseAddress!)
          }
        }
      }
    }
    precondition(info == 0, "sytrd: info \(info)")
  }

  /// All eigenvalues, descending.
  /// - Throws: `LinearAlgebraError.noConvergence`.
  func values() throws(LinearAlgebraError) -> [Double] { try eigen(vectors: nil).reversed() }

  /// The k largest eigenvalues, 0 ≤ k ≤ n, and their vectors. The workers share the vectors; the bits do not depend on these.
  /// - Throws: `LinearAlgebraError.noConvergence`.
  func leading(_ k: Int, workers: Workers) throws(LinearAlgebraError) -> SymmetricEigen {
    var all = [Double](repeating: 0, count: n * n)
    let values = try all.withUnsafeMutableBufferPointer { all throws(LinearAlgebraError) in
      try eigen(vectors: all.baseAddress!)
    }
    var vectors = Matrix<Double>(rows: k, columns: n) { i, j in all[(n - 1 - i) * n + j] }
    vectors.withElements { vectors in
      // `ormtr` writes ones into the reflections while it works, so each call needs its own: of a large matrix, one alone.
      workers.forEach(k, by: n > 2048 ? max(k, 1) : max(32, (k + 1) / 2)) { range, _ in
        var own = reflections
        let info = own.withUnsafeMutableBufferPointer { own in
          applyReflections(
            own.baseAddress!, n: n, factors: factors, to: vectors.baseAddress! + range.lowerBound * n, count: range.count)
        }
        precondition(info == 0, "ormtr: info \(info)")
      }
    }
    return SymmetricEigen(values: values.reversed().prefix(k).map { $0 }, vectors: vectors)
  }

  /// All eigenvalues, ascending.
  private func eigen(vectors: UnsafeMutablePointer<Double>?) throws(LinearAlgebraError) -> [Double] {
    var (values, rest) = (diagonal, beside)
    let info = values.withUnsafeMutableBufferPointer { values in
      rest.withUnsafeMutableBufferPointer { rest in
        tridiagonalEigen(n: n, diagonal: values.baseAddress!, beside: rest.baseAddress!, vectors: vectors)
      }
    }
    guard info == 0 else { throw .noConvergence(routine: "LAPACK's \(vectors == nil ? "sterf" : "stedc") (info \(info))") }
    return values
  }
}

extension SymmetricEigen {
  /// All eigenvalues of A (n×n), descending, by the fastest routine; their last bits are not those of `values(of:)`. Only the upper
  /// triangle is read.
  /// - Throws: as `init(leading:of:)`.
  static func quickValues(of a: consuming Matrix<Double>) throws(LinearAlgebraError) -> [Double] {
    guard a.rows > 0 else { return [] }
    // The reduction in one stage reads all of A for each column, which is slow where A is larger than the cache.
    guard a.rows > 1500 else { return try TridiagonalEigen(reducing: a).values() }
    try a.requireFinite()
    let n = a.rows
    var (values, info) = ([Double](repeating: 0, count: n), 0)
    // In the place of A, which may be large.
    a.withElements { a in
      values.withUnsafeMutableBufferPointer {
        info = symmetricValuesByTwoStages(a.baseAddress!, n: n, values: $0.baseAddress!)
      }
    }
    guard info == 0 else { throw .noConvergence(routine: "LAPACK's syev_2stage (info \(info))") }
    return values.reversed()
  }
}
