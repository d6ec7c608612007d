import LinearAlgebra

/// A matrix of b-bit codes with one scale a row:
///
///     element (i, j) = (code (i, j) − (2ᵇ − 1) / 2) · scale i,   code = 0 … 2ᵇ − 1
///
/// The levels are the odd multiples of half a scale: ±½, ±1½, … So all 2ᵇ levels are used, and lie symmetrically. Zero is none of
/// them. This is the better uniform quantiser for normal values (Max 1960), and by far at 2 bits. One rule serves all widths.
public struct QuantisedMatrix: Equatable, Sendable {
  /// m
  public let rows: Int
  /// n
  public let columns: Int
  /// b: bits a code.
  public let bits: Int
  /// m·n codes below 2ᵇ, row by row.
  public let codes: [UInt8]
  /// m scales, finite and above 0.
  public let scales: [Float16]

  /// The values of b that there are.
  public static let widths = [2, 3, 4, 8]

  /// The smallest scale. A row of zeros has it.
  public static let smallestScale = Float16.leastNonzeroMagnitude

  /// Codes row by row, and one scale a row.
  public init(rows: Int, columns: Int, bits: Int, codes: [UInt8], scales: [Float16]) {
    precondition(Self.widths.contains(bits) && codes.count == rows * columns && scales.count == rows)
    precondition(codes.allSatisfy { Int($0) < 1 << bits }, "a code of more than \(bits) bits")
    precondition(scales.allSatisfy { $0.isFinite && $0 > 0 }, "a scale that is not finite, or not above 0")
    (self.rows, self.columns, self.bits, self.codes, self.scales) = (rows, columns, bits, codes, scales)
  }

  /// The largest level, in scales: (2ᵇ − 1) / 2.
  public static func largestLevel(bits: Int) -> Double { Double(1 << bits - 1) / 2 }

  /// The elements, which any precision holds without rounding.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func matrix<Scalar: BLASScalar>(of _: Scalar.Type) -> Matrix<Scalar> {
    let (largest, scales) = (Scalar(Self.largestLevel(bits: bits)), scales.map { Scalar($0) })
    return Matrix(rows: rows, columns: columns) { (Scalar(codes[$0 * columns + $1]) - largest) * scales[$0] }
  }
}
