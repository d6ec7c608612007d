import Files
import Results
import Yams

extension ConfigurationReader {
  /// A mapping in JSON, read by the rules of a study file.
  /// - Parameter place: the file and the key in it, for the errors.
  /// - Throws: `FileError` if the value is not an object.
  init(_ json: JSON, place: String) throws(FileError) { try self.init(Node(json), file: place, path: []) }
}

extension Node {
  /// The same value in YAML; text is quoted, so that it is never read as a number.
  fileprivate init(_ json: JSON) {
    func plain(_ text: String) -> Node { Node(text, .implicit, .plain) }
    switch json {
    case .null: self = plain("")
    case .bool(let value): self = plain("\(value)")
    case .number(let text): self = plain(text)
    case .string(let text): self = Node(text, .implicit, .doubleQuoted)
    case .array(let values): self = Node(values.map { Node($0) })
    case .object(let values): self = Node(values.sorted { $0.key < $1.key }.map { (Node($0.key), Node($0.value)) })
    }
  }
}
