import Files
import LinearAlgebra
import NeuralNetwork

/// What is known of a matrix before anything is decided.
public struct SurveyedMatrix: Sendable {
  public let matrix: Selection.Matrix
  /// SHA-256 of its bytes, as hexadecimal digits.
  public let digest: String
  /// All singular values, where they were asked for and the matrix is finite.
  public let spectrum: Spectrum?
  /// The first element that is NaN or an infinity, in words; `nil` where all are finite.
  public let unusable: String?

  /// What its spectrum is known by.
  var key: String { SpectraFile.key(digest: digest, rows: matrix.rows, columns: matrix.columns, type: matrix.type) }
}

/// Reads matrices of a model once: are all elements finite, what is the digest, and what are the singular values.
public struct Survey: Sendable {
  private let model: Model
  private let workers: Workers
  private let progress: ModelProgress

  /// - Parameter progress: is told of each matrix.
  public init(of model: Model, workers: Workers, progress: ModelProgress) {
    (self.model, self.workers, self.progress) = (model, workers, progress)
  }

  /// Surveys matrices, in their order.
  /// - Parameters:
  ///   - known: spectra of an earlier run, by digest.
  ///   - withSpectra: whether the singular values are needed.
  /// - Throws: `FileError` where a tensor cannot be read or is too large, or no iteration converges for it.
  public func matrices(
    _ matrices: [Selection.Matrix], known: SpectraFile = SpectraFile(), withSpectra: Bool
  ) throws -> [SurveyedMatrix] {
    let known = known.byMatrix
    return try Batches(matrices) { Work.survey($0, withSpectra: withSpectra) }.map(workers: workers) { matrix, workers in
      let surveyed = try survey(matrix, known: known, withSpectra: withSpectra, workers: workers)
      progress.advance(1, model.tensors[matrix.tensor].range.count)
      return surveyed
    }
  }

  private func survey(
    _ matrix: Selection.Matrix, known: [String: Spectrum], withSpectra: Bool, workers: Workers
  ) throws -> SurveyedMatrix {
    let tensor = model.tensors[matrix.tensor]
    let place = model.place(tensor)
    try Memory.require(Work.survey(matrix, withSpectra: withSpectra), place: place)
    // The bytes are given back once they are numbers.
    func surveyed<Scalar: BLASScalar>(in _: Scalar.Type) throws -> SurveyedMatrix {
      let (a, digest) = try elements(of: tensor, as: Scalar.self)
      func result(_ spectrum: Spectrum?, unusable: String? = nil) -> SurveyedMatrix {
        SurveyedMatrix(matrix: matrix, digest: digest, spectrum: spectrum, unusable: unusable)
      }
      let key = result(nil).key
      if let spectrum = known[key] { return result(spectrum) }
      do throws(LinearAlgebraError) {
        try a.requireFinite()
        return result(withSpectra ? try Spectrum.all(of: a, workers: workers) : nil)
      } catch {
        guard case .notFinite(let row, let column, let value) = error else { throw FileError(error, place: place) }
        let text = value.isNaN ? "nan" : "\(value)"
        return result(nil, unusable: "\(text) in row \(row), column \(column) (counted from 0)")
      }
    }
    return matrix.type == .float64 ? try surveyed(in: Double.self) : try surveyed(in: Float.self)
  }

  private func elements<Scalar: BLASScalar>(
    of tensor: Model.Tensor, as _: Scalar.Type
  ) throws(FileError) -> (matrix: Matrix<Scalar>, digest: String) {
    let stored = try model.read(tensor)
    return (try stored.matrix(of: Scalar.self, place: model.place(tensor)), SHA256.hexDigest(of: stored.bytes))
  }
}
