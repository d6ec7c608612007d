extension Matrix where Scalar: BLASScalar {
  /// A Aᵀ in `Double`, m×m, by tiles of 256 rows that the workers share; the bits do not depend on these.
  public func gram(workers: Workers) -> Matrix<Double> {
    let starts = Swift.stride(from: 0, to: rows, by: 256)
    let pieces = starts.map { rowSlice($0..<Swift.min(rows, $0 + 256)).map { Double($0) } }
    let tiles = pieces.indices.flatMap { i in (0...i).map { (row: i, column: $0) } }
    let products = workers.map(tiles) { Matrix<Double>.product(pieces[$0.row], pieces[$0.column], transposeB: true) }
    var elements = [Double](repeating: 0, count: rows * rows)
    for (tile, product) in zip(tiles, products) {
      for a in 0..<product.rows {
        for b in 0..<product.columns {
          let (i, j) = (256 * tile.row + a, 256 * tile.column + b)
          elements[i * rows + j] = product[a, b]
          elements[j * rows + i] = product[a, b]
        }
      }
    }
    return Matrix<Double>(rows: rows, columns: rows, elements: elements)
  }
}
