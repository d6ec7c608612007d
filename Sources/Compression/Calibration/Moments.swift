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
    let tiles = ranges(x.columns).flatMap { i in
      ranges(z.columns).filter { !isSymmetric || $0.lowerBound <= i.lowerBound }.map { (rows: i, columns: $0) }
    }
    let products = workers.map(tiles) { tile in
      var sum = Matrix<Double>(rows: tile.rows.count, columns: tile.columns.count)
      for start in stride(from: 0, to: x.rows, by: chunk) {
        let vectors = start..<min(x.rows, start + chunk)
        let a = centred(x, vectors, tile.rows, mean: xMean)
        let b = isSymmetric && tile.rows == tile.columns ? a : centred(z, vectors, tile.columns, mean: zMean)
        sum.setProduct(a, transposeA: true, b, adding: 1)
      }
      return sum
    }
    let share = 1 / Double(x.rows)
    var elements = [Double](repeating: 0, count: x.columns * z.columns)
    for (tile, product) in zip(tiles, products) {
      for (a, i) in tile.rows.enumerated() {
        for (b, j) in tile.columns.enumerated() {
          elements[i * z.columns + j] = share * product[a, b]
          if isSymmetric { elements[j * z.columns + i] = share * product[a, b] }
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
