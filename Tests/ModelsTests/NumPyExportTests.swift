import Datasets
import Files
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Models

/// The archive is read here by the formats of zip and NumPy alone.
@Suite struct NumPyExportTests {
  @Test func arrays() throws {
    let file = try NetworkFile.sample(biases: [true, true, false], activation: .tanh)
    let export = try NumPyExport(of: file, normalisation: Normalisation(mean: 0.1307, deviation: 0.3081))
    let members = try Self.members(of: export.pieces.flatMap { $0 })
    #expect(
      members.map(\.name) == [
        "fc1.weight.npy", "fc1.bias.npy", "fc2.0.weight.npy", "fc2.1.weight.npy", "fc2.1.bias.npy", "out.weight.npy",
        "activation.npy", "mean.npy", "deviation.npy",
      ])
    #expect(members.map(\.name) == export.names.map { "\($0).npy" })
    let arrays = try members.map { try Self.array($0.bytes) }
    #expect(
      arrays.map(\.header) == [
        Self.header("<f4", "(7, 9,)"), Self.header("<f4", "(7,)"), Self.header("<f4", "(2, 7,)"),
        Self.header("<f4", "(8, 2,)"),
        Self.header("<f4", "(8,)"), Self.header("<f4", "(3, 8,)"), Self.header("<U4", "()"), Self.header("<f8", "()"),
        Self.header("<f8", "()"),
      ])
    guard case .dense(let first) = file.network.layers[0], case .lowRank(let middle) = file.network.layers[1] else {
      Issue.record("other layers")
      return
    }
    #expect(Self.floats(arrays[0].elements) == first.weights.elements && Self.floats(arrays[1].elements) == first.bias)
    #expect(Self.floats(arrays[2].elements) == middle.vT.elements && Self.floats(arrays[3].elements) == middle.u.elements)
    #expect(Self.floats(arrays[4].elements) == middle.bias)
    #expect(arrays[6].elements == Array("t\0\0\0a\0\0\0n\0\0\0h\0\0\0".utf8))
    #expect(Self.word(arrays[7].elements[...], 8) == Int(0.1307.bitPattern))
    #expect(Self.word(arrays[8].elements[...], 8) == Int(0.3081.bitPattern))
    try withTemporaryFolder { folder in
      try export.write(to: "\(folder)/n.npz")
      #expect(try readFile("\(folder)/n.npz") == export.pieces.flatMap { $0 } && export.size == export.pieces.joined().count)
    }
  }

  /// Codes become the numbers that they stand for; nothing says a normalisation that is not known.
  @Test(arguments: QuantisedMatrix.widths)
  func codes(bits: Int) throws {
    let file = try NetworkFile.codes(bits: bits)
    let export = try NumPyExport(of: file, normalisation: nil)
    let members = try Self.members(of: export.pieces.flatMap { $0 })
    #expect(
      export.names == [
        "layers.0.0.weight", "layers.0.1.weight", "layers.0.1.bias", "layers.1.weight", "layers.1.bias", "activation",
      ])
    guard case .dense(let last) = file.network.layers[1] else {
      Issue.record("other layers")
      return
    }
    #expect(Self.floats(try Self.array(members[3].bytes).elements) == last.weights.elements)
  }

  /// The header of an array ends at a multiple of 64 bytes, whatever is in it.
  @Test func alignment() {
    for digits in 0..<70 {
      let shape = [Int](repeating: 1, count: digits)
      let array = NumPyExport.array("<f4", shape, [1, 2, 3, 4])
      #expect((array.count - 4) % 64 == 0 && array[array.count - 5] == UInt8(ascii: "\n"))
      #expect(array.count - 4 == 10 + Self.word(array[8...], 2))
    }
  }

  /// The check value of the catalogue of CRC algorithms (Cook).
  @Test func checksum() {
    #expect(Gzip.checksum(of: Array("123456789".utf8)) == 0xCBF4_3926 && Gzip.checksum(of: []) == 0)
  }

  @Test func limits() throws {
    let members = [("a", [UInt8](repeating: 1, count: 10)), ("bc", [])]
    let zip = try ZipFile(members, path: "n")
    #expect(try zip.size == zip.pieces.joined().count && Self.members(of: zip.pieces.flatMap { $0 }).count == 2)
    #expect(throws: Never.self) { try ZipFile(members, path: "n", limit: zip.size) }
    expectError(["n: found \(zip.size) bytes", "at most \(zip.size - 1)"]) { () throws(FileError) in
      _ = try ZipFile(members, path: "n", limit: zip.size - 1)
    }
    for name in ["a\0b", String(repeating: "é", count: 1 << 15)] {
      expectError(["the name '", "none of them 0"]) { () throws(FileError) in _ = try ZipFile([(name, [])], path: "n") }
    }
    #expect(try ZipFile([(String(repeating: "a", count: 65_535), [])], path: "n").size == 22 + 76 + 2 * 65_535)
    let many = (0..<65_536).map { (name: "\($0)", bytes: [UInt8]()) }
    expectError(["65536 arrays"]) { () throws(FileError) in _ = try ZipFile(many, path: "n") }
    #expect(throws: Never.self) { try ZipFile(Array(many.dropLast()), path: "n") }
  }

  private static func header(_ type: String, _ shape: String) -> String {
    "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
  }

  /// The header of an array in NumPy's format, without spaces at its end, and the bytes behind it.
  private static func array(_ file: [UInt8]) throws -> (header: String, elements: [UInt8]) {
    try #require(file.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
    let end = 10 + word(file[8...], 2)
    let text = String(decoding: file[10..<end], as: UTF8.self)
    return (String(text.reversed().drop { $0 == " " || $0 == "\n" }.reversed()), Array(file[end...]))
  }

  /// The members by the directory at the end of a zip file, checked against what stands before each.
  private static func members(of zip: [UInt8]) throws -> [(name: String, bytes: [UInt8])] {
    let end = zip.suffix(22)
    try #require(Array(end.prefix(8)) == [0x50, 0x4B, 5, 6, 0, 0, 0, 0] && word(end.dropFirst(20), 2) == 0)
    let count = word(end.dropFirst(10), 2)
    try #require(word(end.dropFirst(8), 2) == count)
    var (place, members) = (word(end.dropFirst(16), 4), [(name: String, bytes: [UInt8])]())
    try #require(place + word(end.dropFirst(12), 4) == zip.count - 22)
    for _ in 0..<count {
      let entry = zip[place...]
      try #require(Array(entry.prefix(4)) == [0x50, 0x4B, 1, 2])
      let (length, offset) = (word(entry.dropFirst(28), 2), word(entry.dropFirst(42), 4))
      let local = zip[offset...]
      try #require(Array(local.prefix(4)) == [0x50, 0x4B, 3, 4])
      // Version, bits, method, time, checksum, sizes and lengths are said twice.
      #expect(Array(entry.dropFirst(6).prefix(26)) == Array(local.dropFirst(4).prefix(26)))
      #expect(
        word(local.dropFirst(6), 2) == 1 << 11 && word(local.dropFirst(8), 2) == 0 && word(local.dropFirst(28), 2) == 0)
      #expect(word(local.dropFirst(12), 2) == 1 << 5 | 1)
      let (name, size) = (local.dropFirst(30).prefix(length), word(local.dropFirst(22), 4))
      #expect(name.elementsEqual(entry.dropFirst(46).prefix(length)) && word(local.dropFirst(18), 4) == size)
      let bytes = Array(local.dropFirst(30 + length).prefix(size))
      #expect(word(local.dropFirst(14), 4) == Int(Gzip.checksum(of: bytes)))
      members.append((String(decoding: name, as: UTF8.self), bytes))
      place += 46 + length
    }
    #expect(place == zip.count - 22)
    return members
  }

  private static func word(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Int {
    bytes.prefix(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private static func floats(_ bytes: [UInt8]) -> [Float] {
    stride(from: 0, to: bytes.count, by: 4).map { Float(bitPattern: UInt32(word(bytes[$0...], 4))) }
  }
}
