import LinearAlgebra

/// The quality of an SVD as LAPACK's own tests measure it: errors divided by what rounding alone may do.
///
/// ε is the spacing of 1 in the working precision, ‖·‖ the Frobenius norm. All is computed in `Double`, with the matrix
/// scaled to about 1, so that nothing overflows or vanishes. A NaN anywhere makes the ratio NaN, which is not below the bound.
/// Uses naive products, so that it shares no code with what is tested, `SVDErrorRatios` included.
public struct ErrorRatios {
  /// LAPACK's threshold: a ratio is to be below it.
  public static let bound = SVDErrorRatios.bound

  /// ‖A − U S Vᵀ‖ / (‖A‖ max(m, n) ε)
  public let reconstruction: Double
  /// ‖UᵀU − I‖ / (m ε)
  public let orthogonalityOfU: Double
  /// ‖VᵀV − I‖ / (n ε)
  public let orthogonalityOfV: Double
  /// |√Σσ² − ‖A‖| / (‖A‖ max(m, n) ε)
  public let squares: Double

  /// Whether all ratios are below the bound.
  public var areSmall: Bool { [reconstruction, orthogonalityOfU, orthogonalityOfV, squares].allSatisfy { $0 < Self.bound } }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init<Scalar: BLASScalar>(_ svd: SVD<Scalar>, of a: Matrix<Scalar>) {
    let scaled = Scaled(a)
    let epsilon = Double(Scalar.ulpOfOne)
    reconstruction = norm(scaled.residual(of: svd).elements) / scaled.unit
    orthogonalityOfU = distanceFromOrthonormal(svd.u.transposed.map(Double.init)) / (Double(max(1, a.rows)) * epsilon)
    orthogonalityOfV = distanceFromOrthonormal(svd.vT.map(Double.init)) / (Double(max(1, a.columns)) * epsilon)
    squares = abs(norm(scaled.values(svd.singularValues)) - scaled.norm) / scaled.unit
  }
}

/// A matrix in `Double`, scaled by a power of two so that its largest element is about 1.
public struct Scaled<Scalar: BLASScalar> {
  /// A 2⁻ᵉ
  public let matrix: Matrix<Double>
  /// e
  public let exponent: Int
  /// ‖A 2⁻ᵉ‖_F
  public let norm: Double
  /// The unit of errors: ‖A‖ max(m, n) ε 2⁻ᵉ. For subnormal values the spacing, which is wider, replaces ‖A‖ ε.
  public let unit: Double

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(_ a: Matrix<Scalar>) {
    let largest = a.maxNorm
    let e = largest > 0 && largest.isFinite ? Int(largest.exponent) : 0
    exponent = e
    matrix = a.map { shifted(Double($0), by: -e) }
    norm = TestSupport.norm(matrix.elements)
    let spacing = max(norm * Double(Scalar.ulpOfOne), shifted(Double(Scalar.leastNonzeroMagnitude), by: -e))
    unit = spacing * Double(max(1, a.rows, a.columns))
  }

  /// `values` 2⁻ᵉ
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func values(_ values: [Scalar]) -> [Double] { values.map { shifted(Double($0), by: -exponent) } }

  /// The factors in `Double`, with the singular values 2⁻ᵉ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func svd(_ svd: SVD<Scalar>) -> SVD<Double> {
    SVD(u: svd.u.map(Double.init), singularValues: values(svd.singularValues), vT: svd.vT.map(Double.init))
  }

  /// (A − U S Vᵀ) 2⁻ᵉ
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func residual(of factors: SVD<Scalar>) -> Matrix<Double> {
    let svd = svd(factors)
    return matrix - naiveProduct(svd.u.scalingColumns(by: svd.singularValues), svd.vT)
  }

  /// ‖A V − U S‖ 2⁻ᵉ
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tripletResidual(_ factors: SVD<Scalar>) -> Double {
    let svd = svd(factors)
    return TestSupport.norm(
      (naiveProduct(matrix, svd.vT.transposed) - svd.u.scalingColumns(by: svd.singularValues)).elements)
  }

  /// max |xᵢ − yᵢ| / (‖A‖ max(m, n) ε), for two results for the singular values of A.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func distance(_ x: [Scalar], _ y: [Scalar]) -> Double {
    guard x.count == y.count else { return .infinity }
    return largest(zip(values(x), values(y)).map { abs($0 - $1) }) / unit
  }
}

/// The largest of 0 and `values`; NaN if there is one, which `max` may lose.
public func largest(_ values: [Double]) -> Double { values.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) } }

/// ‖x‖₂ of values whose squares neither overflow nor vanish.
public func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// A B by the definition.
public func naiveProduct(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Matrix<Double> {
  precondition(a.columns == b.rows)
  let (x, y, columns) = (a.elements, b.elements, b.columns)
  var sums = [Double](repeating: 0, count: a.rows * columns)
  for i in 0..<a.rows {
    for inner in 0..<a.columns {
      let factor = x[i * a.columns + inner]
      for j in 0..<columns { sums[i * columns + j] += factor * y[inner * columns + j] }
    }
  }
  return Matrix(rows: a.rows, columns: columns, elements: sums)
}

/// ‖Q Qᵀ − I‖_F for the rows of Q.
public func distanceFromOrthonormal(_ q: Matrix<Double>) -> Double {
  norm((naiveProduct(q, q.transposed) - .identity(q.rows)).elements)
}

private func shifted(_ x: Double, by exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: x) }
