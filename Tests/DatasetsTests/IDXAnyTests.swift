import Files
import Testing

@testable import Datasets

/// IDX files of any number of dimensions.
@Suite struct IDXAnyTests {
  static func file(_ extents: [Int], _ elements: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(extents.count)]
      + extents.flatMap { extent in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) } } + elements
  }

  @Test(arguments: [[6], [2, 3], [1, 2, 3], [3, 1, 1, 2], [0], [0, 28, 28], [2, 0], [300, 2]])
  func decodes(extents: [Int]) throws {
    let elements = (0..<extents.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0) }
    let found = try IDX.bytes(of: Self.file(extents, elements), path: "x")
    #expect(found.extents == extents && found.elements == elements)
  }

  @Test(
    arguments: [
      ([], "an empty file"), ([0, 0, 8], "a file that does not begin like IDX"),
      ([0, 0, 8, 0], "a file that does not begin like IDX"),
      ([1, 0, 8, 1, 0, 0, 0, 0], "a file that does not begin like IDX"),
      ([0, 0, 7, 1, 0, 0, 0, 0], "a file that does not begin like IDX"),
    ] as [([UInt8], String)]) func otherFiles(file: [UInt8], found: String)
  {
    #expect(
      throws: FileError(
        path: "x", found: found, expected: "an IDX file, perhaps compressed by gzip, or .safetensors")
    ) { try IDX.bytes(of: file, path: "x") }
  }

  @Test(
    arguments: [
      (0x09, "signed bytes"), (0x0B, "16-bit integers"), (0x0C, "32-bit integers"), (0x0D, "32-bit floating point"),
      (0x0E, "64-bit floating point"),
    ] as [(UInt8, String)]) func otherTypes(type: UInt8, name: String)
  {
    #expect(
      throws: FileError(
        path: "x", found: "an IDX file of \(name)",
        expected: "bytes; numbers are read from .safetensors with x and y")
    ) { try IDX.bytes(of: Self.file([2], [1, 2], type: type), path: "x") }
  }

  @Test func lengthsThatDoNotFit() {
    func error(_ file: [UInt8]) -> FileError? {
      do { _ = try IDX.bytes(of: file, path: "x") } catch { return error }
      return nil
    }
    let whole = Self.file([2, 3], [1, 2, 3, 4, 5, 6])
    #expect(error(whole) == nil)
    #expect(error(whole + [7]) == FileError(path: "x", found: "7 bytes behind the header", expected: "6, for 2×3"))
    #expect(
      error(Array(whole.dropLast())) == FileError(path: "x", found: "5 bytes behind the header", expected: "6, for 2×3"))
    #expect(error(Array(whole[..<11])) == FileError(path: "x", found: "11 bytes", expected: "a header of 12 bytes"))
    let most = Int(UInt32.max)
    #expect(
      error(Self.file([most, most, most], []))
        == FileError(
          path: "x", found: "0 bytes behind the header", expected: "more than can be, for \(most)×\(most)×\(most)"))
  }
}
