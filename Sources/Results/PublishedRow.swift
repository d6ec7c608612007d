import Files

/// A row of `published.csv`: a network for MNIST that others have published, which figures show beside a study's own.
///
/// The file is written by hand, so it is optional, and an error names its line and column.
public struct PublishedRow: Hashable, Sendable {
  /// Short enough for a label.
  public var who: String
  /// What the layers are.
  public var network: String
  /// Stored parameters, if the source says how many.
  public var parameters: Int?
  /// The size of the network, if the source says it.
  public var bytes: Int?
  /// On the test set, in percent.
  public var accuracy: Double
  /// What the source gives as ±.
  public var spread: Double?
  /// Where the values were read.
  public var source: String
  /// What a reader should know of them.
  public var note: String

  /// A row; it has parameters or bytes.
  public init(
    who: String, network: String, parameters: Int?, bytes: Int?, accuracy: Double, spread: Double?, source: String,
    note: String
  ) {
    precondition(parameters != nil || bytes != nil)
    (self.who, self.network, self.parameters, self.bytes) = (who, network, parameters, bytes)
    (self.accuracy, self.spread, self.source, self.note) = (accuracy, spread, source, note)
  }

  /// In bytes; four times the parameters where the source has these alone.
  public var size: Int { bytes ?? 4 * (parameters ?? 0) }
}

extension PublishedRow: TableRow {
  public static let columns = ["who", "network", "parameters", "bytes", "accuracy", "spread", "source", "note"]

  public var fields: [String] {
    [
      who, network, parameters.map(String.init) ?? "", bytes.map(String.init) ?? "", "\(accuracy)",
      spread.map { "\($0)" } ?? "", source, note,
    ]
  }

  /// Reads a row's fields, as `fields` has them.
  /// - Throws: `FileError` that names line and column.
  public init(fields: inout FieldReader) throws(FileError) {
    who = fields.nextText()
    network = fields.nextText()
    parameters = try fields.nextIfPresent(in: Bounds.count)
    bytes = try fields.nextIfPresent(in: Bounds.count)
    accuracy = try fields.next(in: Bounds.accuracy)
    spread = try fields.nextIfPresent(in: Bounds.accuracy)
    source = fields.nextText()
    note = fields.nextText()
    for (column, text) in [("who", who), ("source", source)] where text.isEmpty {
      throw FileError(path: "\(fields.place): \(column)", found: "nothing", expected: "a text")
    }
    guard parameters != nil || bytes != nil else {
      throw FileError(path: fields.place, found: "neither parameters nor bytes", expected: "one of them")
    }
  }
}

extension ResultFiles {
  /// The table of networks that others have published: beside the folder of all results, and only for the dataset that it is of.
  public var published: String? {
    guard dataset == "mnist" else { return nil }
    let folder = String(root.reversed().drop { $0 == "/" }.reversed())
    let parent = folder.lastIndex(of: "/").map { folder[...$0] } ?? ""
    return parent + Self.publishedTable
  }

  private static let publishedTable = "published.csv"
}
