/// Elementary functions with the same bits on every machine: additions, multiplications and fused multiply–adds in a fixed
/// order, each rounded as IEEE 754 defines.
///
/// The C library has variants for different processors, and its polynomials change between versions. Normal random values,
/// the loss and the learning rate use these functions. Errors are below one unit in the last place.
///
/// Arguments are reduced by a constant in two parts (Cody and Waite, Software Manual for the Elementary Functions, 1980). The
/// parts of ln 2, and the order of the sums in the logarithm and the cosine, are those of fdlibm (Ng and others, Sun
/// Microsystems, 1993). The polynomials are Taylor series, with a few terms more than fdlibm's polynomials.
public enum Elementary {
  /// eˣ = 2ᵏ eʳ: r = x − k ln 2 of |r| ≤ ½ ln 2, and the Taylor series of eʳ up to r¹³.
  public static func exp(_ x: Double) -> Double {
    guard !x.isNaN else { return x }
    guard x < 709.8 else { return .infinity }
    guard x > -745.2 else { return 0 }
    let k = (x * 1.442695040888963407).rounded()
    let r = x.addingProduct(-k, ln2.high).addingProduct(-k, ln2.low)
    let tail = polynomial(inverseFactorials, r)
    let y = 1 + r.addingProduct(r * r, tail)
    // In two factors: the first alone may overflow, or y · 2ᵏ be subnormal.
    let half = Int(k) / 2
    return y * powerOfTwo(half) * powerOfTwo(Int(k) - half)
  }

  /// ln x = k ln 2 + ln (1 + f), 1 + f from √½ to √2: ln (1 + f) = 2 artanh s with s = f / (2 + f), and the Taylor series of
  /// artanh up to s²¹.
  public static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    var (m, k) = (x.significand, Double(x.exponent))
    if m > 1.4142135623730951 { (m, k) = (m / 2, k + 1) }
    let f = m - 1
    let s = f / (2 + f)
    let z = s * s
    let half = 0.5 * f * f
    // 2 s = f − f²/2 + s f²/2: f, the largest term, is exact (fdlibm's e_log.c).
    let rest = (s * (half + z * polynomial(inverseOddNumbers, z))).addingProduct(k, ln2.low)
    return (k * ln2.high) - ((half - rest) - f)
  }

  /// log₂ x
  public static func log2(_ x: Double) -> Double { log(x) / log(2) }

  /// Cosine and sine of 2π t, for t of a magnitude up to 2⁵⁰: the Taylor series at the nearest quarter of a turn, that of the
  /// sine up to x¹⁷, of the cosine up to x¹⁸.
  public static func cosineAndSine(turns t: Double) -> (cosine: Double, sine: Double) {
    // All exact; |r| is at most an eighth of a turn.
    let rest = t - t.rounded()
    let quarter = (4 * rest).rounded()
    let r = rest.addingProduct(-0.25, quarter)
    let x = r * turn.high
    // The rounding error of x, exact by the fused product, and the low part of 2π.
    let low = (-x).addingProduct(r, turn.high).addingProduct(r, turn.low)
    let z = x * x
    let sine = x + (x * z * polynomial(sineTerms, z) + low)
    let half = 0.5 * z
    // The rounding error of 1 − z/2 is added again (fdlibm's k_cos.c).
    let top = 1 - half
    let cosine = top + (((1 - top) - half) + (z * z * polynomial(cosineTerms, z) - x * low))
    switch Int(quarter) & 3 {
    case 0: return (cosine, sine)
    case 1: return (-sine, cosine)
    case 2: return (-cosine, -sine)
    default: return (sine, -cosine)
    }
  }

  /// ln 2 in two parts: the high one has 32 bits, so that its product with an exponent is exact.
  private static let ln2 = (high: 6.93147180369123816490e-01, low: 1.90821492927058770002e-10)
  /// 2π in two parts.
  private static let turn = (high: 2 * Double.pi, low: 2.4492935982947064e-16)
  /// 1/2!, 1/3!, … 1/13!
  private static let inverseFactorials = factorials(2...13)
  /// 2/3, 2/5, … 2/21
  private static let inverseOddNumbers = (1...10).map { 2 / Double(2 * $0 + 1) }
  /// −1/3!, 1/5!, … of x², after x³.
  private static let sineTerms = stride(from: 3, through: 17, by: 2).map { factorial($0, sign: $0 % 4 == 3 ? -1 : 1) }
  /// 1/4!, −1/6!, … of x², after x⁴.
  private static let cosineTerms = stride(from: 4, through: 18, by: 2).map { factorial($0, sign: $0 % 4 == 0 ? 1 : -1) }

  private static func factorials(_ range: ClosedRange<Int>) -> [Double] { range.map { factorial($0, sign: 1) } }

  /// ± 1/n!: n! is exact up to 18!.
  private static func factorial(_ n: Int, sign: Double) -> Double { sign / (1...n).reduce(1) { $0 * Double($1) } }

  /// c₀ + c₁ x + …, by Horner's rule.
  @inline(__always)
  private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $1.addingProduct($0, x) }
  }

  /// 2ᵏ, where it is not subnormal.
  private static func powerOfTwo(_ k: Int) -> Double { Double(sign: .plus, exponent: k, significand: 1) }
}
