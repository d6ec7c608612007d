import LinearAlgebra
import Results

/// The measurements of an algorithm at one size.
struct SVDTally {
  let algorithm: SVDSizeRow.Algorithm
  private(set) var seconds: [Double] = []
  private var errors: [SVDErrorRatios] = []
  private var iterations: [Int] = []
  private var full = 0

  init(_ algorithm: SVDSizeRow.Algorithm) { self.algorithm = algorithm }

  mutating func add<Scalar>(_ measured: SVDTrial<Scalar>.Measured) {
    seconds.append(measured.seconds)
    if let errors = measured.errors { self.errors.append(errors) }
    if let iterations = measured.iterations { self.iterations.append(iterations) }
    if measured.isFull { full += 1 }
  }

  /// The median time, the greatest of each ratio, and the most iterations.
  func row(_ precision: SVDSizeRow.Precision, size: Int, rank: Int) -> SVDSizeRow {
    let isTruncated = algorithm == .subspaceCold || algorithm == .subspaceWarm
    return SVDSizeRow(
      algorithm: algorithm, precision: precision, size: size, rank: isTruncated ? min(rank, size) : size,
      runs: seconds.count, seconds: seconds.median ?? .nan, residualRatio: errors.map(\.residualRatio).greatest,
      orthogonalityOfU: errors.map(\.orthogonalityOfU).greatest, orthogonalityOfV: errors.map(\.orthogonalityOfV).greatest,
      iterations: iterations.max(), fullSVDs: iterations.isEmpty ? nil : full)
  }
}
