import Files
import Foundation
import NeuralNetwork

/// The checkpoints of one network: two files, of which the older is overwritten, so that the other stays whole.
struct CheckpointFiles {
  /// Of the run that writes them.
  let run: String
  let network: String
  /// Both, in no order: their contents tell which is newer.
  let paths: [String]
  /// The index in `paths` of the next one.
  private var next = 0

  init(folder: String, run: String, network: String) {
    (self.run, self.network) = (run, network)
    paths = ["a", "b"].map { "\(folder)/\(network).\($0).safetensors" }
  }

  /// The newest that is whole and of this run and network, its state put into `layers`; `nil` if there is none.
  ///
  /// - Parameters:
  ///   - fits: whether the training reaches that point.
  ///   - warn: gets a sentence for each file that is not used.
  mutating func newest(
    _ layers: inout [any TrainableLayer<Float>], fits: (TrainingProgress) -> Bool, warn: (String) -> Void
  ) -> Checkpoint? {
    var newest: (checkpoint: Checkpoint, layers: [any TrainableLayer<Float>], index: Int)?
    for (index, path) in paths.enumerated() where fileExists(path) {
      do {
        let checkpoint = try Checkpoint(decoding: try readFile(path), path: path)
        guard checkpoint.run == run, checkpoint.network == network, fits(checkpoint.progress) else {
          throw FileError(
            path: path, found: "the checkpoint of another run", expected: "one of this configuration and program")
        }
        if let newest, newest.checkpoint.progress.isAfter(checkpoint.progress) { continue }
        var restored = layers
        try checkpoint.restore(&restored, path: path)
        newest = (checkpoint, restored, index)
      } catch {
        warn("\(error): this checkpoint is not used")
      }
    }
    guard let newest else { return nil }
    (layers, next) = (newest.layers, 1 - newest.index)
    return newest.checkpoint
  }

  /// Overwrites the older checkpoint.
  /// - Throws: `FileError` with the system's reason; then both stay as they were.
  mutating func write(_ checkpoint: Checkpoint) throws(FileError) {
    try AtomicFile.write(pieces: checkpoint.pieces, to: paths[next])
    next = 1 - next
  }

  /// Removes all but the one that was written last.
  func removeOlder() { unlink(paths[next]) }
}

extension TrainingProgress {
  /// Whether the training reaches this point later.
  fileprivate func isAfter(_ other: TrainingProgress) -> Bool { (step, epochs) > (other.step, other.epochs) }
}
