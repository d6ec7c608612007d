import LinearAlgebra
import Testing
import TestSupport

/// op(A) op(B) + β C against the definition.
@Suite struct ProductTests {
  /// m, n, k; transposed or not; β.
  struct Case: Sendable, CustomStringConvertible {
    var (m, n, k) = (0, 0, 0)
    var (transposeA, transposeB) = (false, false)
    var beta = 0.0
    var precision = Precision.float

    var description: String {
      "\(precision) \(m)x\(k)\(transposeA ? "ᵀ" : "") times \(k)x\(n)\(transposeB ? "ᵀ" : "") + \(beta) C"
    }
  }

  static let cases: [Case] = {
    let sizes = [
      (1, 1, 1), (1, 9, 5), (7, 1, 3), (5, 6, 0), (31, 33, 17), (32, 32, 32), (65, 40, 64), (128, 10, 70), (3, 100, 129),
    ]
    return sizes.flatMap { m, n, k in
      [(false, false), (false, true), (true, false), (true, true)].flatMap { transposeA, transposeB in
        [0, 1, -0.5].flatMap { beta in
          Precision.allCases.map { precision in
            Case(m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, beta: beta, precision: precision)
          }
        }
      }
    }
  }()

  @Test func againstTheDefinition() {
    for one: Case in Self.cases {
      func check<Scalar: BLASScalar>(_: Scalar.Type) {
        let (a, b, c): (Matrix<Scalar>, Matrix<Scalar>, Matrix<Scalar>) = operands(one)
        var product = c
        product.setProduct(a, transposeA: one.transposeA, b, transposeB: one.transposeB, adding: Scalar(one.beta))
        let ratio = error(of: product, a, b, c, one)
        Ledger.enter(ratio, property: "products: |C − Σ a b| / (k ε Σ |a b|)", family: "normal", of: one.description)
        #expect(ratio < ErrorRatios.bound, "\(one)")
      }
      check(one.precision.type)
    }
  }

  /// With β = 0, C is not read: old elements, even NaN, do not matter. The same holds for an empty sum.
  @Test func oldContentsAreOverwritten() {
    for k: Int in [0, 1, 40] {
      let (a, b) = (Matrix<Float>(rows: 9, columns: k, repeating: 1), Matrix<Float>(rows: k, columns: 20, repeating: 2))
      var c = Matrix<Float>(rows: 9, columns: 20, repeating: .nan)
      c.setProduct(a, b)
      #expect(c == Matrix(rows: 9, columns: 20, repeating: Float(2 * k)), "\(k)")
    }
  }

  @Test func anEmptySumLeavesBetaC() {
    var c = Matrix<Double>(rows: 2, columns: 3, repeating: 4)
    c.setProduct(Matrix(rows: 2, columns: 0), Matrix(rows: 0, columns: 3), adding: 0.5)
    #expect(c == Matrix(rows: 2, columns: 3, repeating: 2))
    #expect(Matrix<Float>(rows: 0, columns: 4) * Matrix<Float>(rows: 4, columns: 2) == Matrix(rows: 0, columns: 2))
  }

  private func operands<Scalar: BLASScalar>(_ one: Case) -> (Matrix<Scalar>, Matrix<Scalar>, Matrix<Scalar>) {
    var stream = RandomStream(seed: UInt64(one.m * 1000 + one.n), name: "operands")
    let a = Matrix<Scalar>.normal(rows: one.m, columns: one.k, from: &stream)
    let b = Matrix<Scalar>.normal(rows: one.k, columns: one.n, from: &stream)
    let c = Matrix<Scalar>.normal(rows: one.m, columns: one.n, from: &stream)
    return (one.transposeA ? a.transposed : a, one.transposeB ? b.transposed : b, c)
  }

  /// The largest |C − Σ a b| over its bound ε (k + 1) Σ |a b| (Higham 2002, 3.5), by three loops in `Double`.
  private func error<Scalar: BLASScalar>(
    of product: Matrix<Scalar>, _ a: Matrix<Scalar>, _ b: Matrix<Scalar>, _ c: Matrix<Scalar>, _ one: Case
  ) -> Double {
    let a = (one.transposeA ? a.transposed : a).map(Double.init)
    let b = (one.transposeB ? b.transposed : b).map(Double.init)
    let c = c.map { one.beta * Double($0) }
    let expected = naiveProduct(a, b) + c
    let magnitudes = naiveProduct(a.map(abs), b.map(abs)) + c.map(abs)
    let differences = (product.map(Double.init) - expected).elements.map(abs)
    let epsilon = Double(Scalar.ulpOfOne) * Double(one.k + 1)
    return largest(zip(differences, magnitudes.elements).map { $0 == 0 ? 0 : $0 / (epsilon * $1) })
  }
}
