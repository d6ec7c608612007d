// Batches without their zeros. ReLU and dropout leave most activations zero, and so most gradients that come back to them; a sum
// need not run over terms that are zero: with a finite factor they change no bit of it.

/// The numbers of two batches that are not zero, feature by feature, each with the place of its vector.
struct NonzeroTerms<Scalar: BLASScalar>: Sendable {
  /// Terms of the feature, its numbers and vectors from `feature · room` on: first those of the first batch, in order.
  let counts: [Int]
  let numbers: [Scalar]
  /// Where the vector's row begins, in numbers: rows of `stride`, the second batch's after the first one's blocks of sixteen.
  let rows: [UInt32]
  /// What a feature takes at most.
  let room: Int

  /// Batches of one width.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(_ first: InterleavedBatch<Scalar>, _ second: InterleavedBatch<Scalar>, stride: Int, workers: Workers) {
    precondition(first.width == second.width)
    let (width, room) = (first.width, first.count + second.count)
    precondition((first.blocks + second.blocks) * 16 * stride <= Int(UInt32.max))
    self.room = room
    var (counts, places) = ([Int](repeating: 0, count: width), [UInt32]())
    // What is beyond a feature's terms is never read, so nothing is spent on filling it.
    numbers = Array(unsafeUninitializedCapacity: width * room) { numbers, used in
      places = Array(unsafeUninitializedCapacity: width * room) { places, used in
        counts.withUnsafeMutableBufferPointer { counts in
          workers.forEach(room > 0 ? width : 0, by: 64) { range, _ in
            for feature in range {
              var terms = Terms(numbers.baseAddress! + feature * room, places.baseAddress! + feature * room)
              terms.append(first, feature: feature, firstRow: 0, stride: stride)
              terms.append(second, feature: feature, firstRow: first.blocks * 16, stride: stride)
              counts[feature] = terms.count
            }
          }
        }
        used = width * room
      }
      used = width * room
    }
    (self.counts, rows) = (counts, places)
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
    let (blocks, part) = (batch.blocks, Self.part)
    let (vectors, parts) = (blocks * 16, (batch.width + part - 1) / part)
    self.vectors = vectors
    let room = parts * vectors * part
    var (lists, allPlaces) = ([Range<Int>](repeating: 0..<0, count: parts * vectors), [UInt8]())
    // What is beyond the terms is never read, so nothing is spent on filling it.
    numbers = Array(unsafeUninitializedCapacity: room) { numbers, used in
      allPlaces = Array(unsafeUninitializedCapacity: room) { places, used in
        lists.withUnsafeMutableBufferPointer { lists in
          workers.forEach(parts * blocks) { piece, _ in
            // One list behind the other, so that they are written and read from one end to the other.
            let start = piece * 16 * part
            var terms = Terms(numbers.baseAddress! + start, places.baseAddress! + start)
            for lane in 0..<min(16, batch.count - piece % blocks * 16) {
              let before = terms.count
              terms.append(batch, vector: piece % blocks * 16 + lane, first: piece / blocks * part, most: part)
              lists[piece * 16 + lane] = start + before..<start + terms.count
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

/// Numbers that are not zero, and their places, as they are being listed.
private struct Terms<Scalar: BLASScalar, Place: FixedWidthInteger> {
  private let numbers: UnsafeMutablePointer<Scalar>
  private let places: UnsafeMutablePointer<Place>
  private(set) var count = 0

  @inline(__always)
  init(_ numbers: UnsafeMutablePointer<Scalar>, _ places: UnsafeMutablePointer<Place>) {
    (self.numbers, self.places) = (numbers, places)
  }

  /// Of a feature, the numbers of all vectors, with their rows.
  @inline(__always)
  mutating func append(_ batch: InterleavedBatch<Scalar>, feature: Int, firstRow: Int, stride: Int) {
    batch.elements.withUnsafeBufferPointer { elements in
      var row = firstRow * stride
      for first in Swift.stride(from: 0, to: batch.count, by: 16) {
        let lanes = elements.baseAddress! + first * batch.width + feature * 16
        append(lanes, count: min(16, batch.count - first), every: 1, place: row, every: stride)
        row += 16 * stride
      }
    }
  }

  /// Of a vector, at most so many numbers, with their places among them.
  @inline(__always)
  mutating func append(_ batch: InterleavedBatch<Scalar>, vector: Int, first: Int, most: Int) {
    batch.elements.withUnsafeBufferPointer { elements in
      let lane = elements.baseAddress! + (vector / 16 * batch.width + first) * 16 + vector % 16
      append(lane, count: min(most, batch.width - first), every: 16, place: 0, every: 1)
    }
  }

  @inline(__always)
  private mutating func append(_ source: UnsafePointer<Scalar>, count: Int, every step: Int, place: Int, every stride: Int) {
    var (source, place) = (source, place)
    // Four are read before the first is written: where each is written is known late, and what is read after that may wait for it.
    for _ in 0..<count / 4 {
      let (a, b, c, d) = (source[0], source[step], source[2 * step], source[3 * step])
      append(a, place)
      append(b, place + stride)
      append(c, place + 2 * stride)
      append(d, place + 3 * stride)
      source += 4 * step
      place += 4 * stride
    }
    for i in 0..<count % 4 { append(source[i * step], place + i * stride) }
  }

  @inline(__always)
  private mutating func append(_ number: Scalar, _ place: Int) {
    // Written in any case, and counted or not: no branch that a processor cannot foresee.
    (numbers[count], places[count]) = (number, Place(truncatingIfNeeded: place))
    count &+= number != 0 ? 1 : 0
  }
}

extension InterleavedBatch {
  /// The share of numbers that are not zero, of some forty features.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func nonzeroShare() -> Double {
    var (nonzero, all) = (0, 0)
    for block in 0..<count / 16 {
      for feature in Swift.stride(from: 0, to: width, by: max(1, width / 40)) {
        let place = (block * width + feature) * 16
        for lane in 0..<16 { nonzero += elements[place + lane] != 0 ? 1 : 0 }
        all += 16
      }
    }
    return all > 0 ? Double(nonzero) / Double(all) : 1
  }
}
