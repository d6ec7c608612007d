import Files
import LinearAlgebra

/// The state of a layer in training: named arrays in the precision of the layer, and single values in double precision.
public struct LayerState<Scalar: BLASScalar>: Sendable {
  /// The arrays as tensors.
  public private(set) var tensors = SafeTensors()
  /// The file and layer, for the errors.
  private let place: String

  /// An empty state, to be written to.
  public init() { place = "" }

  /// The tensors of `file` whose names begin with `prefix`, without it; `path` is for the errors.
  public init(from file: SafeTensors, prefix: String, path: String) {
    place = "\(path): \(prefix)"
    for (name, tensor) in file.tensors { if let rest = name.removing(prefix: prefix) { tensors.append(rest, tensor) } }
  }

  private static var type: SafeTensors.ElementType { .holding(Scalar.self) }

  /// Adds a matrix.
  public mutating func append(_ name: String, _ matrix: Matrix<Scalar>) { tensors.append(name, matrix, as: Self.type) }

  /// Adds a vector.
  public mutating func append(_ name: String, _ vector: [Scalar]) {
    tensors.append(name, shape: [vector.count], elements: vector, as: Self.type)
  }

  /// Adds a single value.
  public mutating func append(_ name: String, value: Double) {
    tensors.append(name, shape: [1], elements: [value], as: .float64)
  }

  /// Whether there is an array or value of this name.
  public func has(_ name: String) -> Bool { tensors[name] != nil }

  /// The matrix of this name; with `nil` for `rows`, of any number of rows.
  /// - Throws: `FileError` where there is none of this shape in the precision of the layer.
  public func matrix(_ name: String, rows: Int?, columns: Int) throws(FileError) -> Matrix<Scalar> {
    let tensor = try tensor(name, type: Self.type) { $0.count == 2 && $0[0] == rows ?? $0[0] && $0[1] == columns }
    return try tensor.matrix(of: Scalar.self, place: place + name)
  }

  /// The vector of this name.
  /// - Throws: `FileError` where there is none of this length in the precision of the layer.
  public func vector(_ name: String, count: Int) throws(FileError) -> [Scalar] {
    try tensor(name, type: Self.type) { $0 == [count] }.elements(as: Scalar.self, place: place + name)
  }

  /// The single value of this name.
  /// - Throws: `FileError` where there is none within `range`.
  public func value(_ name: String, in range: ClosedRange<Double>) throws(FileError) -> Double {
    let value = try tensor(name, type: .float64) { $0 == [1] }.elements(as: Double.self, place: place + name)[0]
    guard range.contains(value) else {
      throw FileError(path: place + name, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private func tensor(
    _ name: String, type: SafeTensors.ElementType, fits: ([Int]) -> Bool
  ) throws(FileError) -> SafeTensors.Tensor {
    guard let tensor = tensors[name], tensor.type == type, fits(tensor.shape) else {
      throw FileError(
        path: place + name, found: tensors[name].map { "\($0.type.rawValue) of the shape \($0.shape)" } ?? "no such tensor",
        expected: "what this layer wrote")
    }
    return tensor
  }
}
