import Files
import Results

extension StudyConfiguration {
  /// The images that statistics are of, taken from the training images, and the way to allocate ranks.
  public struct CalibrationImages: Equatable, Sendable {
    /// So many.
    public var images = 0
    /// Further ones, on which ranks are exchanged between layers.
    public var heldOut = 0
    /// What `allocated` stands for.
    public var allocation = Allocation.exchanged
  }

  /// Part 4: networks of these sizes, made from statistics without a step of training.
  public struct WithoutTraining: Equatable, Sendable {
    /// Budgets: the weights of these ranks in each compressed layer, and of the dense last layer.
    public var ranks: [Int] = []
    /// Bits of a stored element.
    public var bits: [Int] = []
    /// What each step of the method brings; `nil` if that is not asked for.
    public var ablation: Ablation?

    /// The bits that a network can be stored with.
    public static let allowedBits = [32, 16, 8, 4, 3, 2]
  }

  /// Networks that lack a step of the method, or have another choice in it.
  public struct Ablation: Equatable, Sendable {
    /// Budgets.
    public var ranks: [Int] = []
    /// Numbers of calibration images.
    public var images: [Int] = []
    /// Ways to allocate ranks.
    public var allocations: [Allocation] = []
  }
}

extension StudyConfiguration.CalibrationImages {
  static let heldOutKey = "held_out"
  /// One image has no covariance.
  static let allowedImages = 2...1_000_000
  static let allocationKey = "allocation"

  mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    try keys.whole("images", &images, in: Self.allowedImages)
    try keys.whole(Self.heldOutKey, &heldOut, in: 0...1_000_000)
    try keys.word(Self.allocationKey, &allocation, among: Allocation.toBudget)
  }
}

extension StudyConfiguration.WithoutTraining {
  mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    try keys.wholes("ranks", &ranks, of: "ranks", in: StudyConfiguration.allowedWidths)
    try keys.list(
      "bits", &bits, of: "bits (\(Self.allowedBits.map(String.init).joined(separator: ", ")))", count: 1...6, distinct: true
    ) { value in
      value.wholeNumber(in: 1...32).flatMap { Self.allowedBits.contains($0) ? $0 : nil }
    } write: {
      .number($0)
    }
    try keys.optionalSection("ablation", &ablation, unread: .init()) { keys, ablation throws(FileError) in
      try ablation.visit(&keys)
    }
  }
}

extension StudyConfiguration.Ablation {
  fileprivate mutating func visit<Keys: ConfigurationKeys>(_ keys: inout Keys) throws(FileError) {
    try keys.wholes("ranks", &ranks, of: "ranks", in: StudyConfiguration.allowedWidths)
    try keys.wholes("images", &images, of: "numbers of images", in: StudyConfiguration.CalibrationImages.allowedImages)
    let words = Allocation.toBudget
    try keys.list(
      "allocations", &allocations, of: "words (\(words.map(\.rawValue).joined(separator: ", ")))", count: 1...words.count,
      distinct: true
    ) { value in
      words.first { $0.rawValue == value.text }
    } write: {
      .string($0.rawValue)
    }
  }
}

extension ConfigurationKeys {
  /// Distinct whole numbers.
  fileprivate mutating func wholes(
    _ key: String, _ values: inout [Int], of name: String, in bounds: ClosedRange<Int>
  ) throws(FileError) {
    try list(
      key, &values, of: "\(name) from \(bounds.lowerBound) to \(bounds.upperBound)", count: 1...100, distinct: true
    ) {
      $0.wholeNumber(in: bounds)
    } write: {
      .number($0)
    }
  }
}
