import Foundation
import Synchronization

/// Threads that wait for work together.
///
/// A training step forks and joins some thirty times, a few hundred microseconds apart: waking a sleeping thread each time
/// would take as long as the work. So an idle thread spins for a while before it sleeps.
///
/// Where another process needs a processor, a thread may be stopped for milliseconds in the middle of a piece, and the others
/// wait for it. So a job waits only for threads that have begun with it, and while sharing does not pay (`SharingAccount`)
/// the caller works alone and the other threads sleep.
final class WorkerPool: Sendable {
  /// Iterations that an idle thread spins before it sleeps: about a millisecond, longer than a layer's QR on one thread; few
  /// where there are more threads than processors, because another thread needs the processor.
  private let spins: Int
  /// Iterations that the caller spins for the last threads before it offers them its processor.
  private static let joinSpins = 50_000

  private let count: Int
  private let isBusy = Atomic(false)
  private let state = Atomic(JobState().rawValue)
  /// Threads that sleep, or are about to.
  private let sleepers = Atomic(0)
  private let wake = DispatchSemaphore(value: 0)
  private let isSharing = Atomic(true)
  /// CPU time of the threads other than the caller in this job, in nanoseconds.
  private let helped = Atomic(0)
  /// Written only while no thread works, read only by threads that have joined.
  private nonisolated(unsafe) var job: (Int) -> Void = { _ in }
  /// Used only by the caller who has made the pool busy.
  private nonisolated(unsafe) var account = SharingAccount()
  private nonisolated(unsafe) var lastJob: (caller: pthread_t, end: Times)?

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

  /// Calls `job` with 0 on this thread, and with some of 1 ..< `count` on others that are free; returns when all are done.
  /// `job` must finish the work in any one of these calls alone.
  /// - Returns: `false`, with nothing done, where the caller should work alone: the pool is busy with another caller's job or
  ///   one that calls this function, or sharing does not pay at present.
  func run(_ job: (Int) -> Void) -> Bool {
    guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
      return false
    }
    defer { isBusy.store(false, ordering: .releasing) }
    let start = Times.now
    guard account.isSharing(at: start.wall) else {
      // What the caller does alone costs nothing.
      lastJob = nil
      return false
    }
    isSharing.store(true, ordering: .relaxed)
    helped.store(0, ordering: .relaxed)
    var own = 0
    withoutActuallyEscaping(job) { job in
      self.job = job
      let opened = JobState(rawValue: state.load(ordering: .relaxed)).opened
      state.store(opened.rawValue, ordering: .sequentiallyConsistent)
      for _ in 0..<sleepers.exchange(0, ordering: .sequentiallyConsistent) { wake.signal() }
      job(0)
      own = Times.now.cpu - start.cpu
      // From now on no thread begins with the job.
      var joined = JobState(rawValue: state.bitwiseAnd(JobState.closing, ordering: .acquiringAndReleasing).newValue).joined
      var spun = 0
      while joined > 0 {
        spun += 1
        if spun > Self.joinSpins { sched_yield() }
        joined = JobState(rawValue: state.load(ordering: .acquiring)).joined
      }
      self.job = { _ in }
    }
    settle(start: start, own: own)
    return true
  }

  /// Sharing saves the caller the CPU time of the other threads, and costs it the time in which it does not compute: it waits for
  /// them, or one of them has its processor, in the job or since the last one.
  private func settle(start: Times, own: Int) {
    let (caller, end) = (pthread_self(), Times.now)
    var gain = own + helped.load(ordering: .relaxed) - (end.wall - start.wall)
    if let lastJob, pthread_equal(lastJob.caller, caller) != 0, start.wall - lastJob.end.wall < SharingAccount.credit {
      gain -= max(0, (start.wall - lastJob.end.wall) - (start.cpu - lastJob.end.cpu))
    }
    account.add(gain: gain, at: end.wall)
    if !account.isSharing(at: end.wall) { isSharing.store(false, ordering: .relaxed) }
    lastJob = (caller, end)
  }

  private func serve(_ worker: Int) {
    var seen = JobState()
    while true {
      var spun = 0
      while !joins(after: &seen) {
        spun += 1
        if spun >= spins || !isSharing.load(ordering: .relaxed) {
          sleep(after: seen)
          spun = 0
        }
      }
      let start = Times.now.cpu
      job(worker)
      helped.add(Times.now.cpu - start, ordering: .relaxed)
      state.subtract(1, ordering: .releasing)
    }
  }

  /// Joins a job that this thread has not seen, if one is open.
  private func joins(after seen: inout JobState) -> Bool {
    let current = JobState(rawValue: state.load(ordering: .relaxed))
    guard current.isOpen, current.generation != seen.generation else { return false }
    guard
      state.compareExchange(
        expected: current.rawValue, desired: current.rawValue + 1, successOrdering: .acquiring, failureOrdering: .relaxed
      ).exchanged
    else { return false }
    seen = current
    return true
  }

  /// Sleeps until there is a job after `seen`.
  private func sleep(after seen: JobState) {
    sleepers.add(1, ordering: .sequentiallyConsistent)
    let current = JobState(rawValue: state.load(ordering: .sequentiallyConsistent))
    if current.isOpen && current.generation != seen.generation {
      // A caller who has counted this thread already will signal, and the signal has to be taken.
      var count = sleepers.load(ordering: .relaxed)
      while count > 0 {
        let result = sleepers.weakCompareExchange(expected: count, desired: count - 1, ordering: .sequentiallyConsistent)
        if result.exchanged { return }
        count = result.original
      }
    }
    wake.wait()
  }
}

/// A job's number, whether threads may still join it, and how many have joined and are not done.
private struct JobState {
  /// Bits 0 to 15: threads that have joined. Bit 16: open. Bits from 17: the generation.
  let rawValue: Int

  init(rawValue: Int = 0) { self.rawValue = rawValue }

  var joined: Int { rawValue & 0xFFFF }
  var isOpen: Bool { rawValue & 1 << 16 != 0 }
  var generation: Int { rawValue >> 17 }

  /// The next generation, open.
  var opened: JobState { JobState(rawValue: (generation + 1) << 17 | 1 << 16) }
  /// All bits but the open one.
  static let closing = ~(1 << 16)
}

/// Two clocks in nanoseconds: of the system, and the CPU time of this thread.
private struct Times {
  let wall: Int
  let cpu: Int

  static var now: Times { Times(wall: nanoseconds(CLOCK_MONOTONIC), cpu: nanoseconds(CLOCK_THREAD_CPUTIME_ID)) }

  private static func nanoseconds(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
