/// A matrix in panels of 24 rows, the rows of a panel interleaved: element (i, j) lies at
/// `(i / 24) · 24 · columns + 24 j + i % 24`.
///
/// Weights are kept so while they are trained: x Wᵀ, dY W and W's own step all read a panel from one end to the other, so that
/// no product has to copy it into an order that suits the processor first, as a general `gemm` does in every call. Rows that
/// fill up the last panel are zeros.
public struct PanelMatrix<Scalar: BLASScalar>: Sendable {
  /// m
  public let rows: Int
  /// n
  public let columns: Int
  var elements: [Scalar]

  /// Rows of a panel: three registers of eight `Float`s, four times the six that a product takes at once.
  static var panelRows: Int { 24 }
  /// Rows or columns that a product takes at once: with the sixteen vectors of a batch, twelve registers of sums.
  static var columnsAtOnce: Int { 6 }
  /// The same with half a block of vectors, eight.
  static var columnsOfHalf: Int { 12 }

  /// A `rows` × `columns` matrix of zeros.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0)
    (self.rows, self.columns) = (rows, columns)
    // Room for a product's registers to be read past the end.
    let slack = Self.panelRows * Self.columnsOfHalf
    elements = [Scalar](repeating: 0, count: Self.panels(rows) * Self.panelRows * columns + slack)
  }

  /// The same matrix in panels.
  public init(_ matrix: Matrix<Scalar>) {
    self.init(rows: matrix.rows, columns: matrix.columns)
    matrix.interleave(by: Self.panelRows, into: &elements)
  }

  /// The same matrix, row by row.
  public var matrix: Matrix<Scalar> { Matrix(rows: rows, columns: columns, interleaved: elements, by: Self.panelRows) }

  static func panels(_ rows: Int) -> Int { (rows + panelRows - 1) / panelRows }
  var panels: Int { Self.panels(rows) }
}
