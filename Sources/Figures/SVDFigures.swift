import Results

extension FigureCatalog {
  /// The figures of the SVD algorithms, by file name without extension.
  public static let svdNames = svdRecipes.map(\.name)

  private typealias SVDRecipe = (name: String, figure: @Sendable ([SVDSizeRow], SVDTitle) -> Figure?)

  private static let svdRecipes: [SVDRecipe] = [("svd-error-by-size", svdErrorBySize), ("svd-time-by-size", svdTimeBySize)]

  /// Draws the SVD algorithms against the size of a matrix, as SVG, PNG and PDF: how large their errors are, and how long
  /// they take.
  /// - Parameters:
  ///   - files: the table that `lowrank svd-sizes` writes, and what made it, if it is there.
  ///   - folder: where the figures go, `figures/svd`; it is made if it is missing.
  ///   - log: takes a line for a figure that is left out, and gnuplot's warnings.
  ///   - isCancelled: asked before each figure.
  /// - Returns: the paths written.
  /// - Throws: as `draw(results:to:log:isCancelled:)`.
  public static func draw(
    svdSizes files: SVDSizeFiles, to folder: String, log: (String) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> [String] {
    let rows = try SVDSizeRow.read(from: files.table)
    let title = SVDTitle(rows: rows, manifest: try SVDSizesManifest.readIfPresent(from: files.manifest))
    return try draw(
      svdRecipes.map { recipe in (recipe.name, { recipe.figure(rows, title) }) }, from: files.table, to: folder, log: log,
      isCancelled: isCancelled)
  }
}

/// What the figures of the SVDs take from the manifest: the lines under their titles, and the bound of the error ratios.
struct SVDTitle {
  private let runs: Int
  private let machine: String
  /// The bound of the error ratios; `nil` where there is no manifest, or it has none that a logarithmic axis can show.
  let bound: Double?

  init(rows: [SVDSizeRow], manifest: SVDSizesManifest?) {
    runs = rows.map(\.runs).max() ?? 0
    bound = manifest?.bound.flatMap { (1e-100...1e100).contains($0) ? $0 : nil }
    machine =
      manifest.map(\.environment).map { environment in
        ", \(printable(environment.processor)), OpenBLAS kernels \(printable(environment.blasKernel))"
      } ?? ""
  }

  /// For errors.
  var errors: String { "square matrices with the singular values of trained weights, the worst of \(seeds)" }
  /// For times.
  var times: String { "one thread\(machine), median of \(seeds)" }

  private var seeds: String { runs == 1 ? "1 seed" : "up to \(runs) seeds" }
}

extension SVDSizeRow.Algorithm {
  /// In a legend.
  func legend(rank: Int) -> String {
    switch self {
    case .jacobi: "Jacobi"
    case .lapack: "LAPACK"
    case .subspaceCold: "subspace, D = \(rank), cold"
    case .subspaceWarm: "subspace, D = \(rank), warm"
    }
  }
}
