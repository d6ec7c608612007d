import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// Spectra that are kept for the next run.
@Suite struct SpectraFileTests {
  private func spectra(_ model: Model, known: SpectraFile = SpectraFile()) throws -> [SurveyedMatrix] {
    try Survey(of: model, workers: Workers(count: 2), progress: unheard)
      .matrices(try Selection(of: model).matrices, known: known, withSpectra: true)
  }

  /// Exact, in the same order, and in the same bytes each time; names may be anything.
  @Test func roundTrip() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/spectra.safetensors"
      for file in [SafeTensors.sample(), .sample(.float64), CompressionReportTests.oddlyNamed] {
        let surveyed = try spectra(try file.model(in: folder))
        var spectra = SpectraFile()
        let areNew = [spectra.add(surveyed), spectra.add(surveyed)]
        #expect(areNew == [true, false])
        try spectra.write(to: path)
        let bytes = try readFile(path)
        let read = try SpectraFile(readingFrom: path)
        #expect(read.entries.count == surveyed.count)
        for (entry, matrix) in zip(read.entries, surveyed) {
          #expect(entry.name.isIdentical(to: matrix.matrix.name) && entry.digest == matrix.digest)
          #expect(entry.spectrum == matrix.spectrum && entry.type == matrix.matrix.type)
          #expect(entry.rows == matrix.matrix.rows && entry.columns == matrix.matrix.columns)
        }
        try read.write(to: path)
        #expect(try readFile(path) == bytes)
      }
    }
  }

  /// Known spectra are taken for a matrix with the same bytes, shape and type, under any name; a changed matrix has a new one.
  @Test func knownSpectra() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.append("same", decaying(30, 20, seed: 1), as: .float32)
      let changed = decaying(20, 30, seed: 2)
      file.append("changed", changed, as: .float32)
      // One value that no matrix here has marks what was read.
      var marked = SpectraFile()
      let isNew = marked.add(
        try spectra(try file.model(in: folder)).map {
          SurveyedMatrix(
            matrix: $0.matrix, digest: $0.digest, spectrum: $0.spectrum.map { Spectrum([77] + $0.values.dropFirst()) },
            unusable: nil)
        })
      #expect(isNew)
      var other = SafeTensors()
      other.append("renamed", decaying(30, 20, seed: 1), as: .float32)
      other.append("changed", changed.map { -$0 }, as: .float32)
      // The same bytes as "same", in another shape.
      other.append("reshaped", SafeTensors.Tensor(type: .float32, shape: [20, 30], bytes: file["same"]?.bytes ?? []))
      let found = try spectra(try other.model(in: folder), known: marked)
      let largest = found.map { $0.spectrum?.values[0] ?? 0 }
      #expect(largest[0] == 77 && abs(largest[1] - 1) < 1e-6 && largest[2] < 2)
    }
  }

  /// Spectra of several models in one file: those that are there stay, new ones follow.
  @Test func severalModels() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/spectra.safetensors"
      let first = try spectra(try SafeTensors.sample().model(in: folder, "a.safetensors"))
      let second = try spectra(try SafeTensors.sample(.float64).model(in: folder, "b.safetensors"))
      var file = SpectraFile()
      var areNew = [file.add(first)]
      try file.write(to: path)
      var read = try SpectraFile(readingFrom: path)
      areNew.append(read.add(second))
      try read.write(to: path)
      let entries = try SpectraFile(readingFrom: path).entries
      #expect(entries.map(\.digest) == (first + second).map(\.digest))
      #expect(entries.map(\.name) == (first + second).map(\.matrix.name))
      #expect(entries.map(\.spectrum) == (first + second).map(\.spectrum))
      // A matrix that is not finite has none.
      var broken = decaying(20, 20)
      broken[0, 0] = .nan
      var other = SafeTensors()
      other.append("broken", broken, as: .float32)
      areNew.append(read.add(try spectra(try other.model(in: folder, "c.safetensors"))))
      #expect(areNew == [true, true, false])
    }
  }

  @Test func missingIsEmpty() throws {
    try withTemporaryFolder { folder in
      let none = try SpectraFile(readingFrom: "\(folder)/none.safetensors")
      #expect(none.entries.isEmpty)
    }
  }

  /// A file of something else is not written over.
  @Test func anotherFile() throws {
    try withTemporaryFolder { folder in
      let path = try SafeTensors.sample().model(in: folder).path
      let expected = FileError(
        path: path, found: "a safetensors file without spectra", expected: "a file that --spectra writes, or none")
      #expect(throws: expected) { try SpectraFile(readingFrom: path) }
      try AtomicFile.write("tensor,rank\n", to: "\(folder)/r.csv")
      #expect(throws: FileError.self) { try SpectraFile(readingFrom: "\(folder)/r.csv") }
    }
  }

  /// Each way to damage a file of spectra is found.
  @Test(arguments: [
    ("not JSON", "{", [2.0, 1]), ("a version", "{\"version\":2,\"matrices\":[{SHA,SHAPE,TYPE}]}", [2, 1]),
    ("no matrix", "{\"version\":1,\"matrices\":[]}", [2, 1]), ("no list", "{\"version\":1}", [2, 1]),
    ("no digest", "{\"version\":1,\"matrices\":[{SHAPE,TYPE}]}", [2, 1]),
    ("no type", "{\"version\":1,\"matrices\":[{SHA,SHAPE}]}", [2, 1]),
    ("no shape", "{\"version\":1,\"matrices\":[{SHA,TYPE}]}", [2, 1]),
    ("no name", "{\"version\":1,\"matrices\":[{\"sha256\":\"00\",SHAPE,TYPE}]}", [2, 1]),
    ("another name", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [2, 1]),
    ("too few values", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [2]),
    ("too many values", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [3, 2, 1]),
    ("ascending values", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [1, 2]),
    ("a negative value", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [1, -1]),
    ("NaN", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [.nan, 1]),
    ("an infinity", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [.infinity, 1]),
  ])
  func damaged(what: String, text: String, values: [Double]) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/spectra.safetensors"
      func read(_ what: String, _ text: String, _ values: [Double]) throws -> SpectraFile {
        var file = SafeTensors()
        file.append(what == "another name" ? "w" : "0", shape: [values.count], elements: values, as: .float64)
        file.metadata["lowrank.spectra"] = text.replacing("SHAPE", with: "\"shape\":[3,2]")
          .replacing("SHA,", with: "\"sha256\":\"00\",\"tensor\":\"w\",").replacing("TYPE", with: "\"type\":\"F32\"")
        try file.write(to: path)
        return try SpectraFile(readingFrom: path)
      }
      let sound = try read("", "{\"version\":1,\"matrices\":[{SHA,SHAPE,TYPE}]}", [2, 1])
      #expect(sound.entries.count == 1)
      let error = #expect(throws: FileError.self, "\(what)") { try read(what, text, values) }
      #expect(error?.path.hasPrefix(path) == true)
    }
  }
}
