import Files
import LinearAlgebra
import NeuralNetwork
import Testing
import TestSupport

@testable import Compression

@Suite struct MeasuredSVDTests {
  @Test func everyAlgorithm() throws { for algorithm in SVDAlgorithm.allCases { try everyAlgorithm(algorithm) } }

  private func everyAlgorithm(_ algorithm: SVDAlgorithm) throws {
    for rank: Int in [1, 7, 20] {
      try measure(algorithm, rank: rank, in: Float.self)
      try measure(algorithm, rank: rank, in: Double.self)
    }
  }

  private func measure<Scalar: BLASScalar>(_ algorithm: SVDAlgorithm, rank: Int, in _: Scalar.Type) throws {
    var stream = RandomStream(seed: 1, name: "matrix")
    let values = (0..<20).map { 1 / Double($0 + 1) }
    let a = Matrix<Double>.prescribing(values, rows: 20, columns: 33, from: &stream).map { Scalar($0) }
    let measured = try MeasuredSVD(of: a, by: algorithm, rank: rank, workers: Workers(count: 2))
    let isKnown = rank == 20 || algorithm == .jacobi || algorithm == .lapack
    #expect(measured.svd.rank == rank && measured.fullRank == 20 && (measured.spectrum?.values.count == 20) == isKnown)
    #expect(measured.errors.areSmall)
    let tolerance = 20 * Double(Scalar.ulpOfOne)
    for (found, known) in zip(measured.spectrum?.values ?? [], values) { #expect(abs(found - known) < tolerance) }
    for (found, known) in zip(measured.svd.singularValues, values) { #expect(abs(Double(found) - known) < tolerance) }
    #expect(measured.usualRanks == Set(isKnown ? [10, 20, rank] : [rank, 20]).sorted())
    for rank in measured.usualRanks {
      #expect(abs(measured.energy(keptAt: rank) - Spectrum(values).energy(keptAt: rank)) < tolerance)
    }
    #expect((measured.iteration != nil) == (algorithm == .subspace || algorithm == .krylov))
  }

  /// Of a matrix of 6×9: its own rank and the full one; of 12×9 too, where 10 is above the full rank.
  @Test func usualRanks() throws {
    var stream = RandomStream(seed: 1, name: "matrix")
    let ranks = try [6, 12].map { rows in
      try MeasuredSVD(
        of: Matrix<Double>.normal(rows: rows, columns: 9, from: &stream), by: .lapack, rank: 3, workers: Workers(count: 1)
      ).usualRanks
    }
    #expect(ranks == [[3, 6], [3, 9]])
  }

  @Test func writtenTensors() throws {
    let a = Matrix<Double>(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6.5])
    let measured = try MeasuredSVD(of: a, by: .lapack, rank: 1, workers: Workers(count: 1))
    let file = try SafeTensors(decoding: measured.tensors.encoded, path: "x")
    #expect(file.tensors.map(\.name) == ["u", "singular_values", "vt"])
    #expect(file.tensors.map(\.tensor.shape) == [[3, 1], [1], [1, 2]])
    #expect(file.tensors.allSatisfy { $0.tensor.type == .float64 })
    #expect(try file["u"]?.matrix(of: Double.self, place: "u") == measured.svd.u)
    #expect(try file["singular_values"]?.elements(as: Double.self, place: "s") == measured.svd.singularValues)
    #expect(try file["vt"]?.matrix(of: Double.self, place: "vt") == measured.svd.vT)
  }

  @Test func errorsNameThePlace() {
    let notFinite = FileError(LinearAlgebraError.notFinite(row: 1, column: 2, value: .infinity), place: "f: tensor 'w'")
    #expect(
      notFinite.description == "f: tensor 'w': found inf in row 1, column 2 (counted from 0), expected finite elements")
    let overflow = FileError(LinearAlgebraError.overflow(precision: "Float"), place: "f: tensor 'w'")
    #expect(overflow.description == "f: tensor 'w': found a value too large for Float, expected a smaller matrix")
    let tooLarge = FileError(LinearAlgebraError.tooLarge(rows: 30_000, columns: 40_000), place: "f: tensor 'w'")
    #expect(
      tooLarge.description == """
        f: tensor 'w': found a matrix of 30000×40000, expected a smaller one: the size of LAPACK's workspace has 32 bits
        """)
    #expect(
      FileError(LinearAlgebraError.noConvergence(routine: "QR"), place: "f").description
        == "f: a matrix for which QR did not converge")
  }
}
