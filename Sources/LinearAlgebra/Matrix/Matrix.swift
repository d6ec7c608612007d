/// A dense matrix, row-major: element (i, j) lies at `elements[i * columns + j]`.
public struct Matrix<Scalar: BinaryFloatingPoint & Sendable>: Equatable, Sendable {
  /// m
  public let rows: Int
  /// n
  public let columns: Int
  /// `rows * columns` elements, one row after the other.
  public internal(set) var elements: [Scalar]

  /// A `rows` × `columns` matrix of zeros, or of `value`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(rows: Int, columns: Int, repeating value: Scalar = 0) {
    precondition(rows >= 0 && columns >= 0, "a matrix has no negative size")
    self.init(rows: rows, columns: columns, elements: [Scalar](repeating: value, count: rows * columns))
  }

  /// A matrix of given elements, row by row.
  public init(rows: Int, columns: Int, elements: [Scalar]) {
    precondition(elements.count == rows * columns, "\(elements.count) elements for \(rows)×\(columns)")
    (self.rows, self.columns, self.elements) = (rows, columns, elements)
  }

  /// A matrix whose element (i, j) is `element(i, j)`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(rows: Int, columns: Int, _ element: (_ i: Int, _ j: Int) -> Scalar) {
    self.init(rows: rows, columns: columns)
    for i in 0..<rows { for j in 0..<columns { elements[i * columns + j] = element(i, j) } }
  }

  /// Element in row i and column j, both from 0.
  @inlinable
  public subscript(i: Int, j: Int) -> Scalar {
    get {
      precondition(0 <= i && i < rows && 0 <= j && j < columns)
      return elements[i * columns + j]
    }
    set {
      precondition(0 <= i && i < rows && 0 <= j && j < columns)
      setElement(i, j, newValue)
    }
  }

  @usableFromInline
  mutating func setElement(_ i: Int, _ j: Int, _ value: Scalar) { elements[i * columns + j] = value }
}

extension Matrix {
  /// The `n` × `n` identity.
  public static func identity(_ n: Int) -> Matrix { Matrix(rows: n, columns: n) { $0 == $1 ? 1 : 0 } }

  /// A matrix of independent standard normals, row by row from `stream`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func normal(rows: Int, columns: Int, from stream: inout RandomStream) -> Matrix {
    var elements = [Scalar](repeating: 0, count: rows * columns)
    for index in elements.indices { elements[index] = Scalar(stream.normal()) }
    return Matrix(rows: rows, columns: columns, elements: elements)
  }

  /// Aᵀ: `columns` × `rows`.
  public var transposed: Matrix {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get {
      elements.withUnsafeBufferPointer { source in
        Matrix(
          rows: columns, columns: rows,
          elements: [Scalar](unsafeUninitializedCapacity: source.count) { target, count in
            for j in 0..<columns {
              for i in 0..<rows { target.initializeElement(at: j * rows + i, to: source[i * columns + j]) }
            }
            count = source.count
          })
      }
    }
  }

  /// The rows `range`: `range.count` × `columns`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func rowSlice(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(
      rows: range.count, columns: columns, elements: Array(elements[range.lowerBound * columns..<range.upperBound * columns])
    )
  }

  /// The columns `range`: `rows` × `range.count`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func columnSlice(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    return Matrix(rows: rows, columns: range.count) { elements[$0 * columns + range.lowerBound + $1] }
  }

  /// self above `other`: the rows of both.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func appendingRows(_ other: Matrix) -> Matrix {
    precondition(columns == other.columns)
    return Matrix(rows: rows + other.rows, columns: columns, elements: elements + other.elements)
  }

  /// `transform` of each element, perhaps in another precision.
  @specialized(where Scalar == Float, Other == Float)
  @specialized(where Scalar == Float, Other == Double)
  @specialized(where Scalar == Double, Other == Float)
  @specialized(where Scalar == Double, Other == Double)
  public func map<Other>(_ transform: (Scalar) -> Other) -> Matrix<Other> {
    Matrix<Other>(rows: rows, columns: columns, elements: elements.map(transform))
  }

  /// Row i times `factors[i]`: diag(factors) A.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scalingRows(by factors: [Scalar]) -> Matrix {
    precondition(factors.count == rows)
    return Matrix(rows: rows, columns: columns) { elements[$0 * columns + $1] * factors[$0] }
  }

  /// Column j times `factors[j]`: A diag(factors).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scalingColumns(by factors: [Scalar]) -> Matrix {
    precondition(factors.count == columns)
    return Matrix(rows: rows, columns: columns) { elements[$0 * columns + $1] * factors[$1] }
  }

  /// A + B, element by element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func + (a: Matrix, b: Matrix) -> Matrix { a.combined(with: b, +) }

  /// A − B, element by element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func - (a: Matrix, b: Matrix) -> Matrix { a.combined(with: b, -) }

  @inline(__always)
  private func combined(with other: Matrix, _ operation: (Scalar, Scalar) -> Scalar) -> Matrix {
    precondition(rows == other.rows && columns == other.columns)
    return Matrix(rows: rows, columns: columns, elements: zip(elements, other.elements).map(operation))
  }
}

extension Matrix {
  /// Writes every row: `body` gets the index of the row and its `columns` elements.
  @inlinable
  public mutating func fillRows(_ body: (_ row: Int, _ values: inout UnsafeMutableBufferPointer<Scalar>) -> Void) {
    let (rows, columns) = (rows, columns)
    withElements { elements in
      for row in 0..<rows {
        var values = UnsafeMutableBufferPointer(rebasing: elements[row * columns..<(row + 1) * columns])
        body(row, &values)
      }
    }
  }

  @usableFromInline
  mutating func withElements(_ body: (UnsafeMutableBufferPointer<Scalar>) -> Void) {
    elements.withUnsafeMutableBufferPointer { body($0) }
  }
}
