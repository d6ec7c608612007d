import Foundation
import Synchronization

/// Threads that wait for work together.
///
/// A training step forks and joins some thirty times, a few hundred microseconds apart: waking a sleeping thread each time
/// would take as long as the work. So an idle thread spins for a while before it sleeps.
final class WorkerPool: Sendable {
  /// Iterations that a waiting thread spins before it sleeps: about a millisecond, longer than a layer's QR on one thread; few
  /// where there are more threads than processors, because another thread needs the processor.
  private let spins: Int

  private let count: Int
  private let isBusy = Atomic(false)
  /// Counts jobs; threads wait for it to change.
  private let generation = Atomic(0)
  private let unfinished = Atomic(0)
  private let sleepers = Atomic(0)
  private let condition = NSCondition()
  /// Written only while no thread works, read only after `generation` has changed.
  private nonisolated(unsafe) var job: (Int) -> Void = { _ in }

  /// The pool of `count` threads, the caller's included; made by the first call, and kept.
  static func shared(count: Int) -> WorkerPool {
    pools.withLock { pools in
      if let pool = pools[count] { return pool }
      let pool = WorkerPool(count: count)
      pools[count] = pool
      return pool
    }
  }

  private static let pools = Mutex<[Int: WorkerPool]>([:])

  private init(count: Int) {
    self.count = count
    spins = count <= ProcessInfo.processInfo.activeProcessorCount ? 500_000 : 500
    for worker in 1..<count {
      let thread = Thread { [self] in serve(worker) }
      // LAPACK has some of its workspace on the stack.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Calls `job` with 0 ..< `count`, each on a thread of its own, and returns when all are done.
  /// - Returns: `false`, with nothing done, where the pool is busy already: with another caller's job, or with one that calls
  ///   this function.
  func run(_ job: (Int) -> Void) -> Bool {
    guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
      return false
    }
    withoutActuallyEscaping(job) { job in
      self.job = job
      unfinished.store(count - 1, ordering: .relaxed)
      generation.add(1, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        condition.lock()
        condition.broadcast()
        condition.unlock()
      }
      job(0)
      var spun = 0
      while unfinished.load(ordering: .acquiring) > 0 {
        spun += 1
        if spun > spins { sched_yield() }
      }
      self.job = { _ in }
    }
    isBusy.store(false, ordering: .releasing)
    return true
  }

  private func serve(_ worker: Int) {
    var seen = 0
    while true {
      var spun = 0
      while generation.load(ordering: .acquiring) == seen, spun < spins { spun += 1 }
      if generation.load(ordering: .acquiring) == seen {
        condition.lock()
        sleepers.add(1, ordering: .sequentiallyConsistent)
        while generation.load(ordering: .sequentiallyConsistent) == seen { condition.wait() }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        condition.unlock()
      }
      seen = generation.load(ordering: .acquiring)
      job(worker)
      unfinished.subtract(1, ordering: .releasing)
    }
  }
}
