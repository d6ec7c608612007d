import Results

extension FigureCatalog {
  /// The figures of the SVD algorithms, by file name without extension.
  public static let svdNames = svdRecipes.map(\.name)

  private static let svdRecipes: [Recipe<[SVDSizeRow], SVDTitle>] = [
    ("svd-error-by-size", svdErrorBySize), ("svd-time-by-size", svdTimeBySize),
  ]

  /// Draws errors and times of the SVD algorithms against the size of a matrix, as SVG, PNG and PDF.
  /// - Parameters:
  ///   - files: the table that `lowrank svd-sizes` writes, and its manifest.
  ///   - folder: where the figures go, `figures/svd`.
  /// - Returns: the paths written.
  /// - Throws: as `draw(results:to:log:isCancelled:)`, which has the other parameters as well.
  public static func draw(
    svdSizes files: SVDSizeFiles, to folder: String, log: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> [String] {
    let (rows, manifest): ([SVDSizeRow], SVDSizesManifest?) = try read(files.table)
    return try draw(
      svdRecipes, rows, SVDTitle(rows: rows, manifest: manifest), from: files.table, to: folder, log: log,
      isCancelled: isCancelled)
  }
}

/// The lines under the titles (the matrices, the number of seeds and the machine), and the bound of the error ratios.
struct SVDTitle {
  private let runs: Int
  private let machine: String
  /// `nil` where there is no manifest, or it has no bound that a logarithmic axis can show.
  let bound: Double?

  init(rows: [SVDSizeRow], manifest: SVDSizesManifest?) {
    runs = rows.map(\.runs).max() ?? 0
    bound = manifest?.bound.flatMap { Ticks.drawable.contains($0) ? $0 : nil }
    let environment = manifest?.environment
    machine = environment.map { ", \(titleText($0.processor)), OpenBLAS kernels \(titleText($0.blasKernel))" } ?? ""
  }

  var errors: String { "square matrices with the singular values of trained weights, maximum of \(seeds)" }
  var times: String { "one thread\(machine), median of \(seeds)" }

  private var seeds: String { runs == 1 ? "1 seed" : "up to \(runs) seeds" }
}

extension SVDSizeRow.Algorithm {
  func title(rank: Int) -> String {
    switch self {
    case .jacobi: "Jacobi"
    case .lapack: "LAPACK"
    case .subspaceCold: "subspace, D = \(rank), cold"
    case .subspaceWarm: "subspace, D = \(rank), warm"
    }
  }
}
