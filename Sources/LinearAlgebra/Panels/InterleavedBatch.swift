/// A batch of vectors, 16 of them interleaved: number j of vector i lies at `(i / 16) · 16 · width + 16 j + i % 16`.
///
/// Sixteen are two registers of eight `Float`s, so a layer's product runs on all of them at once; and what one layer writes
/// is what the next one reads, with nothing to be rearranged in between. In the last sixteen, places of vectors that are not
/// there may hold anything.
public struct InterleavedBatch<Scalar: BLASScalar>: Sendable {
  /// How many vectors.
  public let count: Int
  /// How many numbers a vector has.
  public let width: Int
  /// What all numbers have in common: a vector's number is what is stored and this.
  ///
  /// Most pixels of an image are background. Stored as zeros, they take no part in sums, and what they have in common is added
  /// to a sum at once.
  public var background: Scalar = 0
  /// The vectors without their background, and room for a product's registers to be read past the end.
  var elements: [Scalar]

  /// Vectors that lie together.
  static var lanes: Int { 16 }

  /// `count` vectors of `width` zeros.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(count: Int, width: Int) {
    precondition(count >= 0 && width >= 0)
    (self.count, self.width) = (count, width)
    let slack = PanelMatrix<Scalar>.columnsAtOnce * Self.lanes
    elements = [Scalar](repeating: 0, count: Self.blocks(count) * Self.lanes * width + slack)
  }

  /// Makes room for `count` vectors of `width` numbers, where there are not as many yet; what was there is lost.
  public mutating func reshape(count: Int, width: Int) {
    if (count, width) != (self.count, self.width) { self = InterleavedBatch(count: count, width: width) }
  }

  /// The rows of `matrix`.
  public init(rowsOf matrix: Matrix<Scalar>) {
    self.init(count: matrix.rows, width: matrix.columns)
    matrix.interleave(by: Self.lanes, into: &elements)
  }

  /// The vectors as rows: `count` × `width`.
  public var matrix: Matrix<Scalar> {
    let matrix = Matrix(rows: count, columns: width, interleaved: elements, by: Self.lanes)
    return background == 0 ? matrix : matrix.map { $0 + background }
  }

  /// Writes all vectors, but for their background, shared by `workers`: `body` gets the numbers of the vectors of a block, at most
  /// sixteen, and the block's `width` × 16 numbers.
  public mutating func fillBlocks(
    workers: Workers, _ body: (_ vectors: Range<Int>, _ numbers: UnsafeMutableBufferPointer<Scalar>) -> Void
  ) {
    let (count, size) = (count, width * Self.lanes)
    elements.withUnsafeMutableBufferPointer { elements in
      workers.forEach(Self.blocks(count)) { block, _ in
        let vectors = block * Self.lanes..<min(count, (block + 1) * Self.lanes)
        body(vectors, UnsafeMutableBufferPointer(rebasing: elements[block * size..<(block + 1) * size]))
      }
    }
  }

  /// The sum of all vectors: of each number, the sixteen lanes block by block, and then the lanes.
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
            for block in 0..<count / 16 {
              let place = UnsafeRawPointer(elements.baseAddress! + (block * width + j) * 16)
              lanes += place.loadUnaligned(as: SIMD16<Scalar>.self)
            }
            let rest = (count / 16 * width + j) * 16
            for lane in 0..<count % 16 { lanes[lane] += elements[rest + lane] }
            sums[j] = lanes.sum()
          }
        }
      }
    }
    return sums
  }

  /// How many blocks of sixteen hold `count` vectors.
  static func blocks(_ count: Int) -> Int { (count + lanes - 1) / lanes }
  var blocks: Int { Self.blocks(count) }
}
