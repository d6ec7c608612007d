/// The images that a network is trained and tested on.
public struct Dataset: Sendable {
  /// The word in every row, file name and figure title.
  public enum Name: String, CaseIterable, Codable, Sendable {
    /// The handwritten digits of LeCun, Cortes and Burges.
    case mnist
    /// The digits this package draws.
    case digits
  }

  /// The word in every row, file name and title.
  public let name: Name
  /// All training images; the caller splits them into training and validation set with `prefix` and `suffix`.
  public let training: Images
  /// The test set, evaluated at the end of a run; it selects nothing.
  public let test: Images
  /// SHA-256, in lower-case hexadecimal, of the published files (by file name), or of the pixels and labels of digits.
  public let sha256: [String: String]

  /// Images for training and test, with the digests of their source.
  public init(name: Name, training: Images, test: Images, sha256: [String: String]) {
    (self.name, self.training, self.test, self.sha256) = (name, training, test, sha256)
  }
}
