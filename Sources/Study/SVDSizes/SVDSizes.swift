import Files
import Foundation
import LinearAlgebra
import Results

/// The SVD algorithms on square matrices of several sizes, in both precisions: how large their errors are, and how long they
/// take on one thread. See `WeightLikeMatrix` for the matrices.
public struct SVDSizes: Sendable {
  /// Rows, and columns, of the matrices: ascending, each once.
  public let sizes: [Int]
  /// Number of matrices of each size, with the seeds `seed`, `seed` + 1, …
  public let runs: Int
  /// D of subspace iteration, or the size where that is less; the others compute all values.
  public let rank: Int
  public let seed: UInt64
  /// Seconds for one algorithm at one size. After them no further run begins. An algorithm that took longer for a single SVD
  /// is left out of larger sizes.
  public let budget: Double

  /// All from 1, the budget above 0.
  public init(sizes: [Int], runs: Int, rank: Int, seed: UInt64, budget: Double) {
    precondition(!sizes.isEmpty && sizes.allSatisfy { $0 >= 1 } && runs >= 1 && rank >= 1 && budget > 0 && budget.isFinite)
    (self.sizes, self.runs, self.rank) = (Set(sizes).sorted(), runs, rank)
    (self.seed, self.budget) = (seed, budget)
  }

  /// The progress of the measurement.
  public struct Progress: Sendable {
    /// The SVD that is measured now.
    public let algorithm: SVDSizeRow.Algorithm, precision: SVDSizeRow.Precision, size: Int
    /// From 1.
    public let run: Int
    /// The fraction of the work that is done, from 0 to 1. The work of a matrix is the cube of its size.
    public let fraction: Double
  }

  /// Measures, and writes the table and its manifest.
  /// - Parameter progress: called before each SVD.
  /// - Throws: `FileError`, `LinearAlgebraError`, `Interruption`; earlier files are then unchanged.
  public func run(
    to files: SVDSizeFiles, observer: StudyObserver = StudyObserver(), progress: (Progress) -> Void = { _ in }
  ) throws {
    // Checked before the work.
    for path in [files.table, files.manifest] { try AtomicFile.probe(file: path) }
    let (began, clock) = (Date(), ContinuousClock())
    let from = clock.now
    observer.message("svd-sizes: seed \(seed), runs \(runs), one thread, OpenBLAS kernels \(OpenBLAS.kernel)")
    let rows = try measure(observer: observer, progress: progress)
    let manifest = SVDSizesManifest(
      seed: seed, sizes: sizes, runs: runs, rank: rank, budget: budget, spectrum: WeightLikeMatrix.formula,
      change: WeightLikeMatrix.change, bound: SVDErrorRatios.bound, environment: .current(threads: 1),
      started: began.formatted(.iso8601), seconds: (clock.now - from).seconds)
    if observer.isInterrupted() { throw Interruption() }
    try AtomicFile.write([(files.table, Array(SVDSizeRow.text(of: rows).utf8)), (files.manifest, manifest.encoded)])
  }

  /// The rows, by size, precision and algorithm.
  func measure(observer: StudyObserver, progress: (Progress) -> Void) throws -> [SVDSizeRow] {
    var rows: [SVDSizeRow] = []
    var contenders = SVDSizeRow.Algorithm.allCases
    for size in sizes {
      var slow: Set<SVDSizeRow.Algorithm> = []
      for precision in SVDSizeRow.Precision.allCases {
        var tallies = contenders.map(SVDTally.init)
        switch precision {
        case .float: try measure(&tallies, size, precision, in: Float.self, observer, progress)
        case .double: try measure(&tallies, size, precision, in: Double.self, observer, progress)
        }
        slow.formUnion(tallies.filter { ($0.seconds.max() ?? 0) > budget }.map(\.algorithm))
        let measured = tallies.map { $0.row(precision, size: size, rank: rank) }
        observer.message("svd-sizes: \(size)×\(size), \(precision.rawValue): \(Self.described(measured))")
        // NaN is not below the bound.
        for row in measured where !((row.worstRatio ?? 0) < SVDErrorRatios.bound) {
          observer.warning(
            "svd-sizes: \(row.algorithm.rawValue), \(size)×\(size), \(precision.rawValue): "
              + "found the error ratio \(row.worstRatio ?? .nan), expected less than \(Int(SVDErrorRatios.bound))")
        }
        rows += measured
      }
      contenders.removeAll { slow.contains($0) }
      for algorithm in slow.map(\.rawValue).sorted() where size < sizes[sizes.count - 1] {
        observer.message(
          "svd-sizes: \(algorithm) stops at \(size)×\(size): one SVD took more than \(String(format: "%g", budget)) s")
      }
      if contenders.isEmpty { break }
    }
    return rows
  }

  /// All runs of one size and precision.
  private func measure<Scalar: BLASScalar>(
    _ tallies: inout [SVDTally], _ size: Int, _ precision: SVDSizeRow.Precision, in _: Scalar.Type,
    _ observer: StudyObserver, _ progress: (Progress) -> Void
  ) throws {
    for run in 0..<runs {
      let trial = SVDTrial<Scalar>(size: size, rank: min(rank, size), seed: seed &+ UInt64(run))
      for turn in tallies.indices {
        // The algorithms take turns, so that a slow phase of the machine slows all of them.
        let index = (turn + run) % tallies.count
        guard tallies[index].seconds.reduce(0, +) <= budget else { continue }
        if observer.isInterrupted() { throw Interruption() }
        let done = Double(run) + Double(turn) / Double(tallies.count)
        progress(
          Progress(
            algorithm: tallies[index].algorithm, precision: precision, size: size, run: run + 1,
            fraction: fraction(size: size, precision: precision, runs: done)))
        tallies[index].add(try trial.measure(tallies[index].algorithm))
      }
    }
  }

  /// The part of all work that is done after `runs` runs at this size and precision.
  private func fraction(size: Int, precision: SVDSizeRow.Precision, runs done: Double) -> Double {
    func work(_ size: Int) -> Double { Double(size * size * size) }
    let before = sizes.filter { $0 < size }.map(work).reduce(0, +) * 2
    let here = work(size) * ((precision == .double ? 1 : 0) + done / Double(runs))
    return (before + here) / (2 * sizes.map(work).reduce(0, +))
  }

  /// Times and the worst ratio in one line.
  private static func described(_ rows: [SVDSizeRow]) -> String {
    let times = rows.map { "\($0.algorithm.rawValue) \(String(format: "%.2g", $0.seconds)) s" }.joined(separator: ", ")
    return times + "; worst ratio " + String(format: "%.2g", rows.compactMap(\.worstRatio).greatest ?? 0)
  }
}
