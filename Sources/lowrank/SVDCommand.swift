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
      the energy kept at usual ranks, and the errors in units of rounding. Singular vectors have no sign convention, \
      but the same input gives the same bits.

      jacobi is the reference, and slow. lapack computes all values. subspace iterates until the leading ones are right to \
      rounding. krylov is the fastest for large matrices: ‖A − U S Vᵀ‖ is within 0.01 % of the least at this rank.
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

  @OptionGroup var threads: ThreadOptions

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
    // Ctrl-C ends the wait for a pipe.
    let file = try Interrupts.stoppingAtOnce { try InputFile(self.file, acceptsPipes: true) }
    let entry = try SafeTensors.Header(of: file, lookingFor: tensor).entry(named: tensor, path: file.path)
    if entry.type == .float64 {
      try decompose(entry, of: file, in: Double.self)
    } else {
      try decompose(entry, of: file, in: Float.self)
    }
  }

  private func decompose<Scalar: BLASScalar>(_ entry: SafeTensors.Header.Entry, of file: InputFile, in _: Scalar.Type) throws
  {
    let (place, type) = ("\(file.path): tensor '\(entry.name)'", entry.type)
    let (rows, columns) = try entry.matrixShape(place: place)
    let full = min(rows, columns)
    try Memory.require(
      MeasuredSVD<Scalar>.memory(rows: rows, columns: columns, by: algorithm, rank: min(rank ?? full, full)),
      addresses: MeasuredSVD<Scalar>.addressSpace, place: place)
    let a: Matrix<Scalar> = try entry.tensor(from: file).matrix(of: Scalar.self, place: place)
    let measured: MeasuredSVD<Scalar>
    do {
      try a.requireFinite()
      if let rank, rank > full {
        Terminal.shared.line("warning: --rank: found \(rank), expected at most \(full), the full rank; \(full) is used")
      }
      // Checked before the work; it may make a folder.
      if let output { try AtomicFile.probe(file: output) }
      measured = try Interrupts.stoppingAtOnce {
        try MeasuredSVD(of: a, by: algorithm, rank: min(rank ?? full, full), workers: threads.workers)
      }
    } catch let error as LinearAlgebraError {
      throw FileError(error, place: place)
    }
    if let output { try AtomicFile.write(pieces: measured.tensors.pieces, to: output) }
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
