@testable import LinearAlgebra
import Testing
import TestSupport

/// Matrices that have no SVD, LAPACK failing to find one, and empty matrices.
@Suite struct SVDErrorTests {
  @Test(arguments: [Double.nan, .infinity, -.infinity]) func notFinite(_ value: Double) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      for (row, column) in [(0, 0), (1, 3), (4, 6)] {
        for transposed in [false, true] {
          var a = Matrix<Scalar>(rows: 5, columns: 7, repeating: 1)
          a[row, column] = Scalar(value)
          let (i, j) = transposed ? (column, row) : (row, column)
          for algorithm in SVDAlgorithm.allCases {
            let error = #expect(throws: LinearAlgebraError.self) { try algorithm.decompose(transposed ? a.transposed : a) }
            let expected = "matrix: found \(value) in row \(i), column \(j), expected finite elements"
            #expect(error.map(String.init(describing:)) == expected, "\(algorithm)")
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
    let a = Matrix(rows: 2, columns: 3) { i, j in i == 1 && j == 1 ? value : 1 }
    #expect(throws: LinearAlgebraError.self) { try LAPACKSVD.singularValues(of: a) }
  }

  @Test func theFirstElementIsNamed() {
    let a = Matrix<Float>(rows: 2, columns: 2, elements: [1, .infinity, .nan, 1])
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1, value: .infinity)) { try LAPACKSVD.decompose(a) }
  }

  @Test func lapackDoesNotGetToSeeIt() {
    let a = Matrix<Double>(rows: 3, columns: 3, repeating: .nan)
    #expect(throws: LinearAlgebraError.self) {
      try LAPACKSVD.decompose(a, drivers: LAPACKDriver.allCases) { _, _, _, _, _, _, _, _ in
        Issue.record("LAPACK was called with NaN")
        return 0
      }
    }
  }

  /// The second driver gets A itself, not what the first one made of it.
  @Test(arguments: [false, true]) func whereDivideAndConquerFailsQRIterationIsTried(vectors: Bool) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      // The largest element is 1.125, so A is not scaled. LAPACK gets its transpose, 3×5.
      let a = Matrix<Scalar>(rows: 5, columns: 3) { i, j in Scalar(i * i + j) / 16 }
      let drivers: [LAPACKDriver] = [.divideAndConquer, .qrIteration]
      var (calls, seen): ([LAPACKDriver], [[Scalar]]) = ([], [])
      let call: LAPACKSVD.Call<Scalar> = { driver, asked, m, n, copy, values, u, vT in
        #expect(asked == vectors && m == 3 && n == 5 && (u != nil) == vectors && (vT != nil) == vectors)
        calls.append(driver)
        seen.append(Array(UnsafeBufferPointer(start: copy, count: 15)))
        guard driver == .divideAndConquer else {
          return Scalar.svd(driver: driver, vectors: asked, m: m, n: n, a: copy, singularValues: values, u: u, vT: vT)
        }
        for (pointer, count) in [(copy, 15), (values, 3), (u, 9), (vT, 15)] {
          pointer?.update(repeating: .nan, count: count)
        }
        return 7
      }
      if vectors {
        let svd = try LAPACKSVD.decompose(a, drivers: drivers, calling: call)
        #expect(try svd == LAPACKSVD.decompose(a, drivers: [.qrIteration]))
      } else {
        let values = try LAPACKSVD.singularValues(of: a, drivers: drivers, calling: call)
        #expect(try values == LAPACKSVD.singularValues(of: a, drivers: [.qrIteration]))
      }
      #expect(calls == drivers && seen == [a.elements, a.elements])
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// Two drivers that fail.
  static func failing<Scalar>(
    _ driver: LAPACKDriver, _: Bool, _: Int, _: Int, _: UnsafeMutablePointer<Scalar>, _: UnsafeMutablePointer<Scalar>,
    _: UnsafeMutablePointer<Scalar>?, _: UnsafeMutablePointer<Scalar>?
  ) -> Int { driver == .divideAndConquer ? 1 : 3 }

  @Test func whereAllDriversFailTheErrorSaysWhatEachReported() {
    let a = Matrix<Float>.identity(4)
    let errors = [
      #expect(throws: LinearAlgebraError.self) {
        try LAPACKSVD.decompose(a, drivers: [.divideAndConquer, .qrIteration], calling: Self.failing)
      },
      #expect(throws: LinearAlgebraError.self) {
        try LAPACKSVD.singularValues(of: a, drivers: [.divideAndConquer, .qrIteration], calling: Self.failing)
      },
    ]
    let expected = "LAPACK's divideAndConquer (info 1) and qrIteration (info 3) did not converge"
    for error in errors { #expect(error.map(String.init(describing:)) == expected) }
  }

  @Test func theSecondDriverIsNotCalledWithoutNeed() throws {
    var calls: [LAPACKDriver] = []
    let call: LAPACKSVD.Call<Float> = { driver, vectors, m, n, copy, values, u, vT in
      calls.append(driver)
      return Float.svd(driver: driver, vectors: vectors, m: m, n: n, a: copy, singularValues: values, u: u, vT: vT)
    }
    _ = try LAPACKSVD.decompose(Matrix<Float>.identity(4), drivers: [.divideAndConquer, .qrIteration], calling: call)
    _ = try LAPACKSVD.singularValues(
      of: Matrix<Float>.identity(4), drivers: [.divideAndConquer, .qrIteration], calling: call)
    #expect(calls == [.divideAndConquer, .divideAndConquer])
  }

  /// Finite elements, but σ₁ = n times the largest: infinity would be a silent wrong answer.
  @Test func valuesBeyondTheRange() throws {
    let a = Matrix<Float>(rows: 4, columns: 4, repeating: .greatestFiniteMagnitude)
    // σ₁ is the largest finite value.
    let single = Matrix<Float>(rows: 4, columns: 4) { i, j in i == 0 && j == 0 ? .greatestFiniteMagnitude : 0 }
    for algorithm in SVDAlgorithm.allCases {
      #expect(throws: LinearAlgebraError.overflow(precision: "Float"), "\(algorithm)") { try algorithm.decompose(a) }
      #expect(try algorithm.decompose(single).singularValues == [.greatestFiniteMagnitude, 0, 0, 0], "\(algorithm)")
    }
  }

  /// Multiples of the smallest subnormal value.
  @Test(arguments: Precision.allCases) func theSmallestValues(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      let a = Matrix<Scalar>(rows: 6, columns: 5) { i, j in Scalar((i * j + i) % 3) * .leastNonzeroMagnitude }
      for algorithm in SVDAlgorithm.allCases {
        let ratios = try ErrorRatios(algorithm.decompose(a), of: a)
        #expect(ratios.areSmall, "\(algorithm)")
      }
    }
    try check(precision.type)
  }

  @Test(arguments: [(0, 0), (0, 4), (4, 0)]) func emptyMatrices(_ rows: Int, _ columns: Int) throws {
    for algorithm in SVDAlgorithm.allCases {
      let svd = try algorithm.decompose(Matrix<Float>(rows: rows, columns: columns))
      #expect(svd.u == Matrix(rows: rows, columns: 0) && svd.vT == Matrix(rows: 0, columns: columns), "\(algorithm)")
      #expect(svd.singularValues == [] && svd.product == Matrix(rows: rows, columns: columns), "\(algorithm)")
    }
  }
}
