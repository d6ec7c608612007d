/// The numbers of two batches that are not zero, feature by feature, each with the place of its vector.
///
/// ReLU and dropout leave most activations zero, and a sum need not run over terms that are zero: with a finite factor they
/// change no bit of it.
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
              let (numbers, places) = (numbers.baseAddress! + feature * room, places.baseAddress! + feature * room)
              let count = first.appendNonzeros(of: feature, 0, numbers, places, firstRow: 0, stride: stride)
              counts[feature] = second.appendNonzeros(
                of: feature, count, numbers, places, firstRow: first.blocks * 16, stride: stride)
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

extension InterleavedBatch {
  /// The share of numbers that are not zero, of every eighth feature.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func nonzeroShare() -> Double {
    var (nonzero, all) = (0, 0)
    for block in 0..<count / 16 {
      for feature in Swift.stride(from: 0, to: width, by: 8) {
        let place = (block * width + feature) * 16
        for lane in 0..<16 { nonzero += elements[place + lane] != 0 ? 1 : 0 }
        all += 16
      }
    }
    return all > 0 ? Double(nonzero) / Double(all) : 1
  }

  /// Writes the feature's numbers that are not zero, and their rows, behind `count` others; returns how many there are now.
  @inline(__always)
  fileprivate func appendNonzeros(
    of feature: Int, _ count: Int, _ numbers: UnsafeMutablePointer<Scalar>, _ rows: UnsafeMutablePointer<UInt32>, firstRow: Int,
    stride: Int
  ) -> Int {
    var (end, row) = (count, firstRow * stride)
    elements.withUnsafeBufferPointer { elements in
      for first in Swift.stride(from: 0, to: self.count, by: 16) {
        let lanes = elements.baseAddress! + first * width + feature * 16
        for lane in 0..<min(16, self.count - first) {
          // Written in any case, and counted or not: no branch that a processor cannot foresee.
          let number = lanes[lane]
          (numbers[end], rows[end]) = (number, UInt32(truncatingIfNeeded: row))
          end += number != 0 ? 1 : 0
          row += stride
        }
      }
    }
    return end
  }
}
