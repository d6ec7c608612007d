import Results

/// Times works that are to be compared. They are run in turns, so that what else the machine does meets all of them.
enum Turns {
  /// Seconds of each work, in rounds: as many as fit into `seconds`, within `rounds`. A run before the first one is not counted.
  static func quartiles(of works: [() -> Void], seconds: Double, rounds: ClosedRange<Int>) -> [Quartiles] {
    for work in works { work() }
    var times = [[Double]](repeating: [], count: works.count)
    let (clock, began) = (ContinuousClock(), ContinuousClock.now)
    for round in 0..<rounds.upperBound {
      if round >= rounds.lowerBound, clock.now - began > .seconds(seconds) { break }
      for (index, work) in works.enumerated() { times[index].append(clock.measure(work) / .seconds(1)) }
    }
    return times.map { Quartiles(of: $0) }
  }
}
