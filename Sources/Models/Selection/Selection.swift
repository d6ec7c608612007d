import Compression
import Files
import NeuralNetwork

/// Which matrices of a model are to be factored, and why the others are not.
public struct Selection: Sendable {
  /// A matrix: a tensor of two dimensions that can be factored.
  public struct Matrix: Sendable {
    /// The index of the tensor in the model.
    public let tensor: Int
    public let name: String
    public let type: SafeTensors.ElementType
    public let rows: Int
    public let columns: Int
    /// Why it is left as it is; `nil` where it is selected.
    public let reason: String?

    /// The largest rank at which the factors have fewer elements than the matrix: the largest r with r (m + n) < m n; 0 where
    /// there is none.
    public var breakEvenRank: Int { RankAllocation.largestRank(of: (rows, columns)) }
    public var isSelected: Bool { reason == nil }
  }

  /// All matrices of the model, in its order.
  public let matrices: [Matrix]

  /// Below this break-even rank, a matrix is left as it is unless a pattern names it.
  public static let leastBreakEvenRank = 8

  /// Selects the matrices of a model whose break-even rank is 8 or more and which are no embeddings; or, with patterns to include,
  /// those that fit one of them.
  ///
  /// - Parameter least: the least break-even rank without patterns to include.
  ///
  /// Never selected are tensors that other names stand for (`Model.aliases`), and the factors of an earlier run.
  /// - Throws: `FileError` where a pattern fits no tensor, with the nearest names, or where it fits none that can be factored.
  public init(of model: Model, include: [String] = [], exclude: [String] = [], least: Int = leastBreakEvenRank)
    throws(FileError)
  {
    let (include, exclude) = (include.map { Glob($0) }, exclude.map { Glob($0) })
    let least = include.isEmpty ? least : 1
    try self.init(of: model) { name, breakEven in
      if exclude.contains(where: { $0.matches(name) }) { return "excluded" }
      if include.isEmpty, Self.isEmbedding(name) { return "an embedding" }
      if !include.isEmpty, !include.contains(where: { $0.matches(name) }) { return "not included" }
      return breakEven < least ? "break-even rank \(breakEven)" : nil
    }
    for (option, globs) in [("--include", include), ("--exclude", exclude)] {
      for glob in globs { try require(glob, of: model, option: option, mustSelect: option == "--include") }
    }
  }

  /// Selects the matrices of a list.
  /// - Throws: `FileError` where the list names a tensor that is not there, or gives a rank to one that cannot be factored.
  public init(of model: Model, listed list: RankList, path: String) throws(FileError) {
    let ranks = Dictionary(list.ranks.map { (Array($0.name.utf8), $0.rank) }) { first, _ in first }
    try self.init(of: model) { name, breakEven in
      guard let rank = ranks[Array(name.utf8)] else { return "not listed" }
      return rank != nil && breakEven < 1 ? "break-even rank 0" : nil
    }
    let own = Dictionary(matrices.map { (Array($0.name.utf8), $0) }) { first, _ in first }
    for (name, rank) in list.ranks {
      guard model.tensors.contains(where: { $0.name.isIdentical(to: name) }) else {
        throw FileError(
          path: path, found: "'\(name)', which is no tensor of \(model.path)", expected: Self.nearest(Glob(name), of: model))
      }
      guard rank != nil, own[Array(name.utf8)]?.isSelected != true else { continue }
      let reason = own[Array(name.utf8)]?.reason ?? "no matrix of F64, F32, F16 or BF16"
      throw FileError(path: path, found: "a rank for '\(name)' (\(reason))", expected: "none: it cannot be factored")
    }
  }

  /// - Parameter reason: why a matrix of some name and break-even rank is left as it is; `nil` where it is selected.
  private init(of model: Model, reason: (_ name: String, _ breakEven: Int) -> String?) throws(FileError) {
    let factors = try Factorings(in: model).factorNames
    let aliases = model.aliases
    matrices = model.tensors.indices.compactMap { index in
      let tensor = model.tensors[index]
      guard let (rows, columns) = tensor.matrix else { return nil }
      let name = Array(tensor.name.utf8)
      let own = reason(tensor.name, RankAllocation.largestRank(of: (rows, columns)))
      let always =
        factors.contains(name) ? "a factor already" : aliases[name].map { "shared with \($0.joined(separator: ", "))" }
      return Matrix(
        tensor: index, name: tensor.name, type: tensor.type, rows: rows, columns: columns, reason: always ?? own)
    }
  }

  /// The selected ones.
  public var selected: [Matrix] { matrices.filter(\.isSelected) }

  /// How many matrices are left out for which reason, most first.
  public var reasons: String {
    let counts = matrices.compactMap(\.reason).reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) (\($0.value))" }.joined(
      separator: ", ")
  }

  /// Whether a name is that of a table of vectors, from which rows are looked up: a low rank is then a poor idea, and programs do
  /// not multiply by it.
  static func isEmbedding(_ name: String) -> Bool {
    name.lowercased().split(separator: ".").contains { part in
      part.contains("embed") || ["emb", "wte", "wpe", "shared"].contains(part)
    }
  }

  /// - Throws: `FileError` where nothing is selected, with the reasons.
  public func requireSome(of model: Model) throws(FileError) {
    guard !matrices.contains(where: \.isSelected) else { return }
    throw FileError(
      path: model.path, found: matrices.isEmpty ? "no matrix of F64, F32, F16 or BF16" : "no matrix to factor (\(reasons))",
      expected: "one or more")
  }

  /// The names that are most like a pattern, for an error.
  private static func nearest(_ glob: Glob, of model: Model) -> String {
    let names = glob.nearest(of: model.tensors.map(\.name)).map { "'\($0)'" }.joined(separator: ", ")
    return names.isEmpty ? "a model with tensors" : "the name of a tensor; the nearest are \(names)"
  }

  private func require(_ glob: Glob, of model: Model, option: String, mustSelect: Bool) throws(FileError) {
    let matched = model.tensors.filter { glob.matches($0.name) }
    guard !matched.isEmpty else {
      throw FileError(
        path: option, found: "'\(glob.pattern)', which no tensor of \(model.path) fits",
        expected: Self.nearest(glob, of: model))
    }
    guard mustSelect else { return }
    let own = matrices.filter { glob.matches($0.name) }
    guard own.contains(where: \.isSelected) else {
      let why =
        own.first.map { "'\($0.name)': \($0.reason ?? "")" }
        ?? "'\(matched[0].name)': \(matched[0].type.rawValue) of the shape \(matched[0].shape)"
      throw FileError(
        path: option, found: "'\(glob.pattern)', which fits no matrix that can be factored (\(why))",
        expected: "one of two dimensions, F64, F32, F16 or BF16")
    }
  }
}
