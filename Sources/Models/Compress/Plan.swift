import Compression
import Files
import LinearAlgebra
import NeuralNetwork

/// The ranks of a compression, and the file that results.
public struct CompressionPlan: Sendable {
  /// A selected matrix and what becomes of it.
  public struct Layer: Sendable {
    public let matrix: SurveyedMatrix
    /// The type of the factors.
    public let stored: SafeTensors.ElementType
    /// `nil` for a matrix that is copied as it is.
    public let rank: Int?
    /// Why it is copied.
    public let reason: String?
  }

  public let layers: [Layer]
  let output: OutputFile

  /// Bytes of the file that results.
  public var size: Int { output.size }

  /// Decides the ranks.
  /// - Parameters:
  ///   - surveyed: the selected matrices, with spectra for `energy` and `size`.
  ///   - multiple: ranks are multiples of this number, except listed ones.
  ///   - keepsUnusable: whether matrices with NaN or infinities are copied.
  /// - Throws: `FileError` where a matrix is not finite and is not to be copied, a size cannot be met, or two tensors would have
  ///   one name.
  public init(
    of model: Model, surveyed: [SurveyedMatrix], extent: Extent, multiple: Int = 1, stored: StoredType = .same,
    naming: FactorNaming = .sequential, keepsUnusable: Bool = false
  ) throws(FileError) {
    if !keepsUnusable, let matrix = surveyed.first(where: { $0.unusable != nil }), let unusable = matrix.unusable {
      throw FileError(
        path: model.place(model.tensors[matrix.matrix.tensor]), found: unusable,
        expected: "finite elements, or --keep-unusable to copy such tensors as they are")
    }
    func layers(_ choose: (Int) -> (rank: Int?, reason: String?)) -> [Layer] {
      surveyed.indices.map { index in
        let matrix = surveyed[index]
        let (rank, reason) = matrix.unusable.map { (nil, $0) } ?? choose(index)
        return Layer(matrix: matrix, stored: stored.type(of: matrix.matrix.type), rank: rank, reason: reason)
      }
    }
    let sizes = surveyed.map { Self.allocation($0.matrix, stored: stored.type(of: $0.matrix.type), multiple: multiple) }
    /// The rank, rounded up, where the factors are smaller.
    func smaller(_ rank: Int, _ index: Int) -> (Int?, String?) {
      // The largest rank is a multiple, and numbers up to it do not overflow.
      if rank <= sizes[index].largestRank { return ((rank + multiple - 1) / multiple * multiple, nil) }
      return (nil, "rank \(rank)\(multiple > 1 ? ", to a multiple of \(multiple)," : "") would not be smaller")
    }
    let chosen: [Layer]
    switch extent {
    case .rank(let rank): chosen = layers { smaller(rank, $0) }
    case .energy(let energy): chosen = layers { smaller(surveyed[$0].spectrum?.rank(keeping: energy) ?? 1, $0) }
    case .listed(let list):
      let ranks = Dictionary(list.ranks.map { (Array($0.name.utf8), $0.rank) }) { first, _ in first }
      chosen = layers { index in
        let rank = ranks[Array(surveyed[index].matrix.name.utf8)] ?? nil
        guard let rank else { return (nil, "listed as dense") }
        if rank <= sizes[index].largestRank { return (rank, nil) }
        return (nil, "rank \(rank) would not be smaller")
      }
    case .size(let size):
      let usable = surveyed.indices.filter { surveyed[$0].unusable == nil }
      let budget = SizeBudget(of: model, asked: size) { ranks throws(FileError) in
        let byIndex = Dictionary(uniqueKeysWithValues: zip(usable, ranks))
        return try OutputFile(of: model, layers: layers { (byIndex[$0] ?? nil, nil) }, naming: naming).size
      }
      let ranks = try budget.ranks(
        errors: usable.map { surveyed[$0].spectrum?.droppedShares ?? [] }, layers: usable.map { sizes[$0] })
      let byIndex = Dictionary(uniqueKeysWithValues: zip(usable, ranks))
      chosen = layers { index in
        let rank = byIndex[index] ?? nil
        return (
          rank, rank == nil ? sizes[index].leastRank == nil ? "no rank would be smaller" : "dense within the budget" : nil
        )
      }
    }
    self.layers = chosen
    output = try OutputFile(of: model, layers: chosen, naming: naming)
  }

  private static func allocation(
    _ matrix: Selection.Matrix, stored: SafeTensors.ElementType, multiple: Int
  ) -> RankAllocation.Layer {
    RankAllocation.Layer(
      rows: matrix.rows, columns: matrix.columns, factorCost: stored.bits, denseCost: matrix.type.bits,
      multiple: multiple)
  }
}
