import Foundation
import Testing

@testable import Study

@Suite struct CheckpointScheduleTests {
  @Test func afterSoManySeconds() {
    #expect(CheckpointSchedule(seconds: 0).isDue(atEpochEnd: false))
    let schedule = CheckpointSchedule(seconds: 0.02)
    Thread.sleep(forTimeInterval: 0.03)
    #expect(schedule.isDue(atEpochEnd: false))
    #expect(!CheckpointSchedule(seconds: 1000).isDue(atEpochEnd: false))
  }

  /// At an epoch's end where it costs less than a hundredth of the time, and not where it costs more.
  @Test func atAnEpochsEnd() {
    var schedule = CheckpointSchedule(seconds: 1000)
    schedule.save {}
    Thread.sleep(forTimeInterval: 0.3)
    #expect(schedule.isDue(atEpochEnd: true) && !schedule.isDue(atEpochEnd: false))
    schedule.save { Thread.sleep(forTimeInterval: 0.05) }
    // Longer than saving took, but not a hundred times as long.
    Thread.sleep(forTimeInterval: 0.3)
    #expect(!schedule.isDue(atEpochEnd: true))
  }
}
