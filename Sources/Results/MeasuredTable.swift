/// The tables of measurements that belong to no study. Beside each, a `.json` file of the same name says how it was made.
public enum MeasuredTable: String, CaseIterable, Sendable {
  /// The SVD algorithms by size.
  case svd = "svd/sizes.csv"
  /// The comparison with PyTorch and NumPy.
  case compare = "compare.csv"
  /// A training step's time by size.
  case scaling = "scaling/scaling.csv"

  /// Where the table lies below the folder of all results.
  public func path(below root: String = "experiments/results") -> String { "\(root)/\(rawValue)" }

  /// The manifest of the table at `path`, whose name ends in `.csv`.
  public static func manifest(of path: String) -> String {
    precondition(path.hasSuffix(".csv"))
    return path.dropLast("csv".count) + "json"
  }
}
