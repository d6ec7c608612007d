/// A (m×n) as far as an iteration needs it: its products with a few vectors, which are rows here.
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

  /// x Aᵀ, of x l×n: l×m.
  func multiply(rowsOf x: Matrix<Scalar>) -> Matrix<Scalar>
  /// y A, of y l×m: l×n.
  func multiplyTransposed(rowsOf y: Matrix<Scalar>) -> Matrix<Scalar>
}

extension Matrix: LinearMap where Scalar: BLASScalar {
  public var matrix: Matrix { self }
  public func multiply(rowsOf x: Matrix) -> Matrix { .product(x, self, transposeB: true) }
  public func multiplyTransposed(rowsOf y: Matrix) -> Matrix { y * self }
}

extension PanelMatrix: LinearMap {
  public var sumOfSquares: Double { elements.sumOfSquares }

  public func multiply(rowsOf x: Matrix<Scalar>) -> Matrix<Scalar> {
    var y = InterleavedBatch<Scalar>(count: x.rows, width: rows)
    multiply(InterleavedBatch(rowsOf: x), into: &y, workers: Workers(count: 1))
    return y.matrix
  }

  public func multiplyTransposed(rowsOf y: Matrix<Scalar>) -> Matrix<Scalar> {
    var x = InterleavedBatch<Scalar>(count: y.rows, width: columns)
    multiplyTransposed(InterleavedBatch(rowsOf: y), into: &x, workers: Workers(count: 1))
    return x.matrix
  }
}
