/// A (m×n) as subspace iteration needs it: its products with a few vectors, which are rows here. Workers share a product.
public protocol LinearMap<Scalar>: Sendable {
  associatedtype Scalar: BLASScalar
  /// m
  var rows: Int { get }
  /// n
  var columns: Int { get }
  /// A as a matrix.
  var matrix: Matrix<Scalar> { get }
  /// ‖A‖_F², unscaled: the squares must neither overflow nor vanish.
  var sumOfSquares: Double { get }

  /// x Aᵀ: l×m, for x of l×n. The bits do not depend on the workers.
  func multiply(rowsOf x: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar>
  /// y A: l×n, for y of l×m. The bits do not depend on the workers.
  func multiplyTransposed(rowsOf y: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar>
}

extension Matrix: LinearMap where Scalar: BLASScalar {
  public var matrix: Matrix { self }

  /// x Aᵀ, by a `gemm` for every 256 rows of A.
  public func multiply(rowsOf x: Matrix, workers: Workers) -> Matrix { shared(x, transpose: true, workers: workers) }

  /// y A, by a `gemm` for every 256 columns of A.
  public func multiplyTransposed(rowsOf y: Matrix, workers: Workers) -> Matrix {
    shared(y, transpose: false, workers: workers)
  }

  /// x Aᵀ or x A, a piece of the result's columns at a time.
  private func shared(_ x: Matrix, transpose: Bool, workers: Workers) -> Matrix {
    var result = Matrix(rows: x.rows, columns: transpose ? rows : columns)
    precondition(x.columns == (transpose ? columns : rows), "inner sizes differ")
    let (width, inner) = (result.columns, x.columns)
    guard !result.elements.isEmpty, inner > 0 else { return result }
    elements.withUnsafeBufferPointer { a in
      x.elements.withUnsafeBufferPointer { x_ in
        result.elements.withUnsafeMutableBufferPointer { result in
          workers.forEach(width, by: 256) { range, _ in
            Scalar.gemm(
              transposeA: false, transposeB: transpose, m: x.rows, n: range.count, k: inner, alpha: 1, a: x_.baseAddress!,
              strideA: inner, b: a.baseAddress! + range.lowerBound * (transpose ? columns : 1), strideB: columns, beta: 0,
              c: result.baseAddress! + range.lowerBound, strideC: width)
          }
        }
      }
    }
    return result
  }
}

extension PanelMatrix: LinearMap {
  public var sumOfSquares: Double { elements.sumOfSquares }

  /// x Aᵀ, in pieces for the workers.
  public func multiply(rowsOf x: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar> {
    var y = InterleavedBatch<Scalar>(count: x.rows, width: rows)
    multiply(InterleavedBatch(rowsOf: x), into: &y, workers: workers)
    return y.matrix
  }

  /// y A, in pieces for the workers.
  public func multiplyTransposed(rowsOf y: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar> {
    var x = InterleavedBatch<Scalar>(count: y.rows, width: columns)
    multiplyTransposed(InterleavedBatch(rowsOf: y), into: &x, workers: workers)
    return x.matrix
  }
}
