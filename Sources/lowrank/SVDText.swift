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
    let (errors, rank, full) = (measured.errors, measured.svd.rank, measured.fullRank)
    let precision = Scalar.self == Double.self ? "F64" : "F32"
    var lines = [
      "\(printable(place)): \(rows) × \(columns), \(type.rawValue)",
      "algorithm: \(algorithm.rawValue), in \(precision), rank \(rank) of \(full)",
      "",
      "leading singular values:",
      "  " + measured.svd.singularValues.prefix(10).map { Self.number($0, 6) }.joined(separator: "  ")
        + (rank > 10 ? "  …" : ""),
      "effective rank (Roy and Vetterli 2007: exp of the entropy of σᵢ / Σσ): "
        + (measured.spectrum.map { String(format: "%.2f", $0.effectiveRank) }
          ?? "not known, \(algorithm.rawValue) computes the leading values alone"),
      "", "energy kept (Σ σᵢ² to rank D, of Σ σᵢ²):",
    ]
    for usual in measured.usualRanks {
      let energy = String(format: "%9.4f %%", 100 * measured.energy(keptAt: usual))
      lines.append(Self.padded("  D = \(usual)\(usual == full ? " (full)" : "")", to: 20) + energy)
    }
    lines += ["", "errors over what rounding explains; below \(Int(SVDErrorRatios.bound)) is good:"]
    let isKnown = measured.spectrum != nil
    lines += [
      (
        !isKnown
          ? "|‖A − U S Vᵀ‖² − τ²| / (‖A‖² max(m,n) ε)"
          : rank < full ? "|‖A − U S Vᵀ‖ − τ| / (‖A‖ max(m,n) ε)" : "‖A − U S Vᵀ‖ / (‖A‖ max(m,n) ε)", errors.residualRatio
      ),
      ("‖UᵀU − I‖ / (m ε)", errors.orthogonalityOfU), ("‖VᵀV − I‖ / (n ε)", errors.orthogonalityOfV),
    ].map { Self.padded("  " + $0, to: 44) + Self.number($1, 3) }
    if rank < full {
      lines.append(
        "  truncated: ‖A − U S Vᵀ‖ = \(Self.number(errors.residual, 8)) is compared with τ = "
          + (isKnown ? "√(Σ dropped σ²)" : "√(‖A‖² − Σ σ²)") + " = \(Self.number(errors.dropped, 8)), "
          + (isKnown ? "the least at this rank" : "what the values leave"))
    }
    switch measured.iteration {
    case .subspace(let iterations, let residual, let isFull):
      lines.append(
        "  subspace: \(iterations) iterations, residual ‖A V − U S‖ = \(Self.number(residual, 3))"
          + (isFull ? ": not small, so this is the full SVD" : ""))
    case .krylov(let blocks):
      lines.append(blocks > 0 ? "  krylov: \(blocks) blocks" : "  krylov: all dimensions, because few do not suffice here")
    case nil: break
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
