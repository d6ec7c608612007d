import Foundation
import LinearAlgebra
import Synchronization
import Testing

@Suite struct WorkersTests {
  @Test func eachPieceOnce() {
    for workers: Int in [1, 2, 3, 8, 100] {
      for pieces: Int in [0, 1, 2, 7, 8, 9, 1000] {
        let calls = Mutex([Int](repeating: 0, count: pieces))
        let names = Mutex(Set<Int>())
        Workers(count: workers).forEach(pieces) { piece, worker in
          calls.withLock { $0[piece] += 1 }
          _ = names.withLock { $0.insert(worker) }
        }
        #expect(calls.withLock { $0 } == [Int](repeating: 1, count: pieces), "\(workers), \(pieces)")
        #expect(names.withLock { $0 }.allSatisfy { (0..<workers).contains($0) }, "\(workers), \(pieces)")
      }
    }
  }

  @Test(arguments: [1, 3]) func rangesCoverAllOnce(_ workers: Int) {
    for cut: (length: Int, size: Int) in [(0, 4), (1, 4), (4, 4), (5, 4), (100, 7), (3, 100)] {
      let ranges = Mutex([Range<Int>]())
      Workers(count: workers).forEach(cut.length, by: cut.size) { range, _ in ranges.withLock { $0.append(range) } }
      let sorted = ranges.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
      #expect(sorted.flatMap(Array.init) == Array(0..<cut.length), "\(workers), \(cut)")
      #expect(
        sorted.dropLast().allSatisfy { $0.count == cut.size } && sorted.allSatisfy { !$0.isEmpty }, "\(workers), \(cut)")
    }
  }

  /// Two concurrent calls must not get the same scratch space.
  @Test func aWorkerIsOneAtATime() {
    let busy = Mutex([Bool](repeating: false, count: 4))
    let clashes = Mutex(0)
    Workers(count: 4).forEach(2000) { _, worker in
      let wasBusy = busy.withLock { busy in
        defer { busy[worker] = true }
        return busy[worker]
      }
      if wasBusy { clashes.withLock { $0 += 1 } }
      busy.withLock { $0[worker] = false }
    }
    #expect(clashes.withLock { $0 } == 0)
  }

  /// On two processors or more, another thread takes part: at once, and after it has slept.
  @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1)) func anotherThreadTakesPart() {
    for pause in [0, 0.01] {
      let start = Date()
      let others = Mutex(0)
      // Where other tests take the processors, sharing rests for a while.
      while others.withLock({ $0 }) < 10, Date().timeIntervalSince(start) < 60 {
        Workers(count: 2).forEach(8) { _, worker in
          if worker != 0 { others.withLock { $0 += 1 } }
          let began = Date()
          while Date().timeIntervalSince(began) < 1e-4 {}
        }
        if pause > 0 { Thread.sleep(forTimeInterval: pause) }
      }
      #expect(others.withLock { $0 } >= 10, "pauses of \(pause) s")
    }
  }

  /// Two threads that share work at the same time both end, and each piece is done once.
  @Test func severalCallers() {
    let total = Atomic(0)
    let callers = (0..<2).map { _ in
      Thread {
        for _ in 0..<10_000 { Workers(count: 3).forEach(4) { _, _ in total.add(1, ordering: .relaxed) } }
        total.add(1_000_000, ordering: .sequentiallyConsistent)
      }
    }
    for caller in callers { caller.start() }
    while total.load(ordering: .sequentiallyConsistent) < 2_000_000 { Thread.sleep(forTimeInterval: 0.001) }
    #expect(total.load(ordering: .sequentiallyConsistent) == 2_080_000)
  }

  struct Odd: Error, Equatable { let number: Int }

  @Test func mapKeepsTheOrder() {
    for workers: Int in [1, 2, 8] {
      let elements = Array(0..<500)
      #expect(Workers(count: workers).map(elements) { $0 * $0 } == elements.map { $0 * $0 }, "\(workers)")
      #expect(Workers(count: workers).map([Int]()) { $0 } == [], "\(workers)")
      #expect(Workers(count: workers).map([1, 2, 3]) { $0 == 2 ? nil : $0 } == [1, nil, 3], "\(workers)")
    }
  }

  @Test func mapThrowsTheFirstError() {
    for workers: Int in [1, 2, 8] {
      #expect(throws: Odd(number: 5), "\(workers)") {
        try Workers(count: workers).map([2, 4, 5, 6, 7]) { number in
          guard number % 2 == 0 else { throw Odd(number: number) }
          return number
        }
      }
    }
  }
}
