import Foundation
import LinearAlgebra

/// What a matrix with elements of about 1 is multiplied by: a power of two, from one end of the exponents to the other.
public enum MatrixScale: String, CaseIterable, Sendable {
  case one
  /// Where squares of elements begin to vanish.
  case sqrtTiny
  /// Where products with ε begin to be subnormal.
  case tinyOverEpsilon
  /// All elements subnormal: a few digits of the precision are gone.
  case subnormal
  /// Where squares of elements begin to overflow.
  case sqrtHuge
  case hugeTimesEpsilon

  /// The factor itself.
  func factor<Scalar: BLASScalar>(_: Scalar.Type) -> Double {
    let (tiny, huge) = (Int(Scalar.leastNormalMagnitude.exponent), Int(Scalar.greatestFiniteMagnitude.exponent))
    let epsilon = Int(Scalar.ulpOfOne.exponent)
    switch self {
    case .one: return 1
    case .sqrtTiny: return powerOfTwo(tiny / 2)
    case .tinyOverEpsilon: return powerOfTwo(tiny - epsilon)
    case .subnormal: return powerOfTwo(tiny - 6)
    case .sqrtHuge: return powerOfTwo(huge / 2)
    case .hugeTimesEpsilon: return powerOfTwo(huge + epsilon)
    }
  }
}

/// 2 to the power of `exponent`.
func powerOfTwo(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

/// base to the power of `exponent`.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
