import Files
import LinearAlgebra

/// The whole state of a training, from which it goes on to the same bits.
///
/// As a file: safetensors, so that other programs open it. `layers.<i>.<name>` are the layers' arrays and their momentum,
/// `history` (F64, epochs × 5) has epoch, learning rate, training loss (NaN before the first epoch), validation accuracy and
/// seconds, `progress` (F64, 4) epochs done, steps done, the epoch's loss so far, and seconds. The metadata say of which run
/// and network. The last tensor, `sha256` (U8, 32), is the file's end: the SHA-256 of all bytes before it.
public struct Checkpoint: Sendable {
  /// What the file says it is.
  private static let format = "lowrank checkpoint 1"

  /// Digest of all that the run depends on.
  public var run: String
  /// Which of the run's networks.
  public var network: String
  /// Where the training stands.
  public var progress: TrainingProgress
  /// Spent on the training so far.
  public var seconds: Double
  /// The epochs that are over, from 0 on, and when each was, in seconds of training.
  public var history: [(epoch: TrainingEpoch, seconds: Double)]
  /// `layers.<i>.<name>`.
  private var layers = SafeTensors()

  /// The state of `layers`.
  public init<Scalar: BLASScalar>(
    run: String, network: String, progress: TrainingProgress, seconds: Double,
    history: [(epoch: TrainingEpoch, seconds: Double)], layers: [any TrainableLayer<Scalar>]
  ) {
    (self.run, self.network, self.progress, self.seconds, self.history) = (run, network, progress, seconds, history)
    for (index, layer) in layers.enumerated() {
      var state = LayerState<Scalar>()
      layer.save(to: &state)
      for (name, tensor) in state.tensors.tensors { self.layers.append("layers.\(index).\(name)", tensor) }
    }
  }

  /// Puts the layers, made as those were that were saved, where the training stands.
  /// - Parameter path: for the errors.
  /// - Throws: `FileError` that names the tensor that is missing or does not fit; `layers` are then as they were.
  public func restore<Scalar: BLASScalar>(
    _ layers: inout [any TrainableLayer<Scalar>], path: String
  ) throws(FileError) {
    var restored = layers
    for index in restored.indices {
      try restored[index].restore(from: LayerState<Scalar>(from: self.layers, prefix: "layers.\(index).", path: path))
    }
    layers = restored
  }
}

extension Checkpoint {
  /// The whole file.
  public var encoded: [UInt8] { SafeTensors.joined(pieces) }

  /// The whole file in pieces, so that it is not in memory twice.
  public var pieces: [[UInt8]] {
    var file = layers
    file.metadata = ["format": Self.format, "run": run, "network": network]
    let rows = history.flatMap { row in
      [
        Double(row.epoch.epoch), row.epoch.learningRate, row.epoch.trainingLoss ?? .nan, row.epoch.validationAccuracy,
        row.seconds,
      ]
    }
    file.append("history", shape: [history.count, 5], elements: rows, as: .float64)
    let numbers = [Double(progress.epochs), Double(progress.step), progress.loss, seconds]
    file.append("progress", shape: [numbers.count], elements: numbers, as: .float64)
    file.append(
      "sha256",
      SafeTensors.Tensor(
        type: .uint8, shape: [SHA256.size], bytes: [UInt8](repeating: 0, count: SHA256.size)))
    let pieces = file.pieces.dropLast()
    return pieces + [SHA256.digest(of: pieces)]
  }

  /// Reads what `encoded` gave; `path` is for the errors.
  /// - Throws: `FileError` where a byte is missing or changed, the file is of another format, or holds what no training writes.
  public init(decoding bytes: [UInt8], path: String) throws(FileError) {
    let end = bytes.count - SHA256.size
    guard end > 0, SHA256.digest(of: bytes[..<end]) == Array(bytes[end...]) else {
      throw FileError(path: path, found: "a damaged file", expected: "a checkpoint whose SHA-256 is that of its bytes")
    }
    let file = try SafeTensors(decoding: bytes, path: path)
    guard file.metadata["format"] == Self.format, let run = file.metadata["run"], let network = file.metadata["network"]
    else {
      throw FileError(path: path, found: "another file", expected: "a file of the format '\(Self.format)'")
    }
    let numbers = try file.numbers("progress", columns: 4, path: path)
    let rows = try file.numbers("history", columns: 5, path: path)
    guard numbers.count == 1, let epochs = Int(exactly: numbers[0][0]), let step = Int(exactly: numbers[0][1]),
      numbers[0][3] >= 0, rows.count - 1 == epochs, rows.indices.allSatisfy({ rows[$0][0] == Double($0) })
    else {
      throw FileError(path: path, found: "a progress that is none", expected: "epochs, steps, loss, seconds")
    }
    (self.run, self.network, seconds) = (run, network, numbers[0][3])
    progress = TrainingProgress(epochs: epochs, step: step, loss: numbers[0][2])
    history = rows.enumerated().map { epoch, row in
      (
        TrainingEpoch(
          epoch: epoch, learningRate: row[1], trainingLoss: row[2].isNaN ? nil : row[2], validationAccuracy: row[3]), row[4]
      )
    }
    for (name, tensor) in file.tensors where name.hasPrefix("layers.") { layers.append(name, tensor) }
  }
}

extension SafeTensors {
  /// The rows of a tensor of numbers in double precision; a vector is one row.
  fileprivate func numbers(_ name: String, columns: Int, path: String) throws(FileError) -> [[Double]] {
    guard let tensor = self[name], tensor.type == .float64, (1...2).contains(tensor.shape.count),
      tensor.shape.last == columns
    else { throw FileError(path: path, found: "no tensor '\(name)'", expected: "\(columns) numbers, or rows of them") }
    let numbers = try tensor.elements(as: Double.self, place: "\(path): \(name)")
    return stride(from: 0, to: numbers.count, by: columns).map { Array(numbers[$0..<$0 + columns]) }
  }
}
