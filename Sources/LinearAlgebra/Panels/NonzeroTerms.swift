// Batches without their zeros. ReLU and dropout leave most activations zero, and so most gradients that come back to them; a sum
// need not run over terms that are zero: with a finite factor they change no bit of it.

/// The numbers of a batch that are not zero, feature by feature, each with the place of its vector.
struct NonzeroTerms<Scalar: BLASScalar>: Sendable {
  /// Where the feature's terms lie in `numbers` and `rows`, in the order of the vectors.
  let lists: [Range<Int>]
  let numbers: [Scalar]
  /// Where the vector's row begins, in numbers: rows of `stride`.
  let rows: [UInt32]

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(_ batch: InterleavedBatch<Scalar>, stride: Int, workers: Workers) {
    let (width, count, room) = (batch.width, batch.count, batch.blocks * 16)
    precondition(room * stride <= Int(UInt32.max))
    var (lists, places) = ([Range<Int>](repeating: 0..<0, count: width), [UInt32]())
    // What is beyond the terms is never read, so nothing is spent on filling it.
    numbers = Array(unsafeUninitializedCapacity: width * room) { numbers, used in
      places = Array(unsafeUninitializedCapacity: width * room) { places, used in
        lists.withUnsafeMutableBufferPointer { lists in
          batch.elements.withUnsafeBufferPointer { elements in
            let (elements, numbers, places) = (elements.baseAddress!, numbers.baseAddress!, places.baseAddress!)
            workers.forEach(room > 0 ? width : 0, by: 64) { range, _ in
              // One list behind the other, so that they are written and read from one end to the other.
              var place = range.lowerBound * room
              for feature in range {
                let found = Scalar.listNonzeros(
                  elements + feature * 16, count: count, stride: width * 16, to: numbers + place, places: places + place,
                  every: UInt32(stride))
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
    (self.lists, rows) = (lists, places)
  }
}

/// The numbers of a batch that are not zero, vector by vector: of each part of a vector, with their places in it.
struct NonzeroNumbers<Scalar: BLASScalar>: Sendable {
  /// Numbers of a vector that are listed together, at most: those of five panels.
  static var part: Int { 120 }

  /// Vectors, up to whole blocks of sixteen: those that are not there have no terms.
  let vectors: Int
  /// Where the terms of part p of vector i lie in `numbers` and `places`, at p · `vectors` + i.
  let lists: [Range<Int>]
  let numbers: [Scalar]
  /// Within the part.
  let places: [UInt8]

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(_ batch: InterleavedBatch<Scalar>, workers: Workers) {
    let (count, width, blocks, part) = (batch.count, batch.width, batch.blocks, Self.part)
    let (vectors, parts) = (blocks * 16, (width + part - 1) / part)
    self.vectors = vectors
    let room = parts * vectors * part
    var (lists, allPlaces) = ([Range<Int>](repeating: 0..<0, count: parts * vectors), [UInt8]())
    // What is beyond the terms is never read, so nothing is spent on filling it.
    numbers = Array(unsafeUninitializedCapacity: room) { numbers, used in
      allPlaces = Array(unsafeUninitializedCapacity: room) { places, used in
        lists.withUnsafeMutableBufferPointer { lists in
          batch.elements.withUnsafeBufferPointer { elements in
            let (elements, numbers, places) = (elements.baseAddress!, numbers.baseAddress!, places.baseAddress!)
            workers.forEach(parts * blocks) { piece, _ in
              let (block, first) = (piece % blocks, piece / blocks * part)
              let length = min(part, width - first)
              // One list behind the other, so that they are written and read from one end to the other.
              var place = piece * 16 * part
              withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 16 * part) { rows in
                let rows = rows.baseAddress!
                Scalar.transpose(
                  elements + (block * width + first) * 16, rows: length, columns: 16, stride: 16, to: rows, stride: part)
                for lane in 0..<min(16, count - block * 16) {
                  let found = Scalar.listNonzeros(
                    rows + lane * part, count: length, to: numbers + place, indices: places + place)
                  lists[piece * 16 + lane] = place..<place + found
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
    (self.lists, places) = (lists, allPlaces)
  }
}

extension InterleavedBatch {
  /// The share of numbers that are not zero, of some forty features.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func nonzeroShare() -> Double {
    var (nonzero, all) = (0, 0)
    elements.withUnsafeBufferPointer { elements in
      for block in 0..<count / 16 {
        for feature in Swift.stride(from: 0, to: width, by: max(1, width / 40)) {
          let lanes = elements.baseAddress! + (block * width + feature) * 16
          for lane in 0..<16 { nonzero += lanes[lane] != 0 ? 1 : 0 }
          all += 16
        }
      }
    }
    return all > 0 ? Double(nonzero) / Double(all) : 1
  }
}
