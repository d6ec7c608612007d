import Files
import Foundation
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Datasets

/// Samples and labels of files.
@Suite struct DataFileTests {
  private static let (pixels, classes) = ((0..<24).map { UInt8(10 * $0) }, [2, 0, 1, 7] as [UInt8])

  private func write(_ bytes: [UInt8], _ path: String) throws { try AtomicFile.write(pieces: [bytes], to: path) }

  private func error(_ path: String, labels: String? = nil) -> FileError? {
    do { _ = try DataFile(readingFrom: path, labels: labels) } catch { return error }
    return nil
  }

  /// A file of tensors; `y` are the bytes of integers of 64 bits unless there is a type.
  private func safeTensors(
    _ x: SafeTensors.Tensor, y: SafeTensors.Tensor? = nil, to path: String
  ) throws {
    var file = SafeTensors()
    file.append("x", x)
    if let y { file.append("y", y) }
    try AtomicFile.write(pieces: file.pieces, to: path)
  }

  private func integers<Word: FixedWidthInteger>(_ values: [Word], _ type: SafeTensors.ElementType) -> SafeTensors.Tensor {
    SafeTensors.Tensor(
      type: type, shape: [values.count],
      bytes: values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } })
  }

  /// Packed or not, with labels beside it by the usual names, elsewhere, or nowhere.
  @Test func pairsOfIDX() throws {
    try withTemporaryFolder { folder in
      let (images, labels) = (IDXAnyTests.file([4, 2, 3], Self.pixels), IDXAnyTests.file([4], Self.classes))
      for (name, labelName, isPacked, areLabelsPacked) in [
        ("a-images-idx3-ubyte", "a-labels-idx1-ubyte", false, false),
        ("b-images-idx3-ubyte.gz", "b-labels-idx1-ubyte.gz", true, true),
        ("c-images-idx3-ubyte", "c-labels-idx1-ubyte.gz", false, true),
        ("d-images.idx3-ubyte.gz", "d-labels.idx1-ubyte", true, false),
      ] {
        try write(isPacked ? gzip(images) : images, "\(folder)/\(name)")
        #expect(try DataFile(readingFrom: "\(folder)/\(name)").labels == nil)
        try write(areLabelsPacked ? gzip(labels) : labels, "\(folder)/\(labelName)")
        let file = try DataFile(readingFrom: "\(folder)/\(name)")
        #expect(file.labels == Self.classes && file.labelPath == "\(folder)/\(labelName)" && file.classes == 8)
        #expect(file.shape == [2, 3] && file.width == 6 && file.count == 4)
        guard case .bytes(let bytes) = file.values else { return #expect(Bool(false)) }
        #expect(bytes == Self.pixels)
        #expect(file.sha256 == [name: SHA256.hexDigest(of: images), labelName: SHA256.hexDigest(of: labels)])
      }
      try write(images, "\(folder)/plain")
      #expect(try DataFile(readingFrom: "\(folder)/plain").labels == nil)
      #expect(try DataFile(readingFrom: "\(folder)/plain", labels: "\(folder)/a-labels-idx1-ubyte").labels == Self.classes)
    }
  }

  @Test func wrongPairs() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/images", labels = "\(folder)/labels"
      try write(IDXAnyTests.file([4, 2, 3], Self.pixels), path)
      try write(IDXAnyTests.file([3], [0, 1, 2]), labels)
      #expect(error(path) == FileError(path: labels, found: "3 labels", expected: "4, one for each sample of \(path)"))
      try write(IDXAnyTests.file([2, 2], [0, 1, 2, 3]), labels)
      #expect(error(path) == FileError(path: labels, found: "2 dimensions", expected: "labels, of one dimension"))
      try write(IDXAnyTests.file([4], Self.classes), path)
      #expect(
        error(path) == FileError(path: path, found: "4 bytes of one dimension", expected: "samples: two dimensions or more"))
      try write(IDXAnyTests.file([0], []), labels)
      for extents in [[0, 2, 3], [4, 0, 3]] {
        try write(IDXAnyTests.file(extents, []), path)
        #expect(error(path) == FileError(path: path, found: "no element", expected: "one sample or more"))
      }
      #expect(error(folder + "/none")?.found == "no such file")
      try write(IDXAnyTests.file([4, 2, 3], Self.pixels), path)
      #expect(
        error(path, labels: folder + "/none")
          == FileError(path: folder + "/none", found: "no such file", expected: "the labels"))
    }
  }

  @Test(arguments: [.float64, .float32, .float16, .bfloat16] as [SafeTensors.ElementType])
  func numbers(type: SafeTensors.ElementType) throws {
    try withTemporaryFolder { folder in
      let values = (0..<24).map { Float($0) / 4 - 3 }
      let x = SafeTensors.Tensor(shape: [4, 3, 2], elements: values, as: type)
      let path = "\(folder)/data.safetensors"
      let classes: [Int64] = [3, 0, 255, 1]
      for y in [
        integers(classes, .int64), integers(classes.map { Int32($0) }, .int32), integers(classes.map { UInt8($0) }, .uint8),
        integers(classes.map { UInt64($0) }, .uint64), integers(classes.map { Int16($0) }, .int16),
      ] {
        try safeTensors(x, y: y, to: path)
        let file = try DataFile(readingFrom: path)
        #expect(file.labels == [3, 0, 255, 1] && file.classes == 256 && file.shape == [3, 2] && file.count == 4)
        #expect(file.labelPath == path)
        guard case .numbers(let numbers) = file.values else { return #expect(Bool(false)) }
        #expect(numbers == values)
        #expect(file.sha256 == ["data.safetensors": SHA256.hexDigest(of: try readFile(path))])
      }
      try safeTensors(x, to: path)
      #expect(try DataFile(readingFrom: path).labels == nil && DataFile(readingFrom: path).labelPath == nil)
      #expect(error(path, labels: "l")?.path == "--labels")
    }
  }

  /// Samples of a range, normalised.
  @Test func ranges() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/data.safetensors"
      try safeTensors(
        SafeTensors.Tensor(type: .uint8, shape: [4, 6], bytes: Self.pixels), y: integers(Self.classes, .uint8), to: path)
      let file = try DataFile(readingFrom: path)
      let normalisation = Normalisation(mean: 0.5, deviation: 0.25)
      for (range, count) in [(nil, 4), (1..<3, 2), (4..<4, 0)] as [(Range<Int>?, Int)] {
        let samples = file.samples(range, normalisation: normalisation)
        #expect(samples.count == count && samples.labels == Array(Self.classes[range ?? 0..<4]))
        var batch = InterleavedBatch<Float>(count: count, width: 6)
        samples.gather(Array(0..<count)[...], into: &batch, workers: Workers(count: 1))
        for row in 0..<count {
          for column in 0..<6 {
            let byte = Double(Self.pixels[((range?.lowerBound ?? 0) + row) * 6 + column])
            #expect(abs(Double(batch.matrix[row, column]) - (byte / 255 - 0.5) / 0.25) < 1e-6)
          }
        }
      }
    }
  }

  @Test func wrongTensors() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/data.safetensors"
      func found(_ x: SafeTensors.Tensor, _ y: SafeTensors.Tensor? = nil) throws -> String {
        try safeTensors(x, y: y, to: path)
        return error(path)?.description.replacing(path, with: "d") ?? "nothing"
      }
      func x(_ elements: [Float], _ shape: [Int]) -> SafeTensors.Tensor {
        SafeTensors.Tensor(shape: shape, elements: elements, as: .float32)
      }
      let good = x([1, 2, 3, 4, 5, 6], [3, 2])
      #expect(try found(good, integers([0, 1, 2], .int64)) == "nothing")
      #expect(
        try found(x([1, 2, .nan, 4], [2, 2]))
          == "d: x: found nan in sample 1, element 0 (counted from 0), expected finite numbers")
      #expect(
        try found(x([1, -.infinity, 3, 4], [2, 2]))
          == "d: x: found -inf in sample 0, element 1 (counted from 0), expected finite numbers")
      #expect(
        try found(x([1, 2], [2]))
          == "d: x: found F32 of the shape [2], expected [samples, elements] of F64, F32, F16, BF16 or U8")
      #expect(
        try found(SafeTensors.Tensor(type: .int64, shape: [1, 2], bytes: [UInt8](repeating: 0, count: 16)))
          == "d: x: found I64 of the shape [1, 2], expected [samples, elements] of F64, F32, F16, BF16 or U8")
      #expect(try found(x([], [0, 2])) == "d: found no element, expected one sample or more")
      #expect(
        try found(good, integers([0, 1], .int64)) == "d: found 2 labels, expected 3, one for each sample of d")
      for (label, printed) in [(Int64.min, "\(Int.min)"), (-1, "-1"), (256, "256")] {
        #expect(
          try found(good, integers([0, label, 0], .int64))
            == "d: y: found the label \(printed) for sample 1 (counted from 0), expected a class from 0 to 255")
      }
      #expect(
        try found(good, integers([UInt64.max, 0, 0], .uint64))
          == "d: y: found the label \(Int.max) for sample 0 (counted from 0), expected a class from 0 to 255")
      for (y, shape) in [(x([0, 1, 2], [3]), "F32 of the shape [3]"), (x([0, 1, 2], [3, 1]), "F32 of the shape [3, 1]")] {
        #expect(
          try found(good, y) == "d: y: found \(shape), expected one integer a sample: classes from 0 on")
      }
      let column = SafeTensors.Tensor(type: .uint8, shape: [3, 1], bytes: [2, 1, 0])
      #expect(try found(good, column) == "nothing")
      #expect(
        try found(good, SafeTensors.Tensor(type: .uint8, shape: [3, 2], bytes: [2, 1, 0, 0, 0, 0]))
          == "d: y: found U8 of the shape [3, 2], expected one integer a sample: classes from 0 on")
      var other = SafeTensors()
      other.append("images", good)
      try AtomicFile.write(pieces: other.pieces, to: path)
      #expect(error(path)?.found == "the tensors images")
      try AtomicFile.write(pieces: SafeTensors().pieces, to: path)
      #expect(error(path)?.found == "no tensor")
    }
  }
}
