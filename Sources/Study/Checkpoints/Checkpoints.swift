import Files
import Foundation
import NeuralNetwork
import Results

/// The checkpoints of one experiment with one seed, in a folder beside its weights. Their user holds the lock of the results.
final class Checkpoints {
  private let folder: String
  private let experiment: Experiment
  private let run: String
  private let isTaken: Bool
  private let seconds: Double?
  private let observer: StudyObserver
  /// Whether the last checkpoint was written.
  private var isSaved = false
  private var hasWarned = false
  /// Seconds that earlier processes spent on the networks that this one resumed.
  private(set) var earlierSeconds = 0.0

  /// - Parameters:
  ///   - weights: the folder of the seed's weights.
  ///   - run: digest of all that the run depends on.
  ///   - isTaken: whether the next run resumes from them, because no results are up to date.
  ///   - seconds: between two checkpoints; `nil` for none at all.
  init(weights: String, experiment: Experiment, run: String, isTaken: Bool, seconds: Double?, observer: StudyObserver) {
    folder = "\(weights)/checkpoints"
    (self.experiment, self.run, self.isTaken) = (experiment, run, isTaken)
    (self.seconds, self.observer) = (seconds, observer)
    AtomicFile.removeLeftovers(in: folder)
  }

  /// Runs a training from its newest checkpoint, or from the beginning. Saves on the way and at the end, so that a finished
  /// network is not trained again.
  ///
  /// - Parameters:
  ///   - network: the name of the network among those of the run.
  ///   - title: its name in messages.
  ///   - onEpoch: called with each epoch and when it was, in seconds of training; first with those of the checkpoint.
  /// - Returns: what `TrainingLoop.run` gives, and the seconds spent, those before the checkpoint included.
  /// - Throws: `Interruption` at the end of a step, with a checkpoint saved; what `TrainingLoop.run` throws.
  func train(
    _ initial: [any TrainableLayer<Float>], by training: TrainingLoop<Float>, network: String, title: String,
    onEpoch: (TrainingEpoch, Double) -> Void
  ) throws -> (network: Network<Float>, layers: [any TrainableLayer<Float>], seconds: Double) {
    var files = CheckpointFiles(folder: folder, run: run, network: network)
    var layers = initial
    let found = files.newest(
      &layers, fits: { $0.fits(training.plan, samples: training.samples.count) }, warn: observer.warning)
    var history = found?.history ?? []
    if let found {
      observer.message(
        "\(title): goes on from a checkpoint after epoch \(found.progress.epochs), step \(found.progress.step)")
      (earlierSeconds, isSaved) = (earlierSeconds + found.seconds, true)
      for row in found.history { onEpoch(row.epoch, row.seconds) }
    }
    let (clock, before) = (ContinuousClock(), found?.seconds ?? 0)
    let start = clock.now
    func elapsed() -> Double { before + (clock.now - start).seconds }
    var schedule = CheckpointSchedule(seconds: seconds ?? 0)
    let result = try training.run(layers, from: found?.progress) { step in
      observer.step(title, step)
    } onEpoch: { epoch in
      history.append((epoch, elapsed()))
      onEpoch(epoch, elapsed())
      observer.epoch(title, epoch)
    } onProgress: { progress, layers in
      let isFinished = progress.epochs == training.plan.epochs
      let isInterrupted = observer.isInterrupted()
      // Before the first step there is nothing to save.
      let isEpochEnd =
        progress.step > 0 && progress.step == progress.epochs * training.plan.steps(samples: training.samples.count)
      if seconds != nil, isFinished || isInterrupted || schedule.isDue(atEpochEnd: isEpochEnd) {
        schedule.save {
          write(
            Checkpoint(run: run, network: network, progress: progress, seconds: elapsed(), history: history, layers: layers),
            to: &files)
        }
        if isFinished && isSaved { files.removeOlder() }
      }
      if isInterrupted { throw interruption }
    }
    return (result.network, result.layers, elapsed())
  }

  /// A full disk, say, does not end the training: a warning is given.
  private func write(_ checkpoint: Checkpoint, to files: inout CheckpointFiles) {
    let wasSaved = isSaved
    do {
      try files.write(checkpoint)
      isSaved = true
    } catch {
      isSaved = false
      if wasSaved || !hasWarned { observer.warning("\(error): the checkpoint is not saved, the training goes on") }
      hasWarned = true
    }
  }

  /// The error to throw when the user wants to stop.
  var interruption: Interruption { Interruption(isSaved: isSaved && isTaken) }

  /// Removes the experiment's checkpoints.
  func remove() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(experiment.rawValue) { unlink("\(folder)/\(name)") }
    // Only if no other experiment has one there.
    rmdir(folder)
  }
}
