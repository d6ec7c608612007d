/// Work cut in two directions: `length` by `size`, `blocks` by `blockSize`.
struct BlockPieces {
  private let (length, size, blocks, blockSize): (Int, Int, Int, Int)

  init(_ length: Int, by size: Int, _ blocks: Int, by blockSize: Int) {
    (self.length, self.size, self.blocks, self.blockSize) = (length, size, blocks, max(1, blockSize))
  }

  var across: Int { (blocks + blockSize - 1) / blockSize }
  var count: Int { (length + size - 1) / size * across }

  subscript(piece: Int) -> (Range<Int>, blocks: Range<Int>) {
    let (i, j) = (piece / across * size, piece % across * blockSize)
    return (i..<min(length, i + size), j..<min(blocks, j + blockSize))
  }
}
