extension Matrix where Scalar: BLASScalar {
  /// A B: m×k times k×n.
  public static func * (a: Matrix, b: Matrix) -> Matrix { product(a, b) }

  /// op(A) op(B), where op transposes or not; on one thread.
  public static func product(
    _ a: Matrix, transposeA: Bool = false, _ b: Matrix, transposeB: Bool = false
  ) -> Matrix {
    var c = Matrix(rows: transposeA ? a.columns : a.rows, columns: transposeB ? b.rows : b.columns)
    c.setProduct(a, transposeA: transposeA, b, transposeB: transposeB)
    return c
  }

  /// self ← op(A) op(B) + β self, on one thread.
  public mutating func setProduct(
    _ a: Matrix, transposeA: Bool = false, _ b: Matrix, transposeB: Bool = false, adding beta: Scalar = 0
  ) {
    setProduct(
      a, transposeA: transposeA, b, transposeB: transposeB, adding: beta, cut: .rows(by: max(1, rows)),
      workers: Workers(count: 1))
  }

  /// self ← op(A) op(B) + β self, cut into tiles, each one call of `gemm`, shared by `workers`.
  ///
  /// `finish` is called with each tile right after its product, while it is in cache. The cut decides the bits (BLAS may add
  /// in another order for another size), the number of workers does not.
  public mutating func setProduct(
    _ a: Matrix, transposeA: Bool = false, _ b: Matrix, transposeB: Bool = false, adding beta: Scalar = 0, cut: Cut,
    workers: Workers, then finish: (Tile<Scalar>) -> Void = { _ in }
  ) {
    let inner = transposeA ? a.rows : a.columns
    precondition(rows == (transposeA ? a.columns : a.rows) && columns == (transposeB ? b.rows : b.columns))
    precondition(inner == (transposeB ? b.columns : b.rows), "inner sizes differ")
    guard rows > 0, columns > 0 else { return }
    let (rows, columns) = (rows, columns)
    a.elements.withUnsafeBufferPointer { a_ in
      b.elements.withUnsafeBufferPointer { b_ in
        elements.withUnsafeMutableBufferPointer { c in
          let base = c.baseAddress!
          let (length, size) = switch cut {
          case .rows(let size): (rows, size)
          case .columns(let size): (columns, size)
          }
          workers.forEach(length, by: size) { range, _ in
            let tile = switch cut {
            case .rows: Tile(base: base, stride: columns, rows: range, columns: 0..<columns)
            case .columns: Tile(base: base, stride: columns, rows: 0..<rows, columns: range)
            }
            if inner > 0 {
              // Where op(A) starts at the tile's first row, and op(B) at its first column.
              let offsetA = transposeA ? tile.rows.lowerBound : tile.rows.lowerBound * a.columns
              let offsetB = transposeB ? tile.columns.lowerBound * b.columns : tile.columns.lowerBound
              Scalar.gemm(
                transposeA: transposeA, transposeB: transposeB, m: tile.rows.count, n: tile.columns.count, k: inner, alpha: 1,
                a: a_.baseAddress! + offsetA, strideA: a.columns, b: b_.baseAddress! + offsetB, strideB: b.columns, beta: beta,
                c: tile.start, strideC: columns)
            } else {
              // An empty sum; BLAS would refuse a stride of 0.
              tile.scale(by: beta)
            }
            finish(tile)
          }
        }
      }
    }
  }
}

/// How a product is cut into tiles: by rows or by columns of the result.
public enum Cut: Sendable {
  case rows(by: Int)
  case columns(by: Int)
}
