import Files
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@Suite struct SafeTensorsElementsTests {
  typealias ElementType = SafeTensors.ElementType

  static let converted: Set<ElementType> = [.float64, .float32, .float16, .bfloat16]

  /// A tensor of a type that is not converted is read and kept; only its conversion is refused.
  @Test func everyType() throws {
    for type: ElementType in ElementType.allCases {
      let end = 4 + 3 * type.size
      let file = try SafeTensors(
        decoding: safeTensorsFile(
          header: """
            {"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},\
            "x":{"dtype":"\(type.rawValue)","shape":[3],"data_offsets":[4,\(end)]}}
            """, data: [0, 0, 0x80, 0x3F] + [UInt8](repeating: 0, count: 3 * type.size)), path: "f")
      #expect(try file["w"]?.matrix(of: Float.self, place: "f: w") == Matrix(rows: 1, columns: 1, elements: [1]), "\(type)")
      let tensor = try #require(file["x"], "\(type)")
      #expect(tensor.type == type && tensor.bytes.count == 3 * type.size, "\(type)")
      #expect(try SafeTensors(decoding: file.encoded, path: "again")["x"] == tensor, "\(type)")
      if Self.converted.contains(type) {
        #expect(try tensor.elements(as: Float.self, place: "f: x") == [0, 0, 0], "\(type)")
      } else {
        #expect(
          throws: FileError(path: "f: x", found: "elements of type \(type.rawValue)", expected: "F64, F32, F16 or BF16"),
          "\(type)"
        ) {
          try tensor.elements(as: Float.self, place: "f: x")
        }
      }
    }
  }

  /// Sign, largest, smallest, infinity and NaN of BF16, which is the upper half of a `Float`.
  @Test func bfloat16() throws {
    let patterns: [UInt16] = [0x3F80, 0xC000, 0x7F7F, 0x0001, 0x8000, 0x7F80, 0x3EAB]
    let tensor = try self.tensor(.bfloat16, patterns)
    let elements = try tensor.elements(as: Float.self, place: "x")
    #expect(elements == [1, -2, 0x1.FEp127, 0x1p-133, 0, .infinity, 0x1.56p-2])
    #expect(elements[4].sign == .minus)
    #expect(try self.tensor(.bfloat16, [0x7FC0]).elements(as: Float.self, place: "x")[0].isNaN)
  }

  @Test func float16() throws {
    let elements = try tensor(.float16, [0x3C00, 0xC000, 0x7BFF, 0x0001, 0x7C00]).elements(as: Float.self, place: "x")
    #expect(elements == [1, -2, 65504, 0x1p-24, .infinity])
  }

  @Test func notTwoDimensional() throws {
    for shape in [[], [4], [2, 2, 1]] as [[Int]] { try notTwoDimensional(shape: shape) }
  }

  private func notTwoDimensional(shape: [Int]) throws {
    var file = SafeTensors()
    file.append("b", shape: shape, elements: [Float](repeating: 0, count: shape.reduce(1, *)), as: .float32)
    #expect(throws: FileError(path: "f: b", found: "the shape \(shape)", expected: "two dimensions, rows and columns")) {
      try file["b"]?.matrix(of: Float.self, place: "f: b")
    }
  }

  @Test func choosingATensor() throws {
    var file = SafeTensors()
    func choose(_ name: String?) throws -> String { try file.matrixTensor(named: name, path: "f").name }
    #expect(throws: FileError(path: "f", found: "no tensors of two dimensions", expected: "one; there is: nothing")) {
      try choose(nil)
    }
    file.append("b", shape: [1], elements: [0] as [Float], as: .float32)
    #expect(throws: FileError(path: "f", found: "no tensors of two dimensions", expected: "one; there is: b [1]")) {
      try choose(nil)
    }
    file.append("w", shape: [1, 2], elements: [0, 1] as [Float], as: .float32)
    #expect(try choose(nil) == "w" && choose("b") == "b")
    #expect(throws: FileError(path: "f", found: "no tensor 'v'", expected: "one of these: b [1], w [1, 2]")) {
      try choose("v")
    }
    for i in 0..<60 { file.append("v\(i)", shape: [1, 1], elements: [0] as [Float], as: .float32) }
    let error = #expect(throws: FileError.self) { try choose(nil) }
    #expect(error?.found == "61 tensors of two dimensions")
    #expect(error?.expected?.hasPrefix("the name of one: w [1, 2], v0 [1, 1], ") == true)
    #expect(error?.expected?.hasSuffix("v48 [1, 1], and 11 more") == true)
  }

  private func tensor(_ type: ElementType, _ patterns: [UInt16]) throws -> SafeTensors.Tensor {
    let bytes = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let header = """
      {"x":{"dtype":"\(type.rawValue)","shape":[\(patterns.count)],"data_offsets":[0,\(bytes.count)]}}
      """
    return try #require(try SafeTensors(decoding: safeTensorsFile(header: header, data: bytes), path: "x")["x"])
  }
}
