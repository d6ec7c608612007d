import Files
import LinearAlgebra

/// What a layer in training goes on from: named arrays, in the layer's own precision, and numbers.
public struct LayerState<Scalar: BLASScalar>: Sendable {
  /// The arrays as tensors.
  public private(set) var tensors = SafeTensors()
  /// The file and layer, for the errors.
  private let place: String

  /// Nothing yet, to be written to.
  public init() { place = "" }

  /// The tensors of `file` whose names begin with `prefix`, without it; `path` is for the errors.
  public init(from file: SafeTensors, prefix: String, path: String) {
    place = "\(path): \(prefix)"
    for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
      tensors.append(String(name.dropFirst(prefix.count)), tensor)
    }
  }

  private static var type: SafeTensors.ElementType { Scalar.self == Double.self ? .float64 : .float32 }

  /// Adds a matrix.
  public mutating func append(_ name: String, _ matrix: Matrix<Scalar>) {
    tensors.append(name, shape: [matrix.rows, matrix.columns], elements: matrix.elements, as: Self.type)
  }

  /// Adds a vector.
  public mutating func append(_ name: String, _ vector: [Scalar]) {
    tensors.append(name, shape: [vector.count], elements: vector, as: Self.type)
  }

  /// Adds a number in double precision.
  public mutating func append(_ name: String, number: Double) {
    tensors.append(name, shape: [1], elements: [number], as: .float64)
  }

  /// Whether there is an array or number of this name.
  public func has(_ name: String) -> Bool { tensors[name] != nil }

  /// The matrix of this name; `nil` for a size lets any pass.
  /// - Throws: `FileError` where there is none of these sizes and the layer's precision.
  public func matrix(_ name: String, rows: Int?, columns: Int) throws(FileError) -> Matrix<Scalar> {
    let tensor = try tensor(name, type: Self.type) { $0.count == 2 && $0[0] == rows ?? $0[0] && $0[1] == columns }
    return try tensor.matrix(of: Scalar.self, place: place + name)
  }

  /// The vector of this name.
  /// - Throws: `FileError` where there is none of this length and the layer's precision.
  public func vector(_ name: String, count: Int) throws(FileError) -> [Scalar] {
    try tensor(name, type: Self.type) { $0 == [count] }.elements(as: Scalar.self, place: place + name)
  }

  /// The number of this name.
  /// - Throws: `FileError` where there is none within `range`.
  public func number(_ name: String, in range: ClosedRange<Double>) throws(FileError) -> Double {
    let number = try tensor(name, type: .float64) { $0 == [1] }.elements(as: Double.self, place: place + name)[0]
    guard range.contains(number) else {
      throw FileError(path: place + name, found: "\(number)", expected: "\(range.lowerBound) to \(range.upperBound)")
    }
    return number
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
