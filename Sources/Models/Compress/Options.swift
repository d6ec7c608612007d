import Files
import NeuralNetwork

/// How far matrices are compressed.
public enum Extent: Sendable, Equatable {
  /// The same rank for each.
  case rank(Int)
  /// The smallest rank that keeps this share of Σ σᵢ², from 0 to 1.
  case energy(Double)
  /// The size of the whole file; ranks by the errors that they save for a byte.
  case size(FileSize)
  /// A rank a matrix.
  case listed(RankList)
}

/// How factors are stored.
public enum StoredType: String, CaseIterable, Sendable {
  case f32, f16, bf16
  /// As the matrix was.
  case same
  /// Codes of all layers of a network, which its data decide (`QuantisedNetwork`).
  case int8, int4

  /// Those that need no data.
  public static let elements = [StoredType.f32, .f16, .bf16, .same]

  /// Bits of a code; `nil` for other types.
  public var codeBits: Int? { self == .int8 ? 8 : self == .int4 ? 4 : nil }

  func type(of matrix: SafeTensors.ElementType) -> SafeTensors.ElementType {
    switch self {
    case .int8, .int4: preconditionFailure("codes are no elements")
    case .f32: .float32
    case .f16: .float16
    case .bf16: .bfloat16
    case .same: matrix
    }
  }
}

/// How factors are named.
public enum FactorNaming: String, CaseIterable, Sendable {
  /// `NAME.0.weight`, `NAME.1.weight`, `NAME.1.bias`: a PyTorch `Sequential` of two `Linear`s.
  case sequential
  /// `NAME.lora_A.weight`, `NAME.lora_B.weight`; the bias keeps its name.
  case lora

  /// The names of V, U and the bias for a matrix; the bias is `nil` where the name is not that of a layer's weight.
  func names(of matrix: String) -> (first: String, second: String, bias: (before: String, after: String)?) {
    let suffix = ".weight"
    let isWeight = matrix.utf8.elementsEqual("weight".utf8)
    let hasSuffix = Array(matrix.utf8).reversed().starts(with: Array(suffix.utf8).reversed())
    let layer =
      isWeight ? "" : hasSuffix ? String(decoding: matrix.utf8.dropLast(suffix.utf8.count), as: UTF8.self) + "." : nil
    let base = layer ?? matrix + "."
    let (first, second) = self == .sequential ? ("0", "1") : ("lora_A", "lora_B")
    let bias = layer.map { ($0 + "bias", self == .sequential ? $0 + "1.bias" : $0 + "bias") }
    return ("\(base)\(first).weight", "\(base)\(second).weight", bias)
  }
}
