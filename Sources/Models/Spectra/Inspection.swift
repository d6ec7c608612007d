import Compression
import Files
import LinearAlgebra
import NeuralNetwork

/// What the singular values say of a model's matrices.
public struct Inspection: Sendable {
  /// One matrix. The values are `nil` where an element is not finite.
  public struct Row: Sendable, Codable {
    public var tensor: String
    public var rows: Int
    public var columns: Int
    public var type: String
    /// σ₁
    public var largest: Double?
    /// ‖A‖²_F / σ₁²
    public var stableRank: Double?
    /// Roy and Vetterli 2007
    public var effectiveRank: Double?
    /// The smallest ranks that keep 90 and 99 % of Σ σᵢ².
    public var rank90: Int?
    public var rank99: Int?
    /// The largest rank at which factors are smaller than the matrix.
    public var breakEvenRank: Int
    /// Why `compress` leaves it as it is; `nil` where it does not.
    public var reason: String?
    public var digest: String

    enum CodingKeys: String, CodingKey {
      case tensor, rows, columns, type
      case largest = "sigma_1"
      case stableRank = "stable_rank"
      case effectiveRank = "effective_rank"
      case rank90 = "rank_90"
      case rank99 = "rank_99"
      case breakEvenRank = "break_even_rank"
      case reason = "left_as_it_is"
      case digest = "sha256"
    }
  }

  /// What an option of `compress` would do to the whole.
  public struct Budget: Sendable, Codable {
    /// The option.
    public var option: String
    /// Matrices that become factors.
    public var factored: Int
    /// Bytes of the file.
    public var bytes: Int
    /// The root of the mean square of the relative errors of the selected matrices: √(mean of Σ dropped σ² / Σ σ²).
    public var error: Double
  }

  public let rows: [Row]
  public let budgets: [Budget]

  /// - Parameter surveyed: all matrices of the selection, with spectra.
  public init(of model: Model, selection: Selection, surveyed: [SurveyedMatrix]) {
    rows = surveyed.map { matrix in
      let (own, spectrum) = (matrix.matrix, matrix.spectrum)
      return Row(
        tensor: own.name, rows: own.rows, columns: own.columns, type: own.type.rawValue, largest: spectrum?.values.first,
        stableRank: spectrum?.stableRank, effectiveRank: spectrum?.effectiveRank, rank90: spectrum?.rank(keeping: 0.9),
        rank99: spectrum?.rank(keeping: 0.99), breakEvenRank: own.breakEvenRank, reason: matrix.unusable ?? own.reason,
        digest: matrix.digest)
    }
    let usable = surveyed.filter { $0.matrix.isSelected && $0.spectrum != nil }
    budgets = Self.budgets.compactMap { option, extent in
      guard !usable.isEmpty, let plan = try? CompressionPlan(of: model, surveyed: usable, extent: extent) else { return nil }
      let factored = plan.layers.filter { $0.rank != nil }
      if factored.isEmpty { return nil }
      let squares = factored.reduce(0.0) { sum, layer in
        sum + (layer.matrix.spectrum.flatMap { spectrum in layer.rank.map { spectrum.droppedShares[$0] } } ?? 0)
      }
      return Budget(
        option: option, factored: factored.count, bytes: plan.size,
        error: (squares / Double(plan.layers.count)).squareRoot())
    }
  }

  private static let budgets: [(String, Extent)] =
    [16, 32, 64, 128].map { ("--rank \($0)", .rank($0)) }
    + [90, 95, 99].map { ("--energy 0.\($0)", .energy(Double($0) / 100)) }
    + [75, 50, 25].map { ("--size \($0)%", .size(.share(Double($0) / 100))) }
}

extension Inspection {
  /// Rows and budgets as JSON.
  public var json: JSON {
    .object([
      "version": .number(1), "matrices": .array(rows.map { JSON(encoding: $0) }),
      "budgets": .array(budgets.map { JSON(encoding: $0) }),
    ])
  }

  /// A row a matrix.
  public var csv: String {
    func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
    return CSVTable(
      columns: [
        "tensor", "rows", "columns", "type", "sigma_1", "stable_rank", "effective_rank", "rank_90", "rank_99",
        "break_even_rank", "left_as_it_is", "sha256",
      ],
      rows: rows.map { row in
        [
          row.tensor, "\(row.rows)", "\(row.columns)", row.type, text(row.largest), text(row.stableRank),
          text(row.effectiveRank), text(row.rank90), text(row.rank99), "\(row.breakEvenRank)", text(row.reason), row.digest,
        ]
      }
    ).text
  }
}
