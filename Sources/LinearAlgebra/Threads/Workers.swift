import Synchronization

/// The threads that share work.
///
/// Work is cut into pieces. Neither the pieces nor the order of any sum depends on `count`, so every result has the same bits
/// for any number of threads, and whichever thread takes a piece.
public struct Workers: Sendable, Equatable {
  /// Threads, the caller's included.
  public let count: Int

  /// `count` threads, from 1; the caller's is one of them.
  public init(count: Int) {
    precondition(count >= 1)
    self.count = count
  }

  /// Calls `body` once for each of 0 ..< `pieces`, at most `count` at a time; returns when all are done.
  ///
  /// `worker`, below `count`, is the index of a scratch space that no other call uses at the same time. Calls run concurrently:
  /// `body` may write only what belongs to its piece or its worker.
  public func forEach(_ pieces: Int, _ body: (_ piece: Int, _ worker: Int) -> Void) {
    // Threads take pieces one by one, so that a delayed thread takes fewer.
    let next = Atomic(0)
    let shared =
      count > 1 && pieces > 1
      && WorkerPool.shared(count: count).run { worker in
        while case let piece = next.add(1, ordering: .relaxed).oldValue, piece < pieces { body(piece, worker) }
      }
    // With one worker, in a busy pool, or where sharing does not pay, the caller does all of it, with the same bits.
    if !shared { for piece in 0..<pieces { body(piece, 0) } }
  }

  /// Cuts 0 ..< `length` into ranges of `size` (the last may be smaller) and calls `body` with each.
  public func forEach(_ length: Int, by size: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void) {
    forEach((length + size - 1) / size) { piece, worker in body(piece * size..<min(length, (piece + 1) * size), worker) }
  }
}

extension Workers {
  /// `transform` of each element, shared by the workers.
  /// - Throws: the first error, in the elements' order.
  public func map<Element, Result>(_ elements: [Element], _ transform: (Element) throws -> Result) rethrows -> [Result] {
    var results = [Swift.Result<Result, any Error>?](repeating: nil, count: elements.count)
    results.withUnsafeMutableBufferPointer { results in
      forEach(elements.count) { index, _ in results[index] = Swift.Result { try transform(elements[index]) } }
    }
    return try results.compactMap { try $0?.get() }
  }
}
