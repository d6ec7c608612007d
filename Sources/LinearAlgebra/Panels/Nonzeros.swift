// Batches without their zeros. ReLU and dropout make most activations zero, and so most of their gradients. With a finite factor,
// a term of zero changes no bit of a sum.

/// The nonzeros of a batch, feature by feature, each with the offset of its vector's row.
struct FeatureNonzeros<Scalar: BLASScalar>: Sendable {
  /// The range of each feature's terms in `elements` and `offsets`, in the order of the vectors.
  let lists: [Range<Int>]
  let elements: [Scalar]
  /// `stride` times the vector's index.
  let offsets: [UInt32]

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(_ batch: InterleavedBatch<Scalar>, stride: Int, workers: Workers) {
    let (width, count, room) = (batch.width, batch.count, batch.blocks * Tile.nr)
    precondition(room * stride <= Int(UInt32.max))
    var (lists, allOffsets) = ([Range<Int>](repeating: 0..<0, count: width), [UInt32]())
    // Elements beyond the lists are never read, so they are not initialised.
    elements = Array(unsafeUninitializedCapacity: width * room) { listed, used in
      allOffsets = Array(unsafeUninitializedCapacity: width * room) { offsets, used in
        lists.withUnsafeMutableBufferPointer { lists in
          batch.elements.withUnsafeBufferPointer { elements in
            let (elements, listed, offsets) = (elements.baseAddress!, listed.baseAddress!, offsets.baseAddress!)
            workers.forEach(room > 0 ? width : 0, by: 64) { range, _ in
              // One list behind the other, so that they are written and read from one end to the other.
              var place = range.lowerBound * room
              for feature in range {
                let found = Scalar.listNonzeros(
                  elements + feature * Tile.nr, count: count, stride: width * Tile.nr, to: listed + place,
                  places: offsets + place, every: UInt32(stride))
                lists[feature] = place..<place + found
                place += found
              }
            }
          }
        }
        used = width * room
      }
      used = width * room
    }
    (self.lists, offsets) = (lists, allOffsets)
  }
}

/// The nonzeros of a batch, vector by vector: of each part of a vector, with their indices in it.
struct VectorNonzeros<Scalar: BLASScalar>: Sendable {
  /// Elements of a part, those of five panels: at most 256, as an index is a byte.
  static var part: Int { 5 * Tile.mr }

  /// Vectors, up to whole blocks; those that fill up the last block have no terms.
  let vectors: Int
  /// The range in `elements` and `indices` of the terms of part p of vector i, at p · `vectors` + i.
  let lists: [Range<Int>]
  let elements: [Scalar]
  let indices: [UInt8]

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(_ batch: InterleavedBatch<Scalar>, workers: Workers) {
    let (count, width, blocks, part) = (batch.count, batch.width, batch.blocks, Self.part)
    let (vectors, parts) = (blocks * Tile.nr, (width + part - 1) / part)
    self.vectors = vectors
    let room = parts * vectors * part
    var (lists, allIndices) = ([Range<Int>](repeating: 0..<0, count: parts * vectors), [UInt8]())
    // Elements beyond the lists are never read, so they are not initialised.
    elements = Array(unsafeUninitializedCapacity: room) { listed, used in
      allIndices = Array(unsafeUninitializedCapacity: room) { indices, used in
        lists.withUnsafeMutableBufferPointer { lists in
          batch.elements.withUnsafeBufferPointer { elements in
            let (elements, listed, indices) = (elements.baseAddress!, listed.baseAddress!, indices.baseAddress!)
            workers.forEach(parts * blocks) { piece, _ in
              let (block, first) = (piece % blocks, piece / blocks * part)
              let length = min(part, width - first)
              // One list behind the other, so that they are written and read from one end to the other.
              var place = piece * Tile.nr * part
              withUnsafeTemporaryAllocation(of: Scalar.self, capacity: Tile.nr * part) { rows in
                let rows = rows.baseAddress!
                Scalar.transpose(
                  elements + (block * width + first) * Tile.nr, rows: length, columns: Tile.nr, stride: Tile.nr, to: rows,
                  stride: part)
                for lane in 0..<min(Tile.nr, count - block * Tile.nr) {
                  let found = Scalar.listNonzeros(
                    rows + lane * part, count: length, to: listed + place, indices: indices + place)
                  lists[piece * Tile.nr + lane] = place..<place + found
                  place += found
                }
              }
            }
          }
        }
        used = room
      }
      used = room
    }
    (self.lists, indices) = (lists, allIndices)
  }
}

extension InterleavedBatch {
  /// The share of elements that are not zero, of some forty features.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func nonzeroShare() -> Double {
    var (nonzero, all) = (0, 0)
    elements.withUnsafeBufferPointer { elements in
      for block in 0..<count / Tile.nr {
        for feature in Swift.stride(from: 0, to: width, by: max(1, width / 40)) {
          let lanes = elements.baseAddress! + (block * width + feature) * Tile.nr
          for lane in 0..<Tile.nr { nonzero += lanes[lane] != 0 ? 1 : 0 }
          all += Tile.nr
        }
      }
    }
    return all > 0 ? Double(nonzero) / Double(all) : 1
  }
}
