import ArgumentParser
import Compression
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork

extension SVDAlgorithm: ExpressibleByArgument {}

/// Decomposes one matrix of a file.
struct SVDCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svd", abstract: "Decompose a matrix of a .safetensors file, and measure the result.",
    discussion: """
      F32 and F64 are computed as they are, F16 and BF16 in F32. Prints the leading singular values, the effective rank, \
      the energy kept at usual ranks, and the errors in units of rounding.
      """)

  @Argument(help: ArgumentHelp("The file.", valueName: "file.safetensors"))
  var file: String

  @Option(help: ArgumentHelp("The tensor; not needed if the file has one of two dimensions.", valueName: "name"))
  var tensor: String?

  @Option(help: "The algorithm.")
  var algorithm = SVDAlgorithm.lapack

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many singular values and vectors to keep. (default: all)", valueName: "D"))
  var rank: Int?

  @Option(help: ArgumentHelp("Write u, singular_values and vt to this .safetensors file.", valueName: "file"))
  var output: String?

  func validate() throws {
    if let rank, rank < 1 { throw ValidationError("--rank: found \(rank), expected 1 or more") }
    guard let output else { return }
    guard !output.isEmpty else { throw ValidationError("--output: found nothing, expected a file") }
    func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    guard real(output) != real(file) else {
      throw ValidationError("--output: found \(output), the input itself, expected another file")
    }
  }

  func run() throws {
    let (name, tensor) = try SafeTensors(readingFrom: file).matrixTensor(named: tensor, path: file)
    let place = "\(file): tensor '\(name)'"
    switch tensor.type {
    case .float64: try decompose(try tensor.matrix(of: Double.self, place: place), type: tensor.type, place: place)
    default: try decompose(try tensor.matrix(of: Float.self, place: place), type: tensor.type, place: place)
    }
  }

  private func decompose<Scalar: BLASScalar>(_ a: Matrix<Scalar>, type: SafeTensors.ElementType, place: String) throws {
    let full = min(a.rows, a.columns)
    guard full > 0 else {
      throw FileError(path: place, found: "the shape [\(a.rows), \(a.columns)]", expected: "one row and one column or more")
    }
    let measured: MeasuredSVD<Scalar>
    do {
      try a.requireFinite()
      if let rank, rank > full {
        Terminal.shared.line("warning: --rank: found \(rank), expected at most \(full), the full rank; \(full) is used")
      }
      // Checked before the work.
      if let output { try AtomicFile.probe(file: output) }
      measured = try Interrupts.stoppingAtOnce { try MeasuredSVD(of: a, by: algorithm, rank: min(rank ?? full, full)) }
    } catch let error as LinearAlgebraError {
      throw FileError(error, place: place)
    }
    if let output { try AtomicFile.write(measured.tensors.encoded, to: output) }
    let text = SVDText(measured, rows: a.rows, columns: a.columns, type: type, place: place, algorithm: algorithm)
      .lines.joined(separator: "\n")
    // `--output /dev/stdout` has standard output for itself.
    if let output, ownDescriptor(output) == STDOUT_FILENO {
      Terminal.shared.line(text)
    } else {
      try Output.print(text)
    }
    if !measured.errors.areSmall {
      Terminal.shared.line(
        "warning: \(printable(place)): found an error ratio of \(Int(SVDErrorRatios.bound)) or more: "
          + "this SVD is worse than rounding explains")
    }
  }
}
