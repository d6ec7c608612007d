import Files
import LinearAlgebra

/// A weight matrix, m×n, with its momentum.
public struct TrainableWeights<Scalar: BLASScalar>: Sendable {
  /// The matrix as products take it.
  public private(set) var panels: PanelMatrix<Scalar>
  private var momentum: PanelMatrix<Scalar>

  /// A matrix with zero momentum.
  public init(_ matrix: Matrix<Scalar>) {
    (panels, momentum) = (PanelMatrix(matrix), PanelMatrix(rows: matrix.rows, columns: matrix.columns))
  }

  /// m
  public var rows: Int { panels.rows }
  /// n
  public var columns: Int { panels.columns }
  /// The matrix, row-major.
  public var matrix: Matrix<Scalar> { panels.matrix }

  /// Takes another matrix of the same shape, and adds to the momentum.
  public mutating func replace(with matrix: Matrix<Scalar>, addingMomentum added: Matrix<Scalar>) {
    precondition([matrix, added].allSatisfy { $0.rows == rows && $0.columns == columns })
    (panels, momentum) = (PanelMatrix(matrix), PanelMatrix(momentum.matrix + added))
  }

  /// A step along the gradient dYᵀ x: dY is batch × m, x batch × n.
  public mutating func update(
    outputGradient dY: InterleavedBatch<Scalar>, input x: InterleavedBatch<Scalar>, rule: NesterovSGD<Scalar>,
    workers: Workers
  ) {
    panels.step(momentum: &momentum, outputGradient: dY, input: x, rule: rule, workers: workers)
  }

  /// Writes the matrix as `name`, its momentum as `name_momentum`.
  public func save(_ name: String, to state: inout LayerState<Scalar>) {
    state.append(name, panels.matrix)
    state.append("\(name)_momentum", momentum.matrix)
  }

  /// Takes what `save` wrote.
  /// - Throws: `FileError` where a tensor is missing or has another shape.
  public mutating func restore(_ name: String, from state: LayerState<Scalar>) throws(FileError) {
    panels = PanelMatrix(try state.matrix(name, rows: rows, columns: columns))
    momentum = PanelMatrix(try state.matrix("\(name)_momentum", rows: rows, columns: columns))
  }
}

/// A bias with its momentum. Biases are not decayed.
public struct TrainableBias<Scalar: BLASScalar>: Sendable {
  /// b: one element an output.
  public private(set) var values: [Scalar]
  private var momentum: [Scalar]

  /// Biases with zero momentum.
  public init(_ values: [Scalar]) { (self.values, momentum) = (values, [Scalar](repeating: 0, count: values.count)) }

  /// A step along the gradient: the sum of dY's vectors.
  public mutating func update(outputGradient dY: InterleavedBatch<Scalar>, rule: NesterovSGD<Scalar>, workers: Workers) {
    rule.update(weights: &values, momentum: &momentum, gradient: dY.sum(workers: workers), decays: false)
  }

  /// Writes b and its momentum as `bias` and `bias_momentum`.
  public func save(to state: inout LayerState<Scalar>) {
    state.append("bias", values)
    state.append("bias_momentum", momentum)
  }

  /// Takes what `save` wrote.
  /// - Throws: `FileError` where a tensor is missing or has another length.
  public mutating func restore(from state: LayerState<Scalar>) throws(FileError) {
    values = try state.vector("bias", count: values.count)
    momentum = try state.vector("bias_momentum", count: momentum.count)
  }
}
