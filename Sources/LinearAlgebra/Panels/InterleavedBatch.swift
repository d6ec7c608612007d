/// A batch of vectors in blocks of NR, the vectors of a block interleaved: element j of vector i lies at
/// `(i / NR) · NR · width + NR j + i % NR`.
///
/// A layer's product runs on a block at once, and the next layer reads what it writes. Lanes that fill up the last block may
/// hold anything.
public struct InterleavedBatch<Scalar: BLASScalar>: Sendable {
  /// Number of vectors.
  public let count: Int
  /// Elements of a vector.
  public let width: Int
  /// Added to what is stored, this gives a vector's elements.
  ///
  /// Most pixels of an image are background. Stored as zeros they take no part in sums; what they contribute is added at once.
  public var background: Scalar = 0
  /// The vectors without their background, and room for microkernels to read past the end.
  var elements: [Scalar]

  /// `count` vectors of `width` zeros.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(count: Int, width: Int) {
    precondition(count >= 0 && width >= 0)
    (self.count, self.width) = (count, width)
    let slack = PanelMatrix<Scalar>.columnsAtOnce * Tile.nr
    elements = [Scalar](repeating: 0, count: Self.blocks(count) * Tile.nr * width + slack)
  }

  /// Gives the batch another shape, if it is another; the elements are lost.
  public mutating func reshape(count: Int, width: Int) {
    if (count, width) != (self.count, self.width) { self = InterleavedBatch(count: count, width: width) }
  }

  /// The rows of `matrix`.
  public init(rowsOf matrix: Matrix<Scalar>) {
    self.init(count: matrix.rows, width: matrix.columns)
    matrix.interleave(by: Tile.nr, into: &elements)
  }

  /// The vectors as rows: `count` × `width`.
  public var matrix: Matrix<Scalar> {
    let matrix = Matrix(rows: count, columns: width, interleaved: elements, by: Tile.nr)
    return background == 0 ? matrix : matrix.map { $0 + background }
  }

  /// Writes all vectors, without their background, shared by `workers`: `body` gets the indices of a block's vectors, NR at
  /// most, and the block's `width` × NR elements.
  public mutating func fillBlocks(
    workers: Workers, _ body: (_ vectors: Range<Int>, _ elements: UnsafeMutableBufferPointer<Scalar>) -> Void
  ) {
    let (count, size) = (count, width * Tile.nr)
    elements.withUnsafeMutableBufferPointer { elements in
      workers.forEach(Self.blocks(count)) { block, _ in
        let vectors = block * Tile.nr..<min(count, (block + 1) * Tile.nr)
        body(vectors, UnsafeMutableBufferPointer(rebasing: elements[block * size..<(block + 1) * size]))
      }
    }
  }

  /// The sum of all vectors: lane by lane over the blocks, and then over the lanes.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sum(workers: Workers) -> [Scalar] {
    precondition(background == 0)
    var sums = [Scalar](repeating: 0, count: width)
    let (count, width) = (count, width)
    sums.withUnsafeMutableBufferPointer { sums in
      elements.withUnsafeBufferPointer { elements in
        workers.forEach(width, by: 256) { range, _ in
          for j in range {
            var lanes = SIMD16<Scalar>()
            for block in 0..<count / Tile.nr {
              let place = UnsafeRawPointer(elements.baseAddress! + (block * width + j) * Tile.nr)
              lanes += place.loadUnaligned(as: SIMD16<Scalar>.self)
            }
            let rest = (count / Tile.nr * width + j) * Tile.nr
            for lane in 0..<count % Tile.nr { lanes[lane] += elements[rest + lane] }
            sums[j] = lanes.sum()
          }
        }
      }
    }
    return sums
  }

  /// Blocks that hold `count` vectors.
  static func blocks(_ count: Int) -> Int { (count + Tile.nr - 1) / Tile.nr }
  var blocks: Int { Self.blocks(count) }
}
