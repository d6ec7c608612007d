import LinearAlgebra

/// How products are cut for the workers. Fixed: another cut may give other bits.
package enum Tiling {
  /// Columns of a result whose inner size is large.
  package static let columns = 256
  /// Rows of a batch, where a factor is thin.
  package static let rows = 32
}

extension Matrix where Scalar: BLASScalar {
  /// self ← ((x V) diag(S)) Uᵀ, a batch through the factors of a layer: x is batch × inputs, self batch × outputs.
  ///
  /// - Parameters:
  ///   - singularValues: the diagonal of S; `nil` where it is folded into the factors.
  ///   - hidden: receives (x V) diag(S), batch × D; made anew where its shape does not fit.
  ///   - finish: what follows on each tile of the result.
  package mutating func setProduct(
    _ x: Matrix, vT: Matrix, singularValues: [Scalar]?, u: Matrix, hidden: inout Matrix, workers: Workers,
    then finish: (Tile<Scalar>) -> Void
  ) {
    if (hidden.rows, hidden.columns) != (x.rows, vT.rows) { hidden = Matrix(rows: x.rows, columns: vT.rows) }
    hidden.setProduct(x, vT, transposeB: true, cut: .rows(by: Tiling.rows), workers: workers) { tile in
      if let singularValues { tile.scaleColumns(by: singularValues) }
    }
    setProduct(hidden, u, transposeB: true, cut: .rows(by: Tiling.rows), workers: workers, then: finish)
  }
}
