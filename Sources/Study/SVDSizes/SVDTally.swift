import LinearAlgebra
import Results

/// What an algorithm's runs at one size gave.
struct SVDTally {
  let algorithm: SVDSizeRow.Algorithm
  private(set) var seconds: [Double] = []
  private var errors: [SVDErrorRatios] = []

  init(_ algorithm: SVDSizeRow.Algorithm) { self.algorithm = algorithm }

  mutating func add(_ measured: (seconds: Double, errors: SVDErrorRatios?)) {
    seconds.append(measured.seconds)
    if let errors = measured.errors { self.errors.append(errors) }
  }

  /// The median time, and the greatest of each ratio.
  func row(_ precision: SVDSizeRow.Precision, size: Int, rank: Int) -> SVDSizeRow {
    let isTruncated = algorithm == .subspaceCold || algorithm == .subspaceWarm
    return SVDSizeRow(
      algorithm: algorithm, precision: precision, size: size, rank: isTruncated ? min(rank, size) : size, runs: seconds.count,
      seconds: Spread(seconds)?.median ?? .nan, residualRatio: errors.map(\.residualRatio).greatest,
      orthogonalityOfU: errors.map(\.orthogonalityOfU).greatest, orthogonalityOfV: errors.map(\.orthogonalityOfV).greatest)
  }
}
