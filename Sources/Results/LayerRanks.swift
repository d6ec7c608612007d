/// The rank of each layer of a network, such as `33-29-18-11-10`.
///
/// A layer that stays dense is `dense`; dense layers at the end are left out.
public struct LayerRanks: Hashable, Sendable, LosslessStringConvertible {
  /// W1's first; `nil` for a dense layer. The last one is not dense.
  public let values: [Int?]

  /// Ranks from 1; `nil` for a dense layer.
  public init(_ values: [Int?]) {
    precondition(values.allSatisfy { ($0 ?? 1) >= 1 })
    self.values = Array(values.reversed().drop { $0 == nil }.reversed())
  }

  /// What `description` gave; `nil` for other text.
  public init?(_ text: String) {
    var values: [Int?] = []
    for part in text.split(separator: "-", omittingEmptySubsequences: false) {
      if part == Self.dense {
        values.append(nil)
      } else if let rank = Int(part), (1...Bounds.largest).contains(rank), part == "\(rank)" {
        values.append(rank)
      } else {
        return nil
      }
    }
    self.init(values)
    guard self.values.count == values.count else { return nil }
  }

  private static let dense = "dense"

  public var description: String { values.map { $0.map(String.init) ?? Self.dense }.joined(separator: "-") }
}
