/// A growing orthonormal basis X of a block Krylov space of AᵀA, or of AAᵀ for a wide A, and its image.
struct KrylovSpace<Scalar: BLASScalar> {
  /// Y = X Aᵀ (k×m), or X A: the products in `Scalar`.
  var y: Matrix<Double> { Matrix(rows: rows, columns: longest, elements: images) }
  /// k
  var rows: Int { x.rows }
  /// Blocks so far.
  private(set) var blocks = 0

  private let a: PanelMatrix<Scalar>
  private let isWide: Bool
  private let block: Int
  private let workers: Workers
  private var x: PanelMatrix<Scalar>
  /// The last two blocks of X, and the last one of Y.
  private var recent: Matrix<Scalar>?
  private var last: Matrix<Scalar>?
  private var stream: RandomStream
  private let longest: Int
  private var images: [Double] = []
  private var products = Matrix<Double>(rows: 0, columns: 0)

  /// A row that keeps less than this part of its length has to be orthogonalised again.
  private static var cancellation: Double { 0.7 }

  /// The empty space, for blocks of `block` rows.
  init(_ a: Matrix<Scalar>, block: Int, seed: UInt64, workers: Workers) {
    (self.a, isWide, self.block, self.workers) = (PanelMatrix(a, workers: workers), a.isWide, block, workers)
    x = PanelMatrix(rows: 0, columns: min(a.rows, a.columns))
    longest = max(a.rows, a.columns)
    stream = RandomStream(seed: seed, name: "krylov")
  }

  /// Adds a block, of fewer rows where the basis is then complete: the next one, or with `fresh` a Gaussian one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func grow(fresh: Bool = false) {
    let count = min(block, x.columns - x.rows)
    var next: Matrix<Scalar>
    if let last, !fresh {
      next = isWide ? a.multiply(rowsOf: last, workers: workers) : a.multiplyTransposed(rowsOf: last, workers: workers)
      next = next.rowSlice(0..<count)
    } else {
      next = .normal(rows: count, columns: x.columns, from: &stream)
    }
    next = orthonormal(next)
    let image = isWide ? a.multiplyTransposed(rowsOf: next, workers: workers) : a.multiply(rowsOf: next, workers: workers)
    x.append(rowsOf: next)
    blocks += 1
    images.append(contentsOf: image.inDouble.elements)
    recent = recent.map { $0.rowSlice(max(0, $0.rows - block)..<$0.rows).appendingRows(next) } ?? next
    last = image
  }

  /// G = Y Yᵀ, k×k. Workers share pieces of 64 rows, as far as the diagonal; the pieces depend on the rows of the last call.
  var gram: Matrix<Double> {
    mutating get {
      let (old, k, m) = (products.rows, rows, longest)
      guard k > old else { return products }
      var result = Matrix<Double>(rows: k, columns: k)
      let known = products.elements
      result.withElements { result in
        for i in 0..<old { for j in 0..<old { result[i * k + j] = known[i * old + j] } }
        images.withUnsafeBufferPointer { y in
          workers.forEach(k - old, by: 64) { range, _ in
            let (first, end) = (old + range.lowerBound, old + range.upperBound)
            Double.gemm(
              transposeA: false, transposeB: true, m: range.count, n: end, k: m, alpha: 1, a: y.baseAddress! + first * m,
              strideA: m, b: y.baseAddress!, strideB: m, beta: 0, c: result.baseAddress! + first * k, strideC: k)
          }
        }
        for i in old..<k { for j in 0..<i { result[j * k + i] = result[i * k + j] } }
      }
      products = result
      return products
    }
  }

  /// W X: D×n, for W of D×k.
  func combination(_ w: Matrix<Scalar>) -> Matrix<Scalar> { x.multiplyTransposed(rowsOf: w, workers: workers) }

  /// Orthonormal rows, orthogonal to the basis, that span what the rows of `rows` have outside it; Gaussian ones where they have
  /// nothing there.
  ///
  /// Nearly all of a row that lies in the basis lies in the last two blocks (Lanczos's recurrence), so it is removed first: then
  /// one pass over the basis is mostly enough. A row that becomes much shorter by a pass is orthogonalised again ("twice is enough",
  /// Kahan). One that does so again was rounding error.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private mutating func orthonormal(_ rows: Matrix<Scalar>) -> Matrix<Scalar> {
    var block = rows
    if let recent {
      let along = recent.multiply(rowsOf: block, workers: workers)
      block = block - recent.multiplyTransposed(rowsOf: along, workers: workers)
    }
    for pass in 0..<8 {
      let lengths = (0..<block.rows).map { block.rowSlice($0..<$0 + 1).squaredNorm(workers: workers).squareRoot() }
      if self.rows > 0 {
        let along = x.multiply(rowsOf: block, workers: workers)
        block = block - x.multiplyTransposed(rowsOf: along, workers: workers)
      }
      let (q, l) = block.orthonormalizingRows()
      block = q
      let lost = (0..<block.rows).filter { !(Double(abs(l[$0, $0])) > Self.cancellation * lengths[$0]) }
      if lost.isEmpty { break }
      guard pass == 1 else { continue }
      let fresh = Matrix<Scalar>.normal(rows: lost.count, columns: block.columns, from: &stream)
      for (place, row) in lost.enumerated() {
        for column in 0..<block.columns { block[row, column] = fresh[place, column] }
      }
    }
    return block
  }
}

extension Matrix {
  /// Whether the Krylov space is one of A Aᵀ: no more rows than columns.
  var isWide: Bool { rows <= columns }
}
