import Files

/// A row of `sizes.csv`: one SVD algorithm in one precision, on square matrices of one size.
public struct SVDSizeRow: Hashable, Sendable {
  /// Which algorithm, and how it starts.
  public enum Algorithm: String, CaseIterable, Sendable {
    case jacobi, lapack
    /// From a Gaussian block, until the values settle.
    case subspaceCold
    /// From the singular vectors of a matrix that differed a little.
    case subspaceWarm
  }

  /// What was computed in.
  public enum Precision: String, CaseIterable, Sendable { case float, double }

  /// Which algorithm.
  public var algorithm: Algorithm
  /// In which precision.
  public var precision: Precision
  /// Rows, and columns, of the matrices.
  public var size: Int
  /// D: how many singular values and vectors were asked for.
  public var rank: Int
  /// How many matrices, each of another seed.
  public var runs: Int
  /// For one SVD: the median over the runs.
  public var seconds: Double
  /// The greatest of the runs', as `SVDErrorRatios` has it. `nil`, as the other two, where only the time was
  /// measured.
  public var residualRatio: Double?
  /// ‖UᵀU − I‖ / (m ε), the greatest.
  public var orthogonalityOfU: Double?
  /// ‖VᵀV − I‖ / (n ε), the greatest.
  public var orthogonalityOfV: Double?
  /// Of subspace iteration, the most in a run.
  public var iterations: Int?
  /// Of subspace iteration, the runs that did not converge and ended with the full SVD.
  public var fullSVDs: Int?

  /// A row.
  public init(
    algorithm: Algorithm, precision: Precision, size: Int, rank: Int, runs: Int, seconds: Double, residualRatio: Double?,
    orthogonalityOfU: Double?, orthogonalityOfV: Double?, iterations: Int? = nil, fullSVDs: Int? = nil
  ) {
    (self.algorithm, self.precision, self.size, self.rank) = (algorithm, precision, size, rank)
    (self.runs, self.seconds, self.residualRatio) = (runs, seconds, residualRatio)
    (self.orthogonalityOfU, self.orthogonalityOfV) = (orthogonalityOfU, orthogonalityOfV)
    (self.iterations, self.fullSVDs) = (iterations, fullSVDs)
  }

  /// The greatest of the three ratios; NaN if one of them is, `nil` where only the time was measured.
  public var worstRatio: Double? { [residualRatio, orthogonalityOfU, orthogonalityOfV].compactMap { $0 }.greatest }
}

extension SVDSizeRow: TableRow {
  public static let columns = [
    "algorithm", "precision", "size", "rank", "runs", "seconds", "residual_ratio", "orthogonality_u", "orthogonality_v",
    "iterations", "full_svds",
  ]

  public var fields: [String] {
    [algorithm.rawValue, precision.rawValue, "\(size)", "\(rank)", "\(runs)", "\(seconds)"]
      + [residualRatio, orthogonalityOfU, orthogonalityOfV].map { $0.map { "\($0)" } ?? "" }
      + [iterations, fullSVDs].map { $0.map(String.init) ?? "" }
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    algorithm = try fields.next(Algorithm.self)
    precision = try fields.next(Precision.self)
    size = try fields.next(in: 1...Bounds.largest)
    rank = try fields.next(in: 1...Bounds.largest)
    runs = try fields.next(in: 1...Bounds.largest)
    seconds = try fields.next(in: Bounds.amount)
    residualRatio = try fields.nextIfPresent()
    orthogonalityOfU = try fields.nextIfPresent()
    orthogonalityOfV = try fields.nextIfPresent()
    iterations = try fields.nextIfPresent(in: 0...Bounds.largest)
    fullSVDs = try fields.nextIfPresent(in: 0...Bounds.largest)
  }
}
