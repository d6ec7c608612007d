import Compression
import Files
import Foundation
import LinearAlgebra
import NeuralNetwork

/// What `lowrank svd` prints.
struct SVDText {
  let lines: [String]

  init<Scalar>(
    _ measured: MeasuredSVD<Scalar>, rows: Int, columns: Int, type: SafeTensors.ElementType, place: String,
    algorithm: SVDAlgorithm
  ) {
    let (spectrum, errors, rank) = (measured.spectrum, measured.errors, measured.svd.rank)
    let full = spectrum.values.count
    let precision = Scalar.self == Double.self ? "F64" : "F32"
    var lines = [
      "\(printable(place)): \(rows) × \(columns), \(type.rawValue)",
      "algorithm: \(algorithm.rawValue), in \(precision), rank \(rank) of \(full)",
      "",
      "leading singular values:",
      "  " + measured.svd.singularValues.prefix(10).map { Self.number($0, 6) }.joined(separator: "  ")
        + (rank > 10 ? "  …" : ""),
      "effective rank (Roy and Vetterli 2007: exp of the entropy of σᵢ / Σσ): "
        + String(format: "%.2f", spectrum.effectiveRank), "", "energy kept (Σ σᵢ² to rank D, of Σ σᵢ²):",
    ]
    for usual in measured.usualRanks {
      let energy = String(format: "%9.4f %%", 100 * spectrum.energy(keptAt: usual))
      lines.append(Self.padded("  D = \(usual)\(usual == full ? " (full)" : "")", to: 20) + energy)
    }
    lines += ["", "errors over what rounding explains; below \(Int(SVDErrorRatios.bound)) is good:"]
    lines += [
      (rank < full ? "|‖A − U S Vᵀ‖ − τ| / (‖A‖ max(m,n) ε)" : "‖A − U S Vᵀ‖ / (‖A‖ max(m,n) ε)", errors.residualRatio),
      ("‖UᵀU − I‖ / (m ε)", errors.orthogonalityOfU), ("‖VᵀV − I‖ / (n ε)", errors.orthogonalityOfV),
    ].map { Self.padded("  " + $0, to: 42) + Self.number($1, 3) }
    if rank < full {
      lines.append(
        "  truncated: ‖A − U S Vᵀ‖ = \(Self.number(errors.residual, 8)) is compared with τ = √(Σ dropped σ²) = "
          + "\(Self.number(errors.dropped, 8)), the least at this rank")
      if let result = measured.subspace {
        lines.append(
          "  subspace: \(result.iterations) iterations, residual ‖A V − U S‖ = \(Self.number(result.residual, 3))"
            + (result.origin == .full ? ": not small, so this is the full SVD" : ""))
      }
      if algorithm == .subspace { lines.append("  the dropped σ are LAPACK's: subspace iteration computes none of them") }
    }
    self.lines = lines
  }

  private static func number(_ value: some BinaryFloatingPoint, _ digits: Int) -> String {
    String(format: "%.\(digits)g", Double(value))
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
