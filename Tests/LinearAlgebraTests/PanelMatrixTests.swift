import LinearAlgebra
import Testing
import TestSupport

/// Products and steps of matrices in panels, bit by bit against their definition: sums over the terms from the first to the
/// last, by fused multiply–add, for all sizes, registers and numbers of workers.
@Suite struct PanelMatrixTests {
  /// rows, columns, vectors: below, at and above MR, NR and NR / 2, the tiles of the microkernels, and the parts kept in cache.
  static let sizes = [
    (1, 1, 1), (5, 3, 2), (24, 6, 16), (25, 7, 17), (23, 129, 15), (47, 128, 33), (49, 260, 31), (130, 50, 40),
    (400, 300, 5),
    (30, 31, 8), (29, 44, 9), (76, 140, 24), (0, 4, 3), (4, 0, 3), (10, 20, 0),
  ]

  /// Every remainder of the last panel and of the last columns, for one block of vectors, two and three.
  static let remainders = (1...48).flatMap { rest in [16, 32, 33].flatMap { [(rest, 5, $0), (5, rest, $0)] } }

  @Test(arguments: Precision.allCases) func products(_ precision: Precision) {
    for size: (rows: Int, columns: Int, count: Int) in Self.sizes + Self.remainders {
      func check<Scalar: BLASScalar>(_: Scalar.Type) {
        let sample = Sample<Scalar>(size)
        // The old elements must not matter.
        func anything(width: Int) -> InterleavedBatch<Scalar> {
          InterleavedBatch(rowsOf: Matrix(rows: size.count, columns: width, repeating: .nan))
        }
        let (expectedY, expectedX) = (fused(sample.x, sample.w.transposed), fused(sample.dY, sample.w))
        for workers in [1, 2, 3, 8] {
          var y = anything(width: size.rows)
          y.setProduct(
            InterleavedBatch(rowsOf: sample.x), PanelMatrix(sample.w), transposeW: true, workers: Workers(count: workers))
          #expect(y.matrix == expectedY, "\(size), \(precision)")
          var dX = anything(width: size.columns)
          dX.setProduct(InterleavedBatch(rowsOf: sample.dY), PanelMatrix(sample.w), workers: Workers(count: workers))
          #expect(dX.matrix == expectedX, "\(size), \(precision)")
        }
      }
      withEachRegister { check(precision.type) }
    }
  }

  /// The background of x is one term, before the others: it times the sums of the rows of W.
  @Test(arguments: Precision.allCases) func productsWithABackground(_ precision: Precision) {
    for size: (rows: Int, columns: Int, count: Int) in Self.sizes {
      func check<Scalar: BLASScalar>(_: Scalar.Type) {
        let sample = Sample<Scalar>(size)
        var x = InterleavedBatch(rowsOf: sample.x)
        x.background = -0.4242
        #expect((x.matrix - sample.x).elements.allSatisfy { abs($0 + 0.4242) < 1e-6 }, "\(size), \(precision)")
        let sums = Matrix(rows: 1, columns: size.rows) { _, row in (0..<size.columns).reduce(0) { $0 + sample.w[row, $1] } }
        let background = Matrix<Scalar>(rows: 1, columns: size.count, repeating: -0.4242)
        let expected = fused(
          background.appendingRows(sample.x.transposed).transposed, sums.appendingRows(sample.w.transposed))
        for workers in [1, 3] {
          var y = InterleavedBatch<Scalar>(count: size.count, width: size.rows)
          y.setProduct(x, PanelMatrix(sample.w), transposeW: true, workers: Workers(count: workers))
          #expect(y.matrix == expected, "\(size), \(precision)")
          var nonzeros = InterleavedBatch<Scalar>(count: size.count, width: size.rows)
          nonzeros.setProduct(ofNonzerosIn: x, PanelMatrix(sample.w), transposeW: true, workers: Workers(count: workers))
          #expect(nonzeros.matrix == expected, "\(size), \(precision)")
        }
      }
      withEachRegister { check(precision.type) }
    }
  }

  /// Over the terms that are not zero: one or more parts of `VectorNonzeros.part` terms and pairs of panels, filled or not;
  /// more vectors than a piece of work takes, and fewer than a block.
  @Test(arguments: [0, 0.5, 0.8, 1]) func productsOfNonzeros(_ zeros: Double) {
    for size: (rows: Int, columns: Int, count: Int) in Self.sizes + [
      (48, 120, 16), (49, 121, 300), (120, 48, 1), (121, 49, 257), (190, 250, 128),
    ] {
      for precision in Precision.allCases { checkProductsOfNonzeros(size, precision, zeros: zeros) }
    }
  }

  private func checkProductsOfNonzeros(
    _ size: (rows: Int, columns: Int, count: Int), _ precision: Precision, zeros: Double
  ) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let sample = Sample<Scalar>(size, zeros: zeros)
      for workers in [1, 2, 3] {
        for transposeW in [true, false] {
          let x = transposeW ? sample.x : sample.dY
          var dense = InterleavedBatch<Scalar>(count: size.count, width: transposeW ? size.rows : size.columns)
          dense.setProduct(
            InterleavedBatch(rowsOf: x), PanelMatrix(sample.w), transposeW: transposeW, workers: Workers(count: 1))
          // The old elements must not matter.
          var y = InterleavedBatch(rowsOf: Matrix<Scalar>(rows: size.count, columns: dense.width, repeating: .nan))
          y.setProduct(
            ofNonzerosIn: InterleavedBatch(rowsOf: x), PanelMatrix(sample.w), transposeW: transposeW,
            workers: Workers(count: workers))
          #expect(bits(y.matrix) == bits(dense.matrix), "transposed: \(transposeW), \(workers) workers")
        }
      }
    }
    withEachRegister { check(precision.type) }
  }

  /// NaN is not zero: a product must keep it.
  @Test func nonzerosThatAreNotNumbers() {
    var sample = Sample<Float>((60, 130, 20), zeros: 0.8).x
    sample[3, 125] = .nan
    var y = InterleavedBatch<Float>(count: 20, width: 60)
    let w = PanelMatrix(Matrix<Float>(rows: 60, columns: 130, repeating: 1))
    y.setProduct(ofNonzerosIn: InterleavedBatch(rowsOf: sample), w, transposeW: true, workers: Workers(count: 1))
    for i in 0..<20 { #expect(y.matrix.rowSlice(i..<i + 1).elements.allSatisfy { $0.isNaN == (i == 3) }) }
  }

  /// One vector by itself: the row of a batch's product.
  @Test(arguments: Precision.allCases) func vectors(_ precision: Precision) {
    for size: (rows: Int, columns: Int, count: Int) in Self.sizes + [(1030, 270, 1)] {
      func check<Scalar: BLASScalar>(_: Scalar.Type) {
        let sample = Sample<Scalar>(size)
        let expected = fused(sample.x, sample.w.transposed)
        for row in 0..<min(3, size.count) {
          for workers in [1, 3] {
            var y = [Scalar](repeating: .nan, count: size.rows)
            PanelMatrix(sample.w).multiply(
              sample.x.rowSlice(row..<row + 1).elements, into: &y, workers: Workers(count: workers))
            #expect(y == expected.rowSlice(row..<row + 1).elements, "\(size), \(precision)")
          }
        }
      }
      check(precision.type)
    }
  }

  @Test(arguments: Precision.allCases) func step(_ precision: Precision) {
    for size: (rows: Int, columns: Int, count: Int) in Self.sizes {
      for background in [0, -0.4242] { checkStep(size, precision, zeros: 0, background: background) }
    }
  }

  /// Over the terms that are not zero: panels cut by columns and not, an odd and an even number of them, columns without terms.
  @Test(arguments: [0.6, 0.8, 1]) func stepAlongNonzeros(_ zeros: Double) {
    for size: (rows: Int, columns: Int, count: Int) in [
      (180, 6, 16), (200, 129, 17), (192, 260, 31), (216, 50, 40), (384, 71, 20), (400, 9, 128),
    ] {
      for precision in Precision.allCases {
        for background in [0, -0.4242] { checkStep(size, precision, zeros: zeros, background: background) }
      }
    }
  }

  private func checkStep(
    _ size: (rows: Int, columns: Int, count: Int), _ precision: Precision, zeros: Double, background: Double
  ) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let rule = NesterovSGD<Scalar>(learningRate: 0.05, momentum: 0.9, weightDecay: 0.001)
      let sample = Sample<Scalar>(size, zeros: zeros)
      // The formula; the gradient sums what x's background contributes, and then the vectors one after the other.
      var x = InterleavedBatch(rowsOf: sample.x)
      x.background = Scalar(background)
      let sums = Matrix(rows: 1, columns: size.rows) { _, j in (0..<size.count).reduce(0) { $0 + sample.dY[$1, j] } }
      let common = Matrix(rows: 1, columns: size.columns, repeating: x.background)
      let gradient = fused(sums.appendingRows(sample.dY).transposed, common.appendingRows(sample.x))
      var (w, v) = (sample.w, sample.v)
      for i in 0..<w.rows {
        for j in 0..<w.columns {
          let g = gradient[i, j].addingProduct(rule.weightDecay, w[i, j])
          v[i, j] = g.addingProduct(rule.momentum, v[i, j])
          w[i, j] = w[i, j].addingProduct(-rule.learningRate, g.addingProduct(rule.momentum, v[i, j]))
        }
      }
      for workers in [1, 2, 3, 8] {
        var (panels, momentum) = (PanelMatrix(sample.w), PanelMatrix(sample.v))
        panels.step(
          momentum: &momentum, outputGradient: InterleavedBatch(rowsOf: sample.dY), input: x, rule: rule,
          workers: Workers(count: workers))
        #expect(panels.matrix == w && momentum.matrix == v, "\(workers) workers")
      }
    }
    withEachRegister { check(precision.type) }
  }

  /// The formula itself, on values worked out by hand; biases are not decayed.
  @Test func theRule() {
    let rule = NesterovSGD<Double>(learningRate: 0.1, momentum: 0.9, weightDecay: 0.01)
    var (w, v) = ([1.0, -2], [0.5, 0])
    rule.update(weights: &w, momentum: &v, gradient: [3, 4])
    // g = 3 + 0.01, v = 0.9 · 0.5 + g, w = 1 − 0.1 (g + 0.9 v); and the same with 4, −2 and 0.
    #expect(largest([abs(v[0] - 3.46), abs(w[0] - (1 - 0.1 * (3.01 + 0.9 * 3.46)))]) < 1e-15)
    #expect(largest([abs(v[1] - 3.98), abs(w[1] - (-2 - 0.1 * (3.98 + 0.9 * 3.98)))]) < 1e-15)
    var (b, u) = ([1.0], [0.5])
    rule.update(weights: &b, momentum: &u, gradient: [3], decays: false)
    #expect(largest([abs(u[0] - 3.45), abs(b[0] - (1 - 0.1 * (3 + 0.9 * 3.45)))]) < 1e-15)
  }

  /// Conversion there and back changes no element.
  @Test func layouts() {
    for size: (rows: Int, columns: Int, count: Int) in Self.sizes {
      let sample = Sample<Float>(size)
      #expect(PanelMatrix(sample.w).matrix == sample.w && InterleavedBatch(rowsOf: sample.x).matrix == sample.x, "\(size)")
      var filled = InterleavedBatch<Float>(count: size.count, width: size.columns)
      filled.fillBlocks(workers: Workers(count: 3)) { vectors, elements in
        for (lane, i) in vectors.enumerated() { for j in 0..<size.columns { elements[16 * j + lane] = sample.x[i, j] } }
      }
      #expect(filled.matrix == sample.x, "\(size)")
    }
  }

  @Test func sums() {
    for size: (rows: Int, columns: Int, count: Int) in Self.sizes {
      let x = Sample<Float>(size).x
      let sums = InterleavedBatch(rowsOf: x).sum(workers: Workers(count: 1))
      #expect(InterleavedBatch(rowsOf: x).sum(workers: Workers(count: 3)) == sums, "\(size)")
      for j in 0..<size.columns {
        let exact = (0..<x.rows).reduce(0) { $0 + Double(x[$1, j]) }
        let size = (0..<x.rows).reduce(0) { $0 + abs(Double(x[$1, j])) }
        #expect(abs(Double(sums[j]) - exact) <= Double(Float.ulpOfOne) * size * Double(x.rows), "\(size)")
      }
    }
  }

  /// A vector's result does not depend on the number of vectors: a last batch is smaller.
  @Test func vectorsDoNotSeeEachOther() {
    let sample = Sample<Float>((60, 50, 40))
    func product(_ count: Int) -> Matrix<Float> {
      var y = InterleavedBatch<Float>(count: count, width: 60)
      // Lanes that fill up the last block must not matter.
      y.fillBlocks(workers: Workers(count: 1)) { $1.update(repeating: .nan) }
      let x = InterleavedBatch(rowsOf: sample.x.rowSlice(0..<count))
      y.setProduct(x, PanelMatrix(sample.w), transposeW: true, workers: Workers(count: 1))
      return y.matrix
    }
    let all = product(40)
    for count in [1, 15, 16, 17, 33] { #expect(product(count) == all.rowSlice(0..<count)) }
  }

  /// On AVX-512, if it is available, and without it.
  private func withEachRegister(_ body: () -> Void) {
    body()
    if AVX512.isUsed { AVX512.$isUsed.withValue(false, operation: body) }
  }

  /// A B, every sum by fused multiply–add from the first term to the last.
  private func fused<Scalar: BLASScalar>(_ a: Matrix<Scalar>, _ b: Matrix<Scalar>) -> Matrix<Scalar> {
    Matrix(rows: a.rows, columns: b.columns) { i, j in (0..<a.columns).reduce(0) { $0.addingProduct(a[i, $1], b[$1, j]) } }
  }

  /// Sign and value of each element: 0 and −0 differ.
  private func bits<Scalar: BLASScalar>(_ a: Matrix<Scalar>) -> [Double] {
    a.elements.flatMap { [Double($0), $0.sign == .minus ? -1 : 1] }
  }

  struct Sample<Scalar: BLASScalar> {
    let w, v, x, dY: Matrix<Scalar>

    /// `zeros`: the share of x and dY that is zero, some of it negative zero; if not 0, one vector is all zeros.
    init(_ size: (rows: Int, columns: Int, count: Int), zeros: Double = 0) {
      var stream = RandomStream(seed: UInt64(size.rows + size.count), name: "panels")
      w = .normal(rows: size.rows, columns: size.columns, from: &stream)
      v = .normal(rows: size.rows, columns: size.columns, from: &stream)
      func vectors(_ width: Int) -> Matrix<Scalar> {
        let full = Matrix<Scalar>.normal(rows: size.count, columns: width, from: &stream)
        return Matrix(rows: size.count, columns: width) { i, j in
          guard zeros > 0, i == size.count / 2 || stream.uniform() < zeros else { return full[i, j] }
          return full[i, j] < 0 ? -0.0 : 0
        }
      }
      (x, dY) = (vectors(size.columns), vectors(size.rows))
    }
  }
}
