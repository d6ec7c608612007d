import LinearAlgebra

/// Means and covariances of vectors, the rows of a matrix in single precision, over N of them; all sums in double precision.
///
///     μ = E x,  Cov(x, z) = E (x − μ_x)(z − μ_z)ᵀ
///
/// The result is cut into tiles, and a tile is summed over the vectors in their order by one worker. So the bits do not depend on
/// the workers.
enum Moments {
  /// Columns of a tile.
  private static let tile = 256
  /// Vectors of a product.
  private static let chunk = 512

  /// The mean of each column of X (N×n), as the first vector plus the mean difference from it: exact where a column is constant.
  static func mean(of x: Matrix<Float>, workers: Workers) -> [Double] {
    precondition(x.rows > 0)
    var mean = [Double](repeating: 0, count: x.columns)
    x.elements.withUnsafeBufferPointer { x_ in
      mean.withUnsafeMutableBufferPointer { mean in
        workers.forEach(x.columns, by: tile) { range, _ in
          for row in 1..<max(1, x.rows) {
            for j in range { mean[j] += Double(x_[row * x.columns + j]) - Double(x_[j]) }
          }
          for j in range { mean[j] = Double(x_[j]) + mean[j] / Double(x.rows) }
        }
      }
    }
    return mean
  }

  /// Cov(x), n×n, of the rows of X (N×n) with this mean.
  static func covariance(of x: Matrix<Float>, mean: [Double], workers: Workers) -> Matrix<Double> {
    covariance(of: x, mean: mean, with: x, mean: mean, isSymmetric: true, workers: workers)
  }

  /// Cov(x, z), n×p, of the rows of X (N×n) and Z (N×p).
  static func covariance(
    of x: Matrix<Float>, mean xMean: [Double], with z: Matrix<Float>, mean zMean: [Double], workers: Workers
  ) -> Matrix<Double> {
    covariance(of: x, mean: xMean, with: z, mean: zMean, isSymmetric: false, workers: workers)
  }

  private static func covariance(
    of x: Matrix<Float>, mean xMean: [Double], with z: Matrix<Float>, mean zMean: [Double], isSymmetric: Bool,
    workers: Workers
  ) -> Matrix<Double> {
    precondition(x.rows == z.rows && x.rows > 0 && xMean.count == x.columns && zMean.count == z.columns)
    func ranges(_ length: Int) -> [Range<Int>] {
      stride(from: 0, to: length, by: tile).map { $0..<min(length, $0 + tile) }
    }
    let (rows, columns) = (ranges(x.columns), ranges(z.columns))
    let tiles = rows.indices.flatMap { i in
      columns.indices.filter { !isSymmetric || $0 <= i }.map { (row: i, column: $0) }
    }
    var sums = tiles.map { Matrix<Double>(rows: rows[$0.row].count, columns: columns[$0.column].count) }
    for start in stride(from: 0, to: x.rows, by: chunk) {
      let vectors = start..<min(x.rows, start + chunk)
      let a = workers.map(rows) { centred(x, vectors, $0, mean: xMean) }
      let b = isSymmetric ? a : workers.map(columns) { centred(z, vectors, $0, mean: zMean) }
      sums.withUnsafeMutableBufferPointer { sums in
        workers.forEach(tiles.count) { tile, _ in
          sums[tile].setProduct(a[tiles[tile].row], transposeA: true, b[tiles[tile].column], adding: 1)
        }
      }
    }
    let share = 1 / Double(x.rows)
    var elements = [Double](repeating: 0, count: x.columns * z.columns)
    for (tile, sum) in zip(tiles, sums) {
      for (a, i) in rows[tile.row].enumerated() {
        for (b, j) in columns[tile.column].enumerated() {
          elements[i * z.columns + j] = share * sum[a, b]
          if isSymmetric { elements[j * z.columns + i] = share * sum[a, b] }
        }
      }
    }
    return Matrix(rows: x.columns, columns: z.columns, elements: elements)
  }

  /// Some columns of some vectors, without their mean: vectors × columns.
  private static func centred(
    _ x: Matrix<Float>, _ vectors: Range<Int>, _ columns: Range<Int>, mean: [Double]
  ) -> Matrix<Double> {
    var elements = [Double](repeating: 0, count: vectors.count * columns.count)
    x.elements.withUnsafeBufferPointer { x_ in
      mean.withUnsafeBufferPointer { mean in
        elements.withUnsafeMutableBufferPointer { elements in
          var place = 0
          for vector in vectors {
            for column in columns {
              elements[place] = Double(x_[vector * x.columns + column]) - mean[column]
              place += 1
            }
          }
        }
      }
    }
    return Matrix(rows: vectors.count, columns: columns.count, elements: elements)
  }
}
