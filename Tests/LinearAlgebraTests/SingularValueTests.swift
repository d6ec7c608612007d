import LinearAlgebra
import Testing
import TestSupport

/// Relations between the singular values of a matrix and those of a matrix derived from it.
@Suite struct SingularValueTests {
  /// Cases that `JacobiSVD` decomposes quickly.
  static let small = SVDCase.groups { $0.rank <= 26 }

  @Test(arguments: SVDCase.groups()) func valuesAloneAreThoseWithVectors(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      for driver in LAPACKDriver.allCases {
        let alone = try LAPACKSVD.singularValues(of: a, drivers: [driver])
        expectOrdered(alone, of: one)
        let withVectors = try LAPACKSVD.decompose(a, drivers: [driver]).singularValues
        expectSmall(Scaled(a).distance(alone, withVectors), "values alone, \(driver)", of: one)
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  @Test(arguments: small) func theTransposeHasTheSameValues(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      for algorithm in SVDAlgorithm.allCases {
        let (values, others) = try (algorithm.decompose(a).singularValues, algorithm.decompose(a.transposed).singularValues)
        expectSmall(Scaled(a).distance(values, others), "Aᵀ, \(algorithm.rawValue)", of: one)
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// All algorithms first scale by a power of two; so a further power of two must not change a bit of U and V.
  @Test(arguments: SVDCase.groups { $0.rank <= 26 && $0.scale == .one }) func scalingByAPowerOfTwoIsExact(
    _ group: SVDCaseGroup
  ) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      for algorithm in SVDAlgorithm.allCases {
        let svd = try algorithm.decompose(a)
        for exponent in [-21, 1, 30] {
          let factor = Scalar(sign: .plus, exponent: Scalar.Exponent(exponent), significand: 1)
          let scaled = try algorithm.decompose(a.map { $0 * factor })
          let what = "\(algorithm), 2^\(exponent); LOWRANK_CASE='\(one)'"
          #expect(scaled.u == svd.u && scaled.vT == svd.vT, "\(what)")
          // A subnormal value, or one rounded up to the least normal one, has lost digits.
          let exact = zip(scaled.singularValues, svd.singularValues).allSatisfy {
            $0 == $1 * factor || min($0, $1) <= Scalar.leastNormalMagnitude
          }
          #expect(exact, "\(what)")
        }
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  @Test(arguments: SVDCase.groups()) func rowsAndColumnsInAnotherOrder(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      var stream = one.stream("order")
      let (rows, columns) = (stream.permutation(a.rows), stream.permutation(a.columns))
      let other = Matrix(rows: a.rows, columns: a.columns) { i, j in a[rows[i], columns[j]] }
      let (values, others) = try (LAPACKSVD.singularValues(of: a), LAPACKSVD.singularValues(of: other))
      expectSmall(Scaled(a).distance(values, others), "rows and columns permuted", of: one)
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// |σᵢ(A + E) − σᵢ(A)| ≤ ‖E‖₂ (Weyl 1912).
  @Test(arguments: SVDCase.groups { $0.rank > 0 }) func weyl(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type, exponent: Int) throws {
      let a = one.matrix(Scalar.self)
      let size = a.maxNorm * Scalar(sign: .plus, exponent: Scalar.Exponent(exponent), significand: 1)
      var stream = one.stream("perturbation")
      let sum = a + Matrix.normal(rows: a.rows, columns: a.columns, from: &stream).map { $0 * size }
      // E, after the rounding of A + E.
      let scaled = Scaled(sum)
      let added = scaled.matrix - Matrix(rows: a.rows, columns: a.columns, elements: scaled.values(a.elements))
      let bound = try LAPACKSVD.singularValues(of: added)[0]
      let values = try scaled.values(LAPACKSVD.singularValues(of: a))
      let moved = try zip(scaled.values(LAPACKSVD.singularValues(of: sum)), values).map { abs($0 - $1) - bound }
      expectSmall(largest(moved) / scaled.unit, "Weyl, ‖E‖ ≈ 2^\(exponent) ‖A‖", of: one)
    }
    group.run { for exponent in [-30, -8, 0] { try check($0, $0.precision.type, exponent: exponent) } }
  }

  /// σᵢ(A) ≥ σᵢ(B) ≥ σᵢ₊₁(A), where B is A without a column.
  @Test(arguments: SVDCase.groups { $0.rank > 0 }) func interlacing(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      var stream = one.stream("column")
      let removed = stream.below(a.columns)
      let b = Matrix(rows: a.rows, columns: a.columns - 1) { i, j in a[i, j < removed ? j : j + 1] }
      let scaled = Scaled(a)
      // The value after the last is zero.
      let values = try scaled.values(LAPACKSVD.singularValues(of: a)) + [0]
      let inner = try scaled.values(LAPACKSVD.singularValues(of: b))
      let excess = inner.indices.flatMap { [inner[$0] - values[$0], values[$0 + 1] - inner[$0]] }
      expectSmall(largest(excess) / scaled.unit, "interlacing", of: one)
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// Compares values by |Δσ| / (‖A‖ max(m, n) ε), and subspaces; not single vectors, whose signs are arbitrary.
  @Test(arguments: SVDCase.groups()) func theAlgorithmsAgree(_ group: SVDCaseGroup) {
    func check<Scalar: BLASScalar>(_ one: SVDCase, _: Scalar.Type) throws {
      let a = one.matrix(Scalar.self)
      let scaled = Scaled(a)
      let reference = try JacobiSVD.decompose(a)
      for algorithm in SVDAlgorithm.allCases.dropFirst() {
        let svd = try algorithm.decompose(a)
        let distance = scaled.distance(svd.singularValues, reference.singularValues)
        expectSmall(distance, "values, \(algorithm.rawValue) and JacobiSVD", of: one)
        for side in subspaceDistances(svd, reference, scaled) {
          expectSmall(side, "subspaces, \(algorithm.rawValue) and JacobiSVD", of: one)
        }
      }
    }
    group.run { try check($0, $0.precision.type) }
  }

  /// sin Θ of the leading subspaces up to the widest gap in the values, divided by its bound ‖E‖ / gap with
  /// ‖E‖ = ‖A‖ max(m, n) ε (Wedin 1972); empty if no gap is wider than rounding errors.
  private func subspaceDistances<Scalar>(_ x: SVD<Scalar>, _ y: SVD<Scalar>, _ scaled: Scaled<Scalar>) -> [Double] {
    let values = scaled.values(y.singularValues)
    let gaps = zip(values, values.dropFirst()).map { $0 - $1 }
    guard let last = gaps.indices.max(by: { gaps[$0] < gaps[$1] }), gaps[last] > 100 * scaled.unit else { return [] }
    let (left, right) = (scaled.svd(x).truncated(to: last + 1), scaled.svd(y).truncated(to: last + 1))
    // ‖(I − Y Yᵀ) X‖ is sin Θ between the spans of the orthonormal X and Y.
    func sine(_ xT: Matrix<Double>, _ yT: Matrix<Double>) -> Double {
      norm((xT - naiveProduct(naiveProduct(xT, yT.transposed), yT)).elements)
    }
    let sines = [sine(left.vT, right.vT), sine(left.u.transposed, right.u.transposed)]
    return sines.map { $0 * gaps[last] / scaled.unit }
  }
}
