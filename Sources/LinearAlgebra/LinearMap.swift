/// A (m×n) as far as an iteration needs it: its products with a few vectors, which are rows here.
///
/// A `PanelMatrix` cuts each product into pieces for the workers; a `Matrix` leaves it to one call of `gemm`.
public protocol LinearMap<Scalar>: Sendable {
  associatedtype Scalar: BLASScalar
  /// m
  var rows: Int { get }
  /// n
  var columns: Int { get }
  /// A itself.
  var matrix: Matrix<Scalar> { get }
  /// ‖A‖_F², not scaled: for elements of ordinary size.
  var sumOfSquares: Double { get }

  /// x Aᵀ, of x l×n: l×m. The bits do not depend on the workers.
  func multiply(rowsOf x: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar>
  /// y A, of y l×m: l×n. The bits do not depend on the workers.
  func multiplyTransposed(rowsOf y: Matrix<Scalar>, workers: Workers) -> Matrix<Scalar>
}

extension Matrix: LinearMap where Scalar: BLASScalar {
  public var matrix: Matrix { self }
  /// On one thread.
  public func multiply(rowsOf x: Matrix, workers: Workers) -> Matrix { .product(x, self, transposeB: true) }
  /// On one thread.
  public func multiplyTransposed(rowsOf y: Matrix, workers: Workers) -> Matrix { y * self }
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
