/// `compare.json`: what made `compare.csv`, as `experiments/peers/compare.py` writes it; only the values that the
/// figure shows.
public struct CompareManifest: ManifestFile, Equatable {
  public static let currentFormat = 2
  public var format = CompareManifest.currentFormat
  /// A run a processor.
  public var machines: [Machine]

  /// A run of the comparison.
  public struct Machine: Codable, Equatable, Sendable {
    /// The program and the machine of our side.
    public var ours: Manifest.Environment
    /// The other side's versions.
    public var peers: Peers

    /// A run.
    public init(ours: Manifest.Environment, peers: Peers) { (self.ours, self.peers) = (ours, peers) }
  }

  /// Versions.
  public struct Peers: Codable, Equatable, Sendable {
    public var torch: String
    public var numpy: String

    /// Versions of both.
    public init(torch: String, numpy: String) { (self.torch, self.numpy) = (torch, numpy) }
  }

  /// A manifest of this format.
  public init(machines: [Machine]) { self.machines = machines }
}
