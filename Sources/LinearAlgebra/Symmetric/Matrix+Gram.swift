extension Matrix where Scalar: BLASScalar {
  /// A Aᵀ in `Double`, m×m, by tiles of 256 rows that the workers share; the bits do not depend on these.
  /// - Parameter columnsAtOnce: so many columns are converted at a time, and their products added up; all by default.
  public func gram(columnsAtOnce: Int = .max, workers: Workers) -> Matrix<Double> {
    let (size, rows) = (256, rows)
    let starts = Array(stride(from: 0, to: rows, by: size))
    let tiles = starts.indices.flatMap { i in (0...i).map { (row: i, column: $0) } }
    var result = Matrix<Double>(rows: rows, columns: rows)
    for first in stride(from: 0, to: columns, by: Swift.min(columnsAtOnce, Swift.max(columns, 1))) {
      let range = first..<first + Swift.min(columnsAtOnce, columns - first)
      let pieces = workers.map(starts) { inDouble(rows: $0..<Swift.min(rows, $0 + size), columns: range) }
      result.withElements { result in
        workers.forEach(tiles.count) { tile, _ in
          let (row, column) = tiles[tile]
          // Below the diagonal; on it the tile is whole.
          pieces[row].elements.withUnsafeBufferPointer { a in
            pieces[column].elements.withUnsafeBufferPointer { b in
              Double.gemm(
                transposeA: false, transposeB: true, m: pieces[row].rows, n: pieces[column].rows, k: range.count, alpha: 1,
                a: a.baseAddress!, strideA: range.count, b: b.baseAddress!, strideB: range.count, beta: first == 0 ? 0 : 1,
                c: result.baseAddress! + row * size * rows + column * size, strideC: rows)
            }
          }
        }
      }
    }
    result.withElements { result in
      workers.forEach(rows, by: size) { range, _ in
        for i in range { for j in i + 1..<Swift.max(rows, i + 1) { result[i * rows + j] = result[j * rows + i] } }
      }
    }
    return result
  }

  /// Some rows and columns in double precision.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func inDouble(rows: Range<Int>, columns range: Range<Int>) -> Matrix<Double> {
    Matrix<Double>(rows: rows.count, columns: range.count) {
      Double(elements[(rows.lowerBound + $0) * columns + range.lowerBound + $1])
    }
  }

  /// The same elements in double precision.
  var inDouble: Matrix<Double> {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get { map { Double($0) } }
  }
}
