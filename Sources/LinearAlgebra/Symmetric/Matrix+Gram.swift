extension Matrix where Scalar: BLASScalar {
  /// A Aᵀ in `Double`, m×m, by tiles of 256 rows that the workers share; the bits do not depend on these.
  public func gram(workers: Workers) -> Matrix<Double> {
    let (size, rows) = (256, rows)
    let count = (rows + size - 1) / size
    let pieces = (0..<count).map { rowSlice($0 * size..<Swift.min(rows, ($0 + 1) * size)).inDouble }
    let tiles = pieces.indices.flatMap { i in (0...i).map { (row: i, column: $0) } }
    var result = Matrix<Double>(rows: rows, columns: rows)
    result.withElements { result in
      workers.forEach(tiles.count) { tile, _ in
        let (row, column) = tiles[tile]
        let product = Matrix<Double>.product(pieces[row], pieces[column], transposeB: true)
        for i in 0..<product.rows {
          for j in 0..<product.columns {
            let value = product.elements[i * product.columns + j]
            result[(row * size + i) * rows + column * size + j] = value
            result[(column * size + j) * rows + row * size + i] = value
          }
        }
      }
    }
    return result
  }

  /// The same elements in double precision.
  var inDouble: Matrix<Double> {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get { map { Double($0) } }
  }
}
