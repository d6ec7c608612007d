/// A matrix in panels of MR rows, the rows of a panel interleaved: element (i, j) lies at
/// `(i / MR) · MR · columns + MR j + i % MR`.
///
/// Weights are kept like this while they are trained: x Wᵀ, dY W and W's own step all read a panel from one end to the other,
/// so no product has to pack it first, as a general `gemm` does in every call. Rows that fill up the last panel are zeros.
public struct PanelMatrix<Scalar: BLASScalar>: Sendable {
  /// m
  public private(set) var rows: Int
  /// n
  public let columns: Int
  var elements: [Scalar]

  /// Rows or columns of a microkernel over a whole block: with its NR lanes, twelve registers of eight.
  static var columnsAtOnce: Int { 6 }
  /// The same over half a block.
  static var columnsOfHalf: Int { 12 }
  /// Panels that keep all workers busy; fewer are cut in the other direction too.
  static var enoughPanels: Int { 16 }

  /// A `rows` × `columns` matrix of zeros.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0)
    (self.rows, self.columns) = (rows, columns)
    // Microkernels read past the end.
    let slack = Tile.mr * Self.columnsOfHalf
    elements = [Scalar](repeating: 0, count: Self.panels(rows) * Tile.mr * columns + slack)
  }

  /// The same matrix in panels.
  public init(_ matrix: Matrix<Scalar>, workers: Workers = Workers(count: 1)) {
    self.init(rows: matrix.rows, columns: matrix.columns)
    matrix.interleave(by: Tile.mr, into: &elements, workers: workers)
  }

  /// Adds the rows of `more` (l×columns) below.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func append(rowsOf more: Matrix<Scalar>) {
    precondition(more.columns == columns)
    let added = (Self.panels(rows + more.rows) - panels) * Tile.mr * columns
    elements.append(contentsOf: repeatElement(0, count: added))
    let (rows, columns) = (rows, columns)
    elements.withUnsafeMutableBufferPointer { target in
      for i in 0..<more.rows {
        let (panel, place) = ((rows + i) / Tile.mr, (rows + i) % Tile.mr)
        let (source, first) = (i * columns, panel * columns * Tile.mr + place)
        for j in 0..<columns { target[first + j * Tile.mr] = more.elements[source + j] }
      }
    }
    self.rows += more.rows
  }

  /// The same matrix, row by row.
  public var matrix: Matrix<Scalar> { Matrix(rows: rows, columns: columns, interleaved: elements, by: Tile.mr) }

  static func panels(_ rows: Int) -> Int { (rows + Tile.mr - 1) / Tile.mr }
  var panels: Int { Self.panels(rows) }
}
