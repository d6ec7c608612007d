import Files
import LinearAlgebra
import NeuralNetwork
import TestSupport
import Testing

@testable import Models

/// What is known of matrices before anything is decided.
@Suite struct SurveyTests {
  /// The digest is that of the bytes; values are LAPACK's in `Double`; without spectra there are none.
  @Test(arguments: [SafeTensors.ElementType.float64, .float32, .float16, .bfloat16])
  func digestsAndSpectra(type: SafeTensors.ElementType) throws {
    try withTemporaryFolder { folder in
      let file = SafeTensors.sample(type)
      let model = try file.model(in: folder)
      let survey = Survey(of: model, workers: Workers(count: 2), progress: unheard)
      let selection = try Selection(of: model)
      for matrix in try survey.matrices(selection.matrices, withSpectra: true) {
        let tensor = try #require(file[matrix.matrix.name])
        #expect(matrix.digest == SHA256.hexDigest(of: tensor.bytes) && matrix.unusable == nil)
        let values = try LAPACKSVD.singularValues(of: try tensor.matrix(of: Double.self, place: ""))
        let spectrum = try #require(matrix.spectrum)
        #expect(spectrum.values.count == values.count)
        #expect(zip(spectrum.values, values).allSatisfy { abs($0 - $1) < 1e-6 * values[0] }, "\(matrix.matrix.name)")
      }
      #expect(try survey.matrices(selection.matrices, withSpectra: false).allSatisfy { $0.spectrum == nil })
      #expect(try survey.matrices([], withSpectra: true).isEmpty)
    }
  }

  /// The first element that is not finite, by row and column.
  @Test(arguments: [SafeTensors.ElementType.float64, .float32, .float16, .bfloat16])
  func notFinite(type: SafeTensors.ElementType) throws {
    try withTemporaryFolder { folder in
      for (value, text) in [(Double.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")] {
        var broken = decaying(20, 30)
        (broken[4, 29], broken[5, 0]) = (value, .nan)
        var file = SafeTensors()
        file.append("w", broken, as: type)
        let model = try file.model(in: folder)
        for withSpectra in [false, true] {
          let found = try Survey(of: model, workers: Workers(count: 1), progress: unheard)
            .matrices(try Selection(of: model).selected, withSpectra: withSpectra)[0]
          #expect(found.unusable == "\(text) in row 4, column 29 (counted from 0)")
          #expect(found.spectrum == nil && found.digest == SHA256.hexDigest(of: file["w"]?.bytes ?? []))
        }
      }
    }
  }

  /// The same for any number of threads, in the order of the matrices.
  @Test func threads() throws {
    try withTemporaryFolder { folder in
      let model = try SafeTensors.sample().model(in: folder)
      let one = try model.surveyed()
      for threads in [2, 3, 8] {
        let other = try model.surveyed(workers: threads)
        #expect(other.map(\.matrix.name) == one.map(\.matrix.name) && other.map(\.digest) == one.map(\.digest))
        #expect(other.map(\.spectrum) == one.map(\.spectrum))
      }
    }
  }
}
