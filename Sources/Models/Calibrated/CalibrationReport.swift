/// What a compression by data did to a network.
public struct CalibrationReport: Equatable, Sendable, Codable {
  /// Both networks on the same samples.
  public struct Part: Equatable, Sendable, Codable {
    public var samples: Int
    /// In percent; `nil` without labels.
    public var accuracyBefore: Double?
    public var accuracyAfter: Double?
    /// Samples that get another class.
    public var changed: Int

    enum CodingKeys: String, CodingKey {
      case samples, changed
      case accuracyBefore = "accuracy_before"
      case accuracyAfter = "accuracy_after"
    }
  }

  /// The name of the data.
  public var data: String
  /// SHA-256 of their files.
  public var sha256: [String: String]
  /// Samples that the statistics are of.
  public var samples: Int
  public var seed: UInt64
  /// How ranks were chosen.
  public var allocation: String
  /// How the network is run.
  public var activation: String
  public var mean: Double
  public var deviation: Double
  /// SHA-256 of the file of the network before.
  public var before: String
  /// The mean divergence of the predictions from the original's, in nats, on the samples that were held out.
  public var divergence: Double
  /// The error of the logits there: √(Σ ‖z − ẑ‖² / Σ ‖z − E z‖²).
  public var logitsError: Double
  public var heldOut: Part
  /// `nil` where the data have no part for test.
  public var test: Part?

  enum CodingKeys: String, CodingKey {
    case data, sha256, samples, seed, allocation, activation, mean, deviation, before, divergence, test
    case logitsError = "logits_error"
    case heldOut = "held_out"
  }
}
