import Foundation
import LinearAlgebra

/// The factor of a matrix with elements of about 1: a power of two, from the smallest to the largest exponents.
public enum MatrixScale: String, CaseIterable, Sendable {
  case one
  /// Squares of elements begin to vanish.
  case sqrtTiny
  /// Products with ε begin to be subnormal.
  case tinyOverEpsilon
  /// All elements are subnormal: they have fewer digits.
  case subnormal
  /// Squares of elements begin to overflow.
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
