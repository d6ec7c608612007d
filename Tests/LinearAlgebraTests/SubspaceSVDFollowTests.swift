import LinearAlgebra
import Synchronization
import Testing
import TestSupport

/// `SubspaceSVD.follow`: one product with the matrix a call, alternately from the right and from the left.
@Suite struct SubspaceSVDFollowTests {
  /// 200 steps of a matrix whose vectors turn and whose values cross, against `LAPACKSVD`.
  @Test(arguments: Precision.allCases) func everyStepAgainstTheFullSVD(_ precision: Precision) throws {
    func check<Scalar: BLASScalar>(_: Scalar.Type) throws {
      var drifting = DriftingMatrix()
      var subspace = SubspaceSVD<Scalar>(rank: DriftingMatrix.rank, oversampling: 6, seed: 1)
      for step in 0..<DriftingMatrix.steps {
        let a = drifting.matrix(step).map { Scalar($0) }
        try compare(subspace.follow(a), a, step, precision)
        drifting.turn()
      }
    }
    try check(precision.type)
  }

  private func compare<Scalar: BLASScalar>(_ svd: SVD<Scalar>, _ a: Matrix<Scalar>, _ step: Int, _ precision: Precision)
    throws
  {
    let one = try DriftingStep(svd, of: a, step: step, "drifting matrix, halves", precision)
    let (scaled, found, best) = (one.scaled, one.singularValues, one.all)
    #expect(zip(found, found.dropFirst()).allSatisfy { $0 >= $1 } && found.allSatisfy { $0 >= 0 }, "step \(step)")
    // The error that is known without another product, and its ratio to the smallest possible one.
    let error = norm(scaled.residual(of: svd).elements)
    let known = (scaled.norm * scaled.norm - norm(found) * norm(found)).squareRoot()
    #expect(
      one.enter(abs(error * error - known * known) / (scaled.norm * scaled.unit), "‖A − A_D‖² = ‖A‖² − Σs²")
        < ErrorRatios.bound, "step \(step)")
    #expect(one.enter(error / norm(Array(best[DriftingMatrix.rank...])), "‖A − A_D‖ / √Σσ²") < 1.01, "step \(step)")
  }

  /// The definition: A projected onto the span of the right vectors, then the next A onto the span of the left vectors found
  /// by that. If the vectors turned far, one call does both.
  @Test func eachCallIsAProjection() throws {
    for turns: Double in [0.1, 1, 30] {
      var drifting = DriftingMatrix()
      var subspace = SubspaceSVD<Double>(rank: 6, oversampling: 6, seed: 1)
      _ = try subspace.follow(drifting.matrix(7))
      var sides: Set<String> = []
      for step in 1..<40 {
        if turns >= 1 || step % 10 == 0 { for _ in 0..<max(1, Int(turns)) { drifting.turn() } }
        let a = drifting.matrix(7)
        let start = try #require(subspace.start, "\(turns)")
        // The guards drawn in the last calls of a period are not accessible here.
        if subspace.calls % 16 >= 14 {
          _ = try subspace.follow(a)
          continue
        }
        let side = subspace.left != nil ? "left" : subspace.needsWholeIteration ? "both" : "right"
        sides.insert(side)
        let expected: SVD<Double>
        if side == "right" {
          expected = try LAPACKSVD.decompose(naiveProduct(a, naiveProduct(start.transposed, start)))
        } else {
          let left = try subspace.left?.transposed ?? LAPACKSVD.decompose(naiveProduct(a, start.transposed)).u
          expected = try LAPACKSVD.decompose(naiveProduct(naiveProduct(left, left.transposed), a))
        }
        let svd = try subspace.follow(a)
        #expect(
          Scaled(a).distance(svd.singularValues, Array(expected.singularValues[..<6])) < ErrorRatios.bound,
          "step \(step), \(side)")
        #expect((svd.product - expected.truncated(to: 6).product).maxNorm < 1e-10, "step \(step), \(side)")
      }
      #expect(turns > 1 ? sides.contains("both") : sides.isSuperset(of: ["left", "right"]), "\(sides)")
    }
  }

  /// One product a call for a constant matrix, except in the first call; two if the vectors turn far between calls.
  @Test(arguments: [(0, 41...41), (30, 70...80)]) func products(turns: Int, expected: ClosedRange<Int>) throws {
    var drifting = DriftingMatrix()
    var subspace = SubspaceSVD<Double>(rank: 6, oversampling: 6, seed: 1)
    _ = try subspace.follow(drifting.matrix(7))
    let counts = try (0..<40).map { _ in
      for _ in 0..<turns { drifting.turn() }
      let a = CountedProducts(drifting.matrix(7))
      _ = try subspace.follow(a)
      return a.count
    }
    #expect(expected.contains(counts.reduce(0, +)), "\(counts)")
  }

  /// With as many vectors as the shorter side has elements, every call is exact.
  @Test(arguments: [(5, 8), (8, 5), (6, 6)]) func allDirections(_ rows: Int, _ columns: Int) throws {
    var stream = RandomStream(seed: 2, name: "matrix")
    var a = Matrix<Double>.normal(rows: rows, columns: columns, from: &stream)
    var subspace = SubspaceSVD<Double>(rank: 2, seed: 1)
    for call in 0..<20 {
      let svd = try subspace.follow(a)
      #expect(
        try Scaled(a).distance(svd.singularValues, Array(LAPACKSVD.singularValues(of: a)[..<2])) < ErrorRatios.bound,
        "call \(call)")
      a = a + Matrix.normal(rows: rows, columns: columns, from: &stream).map { $0 * 0.003 }
    }
  }

  /// A direction orthogonal to all earlier ones becomes the leading one.
  @Test func aLostDirectionIsFound() throws {
    for value: Double in [1.001, 1.5, 10] {
      var subspace = SubspaceSVD<Double>(rank: 5, seed: 1)
      // Only the first coordinates.
      subspace.start(from: Matrix(rows: 17, columns: 200) { $0 == $1 ? 1 : 0 })
      let found = try (0..<60).map { _ -> (value: Double, products: Int) in
        let a = CountedProducts(slowlyFalling(last: value))
        let largest = try subspace.follow(a).singularValues[0]
        return (largest, a.count)
      }
      let nearly = 1 + 0.9 * (value - 1)
      let first = try #require(found.firstIndex { $0.value > nearly }, "\(value)")
      #expect(first > 0 && first < 40 && found[first...].allSatisfy { $0.value > nearly }, "\(value)")
      #expect(found[first].products > 1 && found[59].products == 1, "\(found)")
    }
  }

  @Test func nothingIsFoundWhereNothingIsLost() throws {
    for family in [MatrixFamily.geometric, .normal] {
      let matrix = SVDCase(family, rows: 60, columns: 50, precision: .double, seed: 3).matrix(Double.self)
      var subspace = SubspaceSVD<Double>(rank: 5, seed: 1)
      _ = try subspace.follow(matrix)
      let a = CountedProducts(matrix)
      for _ in 0..<60 { _ = try subspace.follow(a) }
      #expect(a.count == 61, "\(family)")
    }
  }

  /// A matrix of another shape, or one that is not finite, before a product from the right or from the left.
  @Test func anotherMatrix() throws {
    for calls: Int in [1, 2, 3] {
      func normal(_ rows: Int, _ columns: Int) -> Matrix<Float> {
        var stream = RandomStream(seed: UInt64(rows), name: "normal")
        return .normal(rows: rows, columns: columns, from: &stream)
      }
      let first = normal(30, 20)
      for (rows, columns) in [(12, 20), (50, 20), (30, 25), (4, 20), (30, 3), (0, 20)] {
        var subspace = SubspaceSVD<Float>(rank: 3, oversampling: 15, seed: 1)
        for _ in 0..<calls { _ = try subspace.follow(first) }
        var bad = first
        bad[5, 2] = .nan
        let error = #expect(throws: LinearAlgebraError.self, "\(calls)") { try subspace.follow(bad) }
        #expect(
          error.map(String.init(describing:)) == "matrix: found nan in row 5, column 2, expected finite elements", "\(calls)"
        )
        let a = normal(rows, columns)
        // The result is exact because the block has all directions.
        let svd = try subspace.follow(a)
        #expect(
          try Scaled(a).distance(svd.singularValues, Array(LAPACKSVD.singularValues(of: a).prefix(3))) < ErrorRatios.bound,
          "\(rows)×\(columns)")
      }
    }
  }

  /// The same bits for any number of workers, and after resuming.
  @Test func sameBits() throws {
    var stream = RandomStream(seed: 1, name: "matrix")
    let a = Matrix<Float>.normal(rows: 300, columns: 280, from: &stream)
    var one = SubspaceSVD<Float>(rank: 3, seed: 5)
    for call in 0..<40 {
      var resumed = SubspaceSVD<Float>(rank: 3, seed: 5)
      resumed.resume(start: one.start, left: one.left, needsWholeIteration: one.needsWholeIteration, calls: one.calls)
      let svd = try one.follow(PanelMatrix(a))
      #expect(try resumed.follow(PanelMatrix(a), workers: Workers(count: 3)) == svd, "call \(call)")
      #expect(
        resumed.start == one.start && resumed.left == one.left && resumed.needsWholeIteration == one.needsWholeIteration
          && resumed.calls == one.calls)
    }
  }
}

/// The diagonal matrix of order 200 with 1 / √i in row i, counted from 1, but `last` in the last row.
func slowlyFalling(last: Double) -> Matrix<Double> {
  Matrix(rows: 200, columns: 200) { i, j in i != j ? 0 : i == 199 ? last : 1 / Double(1 + i).squareRoot() }
}

/// A matrix that counts its products.
private final class CountedProducts: LinearMap {
  let matrix: Matrix<Double>
  private let products = Mutex(0)

  init(_ matrix: Matrix<Double>) { self.matrix = matrix }

  var rows: Int { matrix.rows }
  var columns: Int { matrix.columns }
  var sumOfSquares: Double { matrix.sumOfSquares }
  var count: Int { products.withLock { $0 } }

  func multiply(rowsOf x: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    products.withLock { $0 += 1 }
    return matrix.multiply(rowsOf: x, workers: workers)
  }

  func multiplyTransposed(rowsOf y: Matrix<Double>, workers: Workers) -> Matrix<Double> {
    products.withLock { $0 += 1 }
    return matrix.multiplyTransposed(rowsOf: y, workers: workers)
  }
}
