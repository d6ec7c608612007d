import Compression
import Files
import Results

extension StudyConfiguration {
  /// The ranks of a network's compressed layers, as a study file asks for them.
  public enum Rank: Equatable, Sendable {
    /// `20`: the same in each layer.
    case of(Int)
    /// `full`: the largest there is.
    case full
    /// `allocated 20`: as `calibration.allocation` says, with the parameters of this rank in each layer.
    case allocated(Int)
    /// `output 20`: allocated in this way.
    case by(Allocation, Int)
    /// `[33, 29, 18]`: one a layer.
    case listed([Int])

    /// The one rank of all layers, at most `full`; `nil` where each has its own.
    public func value(full: Int) -> Int? {
      switch self {
      case .of(let rank): min(rank, full)
      case .full: full
      case .allocated, .by, .listed: nil
      }
    }
  }
}

extension Allocation {
  /// The ways to allocate ranks to a budget.
  static let toBudget: [Allocation] = [.energy, .output, .gradient, .exchanged, .sensitivity]

  /// Whether it follows from statistics of images, and not from the weights alone.
  var needsImages: Bool { [.output, .gradient, .exchanged, .sensitivity].contains(self) }
}

extension StudyConfiguration.Rank {
  /// What a list of ranks may hold.
  struct Form: Sendable {
    /// For the errors.
    let description: String
    /// A rank; `nil` if the value is something else.
    let read: @Sendable (ConfigurationReader.Value) -> StudyConfiguration.Rank?
  }

  /// No matrix has a rank above the largest width.
  private static let bounds = StudyConfiguration.allowedWidths

  /// One rank for all layers.
  static let uniformForm = Form(description: "ranks from 1 to \(bounds.upperBound), or full") { value in
    value.text == "full" ? .full : value.wholeNumber(in: bounds).map { .of($0) }
  }

  /// A rank a layer too.
  static let layeredForm = Form(
    description: "ranks from 1 to \(bounds.upperBound), full, words and a rank such as 'allocated 20' (allocated, "
      + Allocation.toBudget.map(\.rawValue).joined(separator: ", ") + "), or lists of one rank a layer"
  ) { value in
    if let elements = value.elements {
      let ranks = elements.compactMap { $0.wholeNumber(in: bounds) }
      return ranks.isEmpty || ranks.count < elements.count ? nil : .listed(ranks)
    }
    let words = value.text?.split(separator: " ", omittingEmptySubsequences: false).map(String.init) ?? []
    guard words.count == 2 else { return uniformForm.read(value) }
    guard let rank = Int(canonical: words[1]), bounds.contains(rank) else { return nil }
    if words[0] == "allocated" { return .allocated(rank) }
    return Allocation.toBudget.first { $0.rawValue == words[0] }.map { .by($0, rank) }
  }

  /// As a study file has it.
  var json: JSON {
    switch self {
    case .of(let rank): .number(rank)
    case .full: .string("full")
    case .allocated(let rank): .string("allocated \(rank)")
    case .by(let allocation, let rank): .string("\(allocation.rawValue) \(rank)")
    case .listed(let ranks): .array(ranks.map { .number($0) })
    }
  }
}
