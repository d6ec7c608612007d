import Testing

@testable import LinearAlgebra

@Suite struct SharingAccountTests {
  /// Runs jobs of `work` nanoseconds for so long. Each is shared if the account says so, and then takes `work - gain`.
  private func run(_ account: inout SharingAccount, from start: Int, for time: Int, work: Int, gain: (Int) -> Int)
    -> (alone: Int, taken: Int, shared: Int)
  {
    var (now, alone, jobs, shared) = (start, 0, 0, 0)
    while now - start < time {
      alone += work
      jobs += 1
      if account.isSharing(at: now) {
        let gain = gain(jobs)
        now += work - gain
        shared += 1
        account.add(gain: gain, at: now)
      } else {
        now += work
      }
    }
    return (alone, now - start, shared)
  }

  @Test func sharingNeverCostsMoreThanATenth() {
    // Jobs of 0.3 ms: each stop is a time slice of another process, 4 ms; or all jobs are a little slower; or now and then one is
    // stopped long.
    let gains: [(Int) -> Int] = [
      { _ in -4_000_000 }, { _ in -50_000 }, { $0 % 20 == 0 ? -40_000_000 : -1_000 },
      { $0 % 3 == 0 ? -4_000_000 : 150_000 }, { $0 < 2000 ? 150_000 : -4_000_000 },
    ]
    for (number, gain) in gains.enumerated() {
      var account = SharingAccount()
      let run = run(&account, from: 5_000_000_000, for: 2_000_000_000, work: 300_000, gain: gain)
      #expect(Double(run.taken) <= 1.1 * Double(run.alone), "case \(number): \(run)")
      #expect(run.shared > 1, "case \(number): it is tried again")
    }
  }

  @Test func aFreeMachineShares() {
    var account = SharingAccount()
    // A stop of 10 ms in each 150 ms costs less than the sharing saves.
    let run = run(&account, from: 0, for: 2_000_000_000, work: 300_000) { $0 % 1000 == 999 ? -10_000_000 : 140_000 }
    #expect(run.taken < run.alone * 6 / 10, "\(run)")
    #expect(run.shared > 10_000, "\(run)")
  }

  /// Stopped by Ctrl-Z for an hour in the middle of a job.
  @Test func aPauseOfTheProgramIsForgotten() {
    var account = SharingAccount()
    account.add(gain: -3_600_000_000_000, at: 0)
    #expect(!account.isSharing(at: 500_000_000) && account.isSharing(at: 1_600_000_000))
  }

  @Test func sharingBeginsAgainWhenTheOtherProcessEnds() {
    var account = SharingAccount()
    let busy = run(&account, from: 0, for: 1_000_000_000, work: 300_000) { _ in -4_000_000 }
    let free = run(&account, from: busy.taken, for: 1_000_000_000, work: 300_000) { _ in 140_000 }
    #expect(Double(free.taken) < 0.6 * Double(free.alone), "\(free)")
  }
}
