import Files
import LinearAlgebra

/// The whole state of a training: resumed from it, the training gives the same bits.
///
/// The file is safetensors, so that other programs open it. `layers.<i>.<name>` are the layers' arrays and their momentum;
/// `history` (F64, epochs × 5) has epoch, learning rate, training loss (NaN before the first epoch), validation accuracy and
/// seconds; `progress` (F64, 4) has epochs done, steps done, the epoch's loss so far, and seconds. The metadata name the run
/// and the network. The last tensor, `sha256` (U8, 32), is the SHA-256 of all bytes before it.
public struct Checkpoint: Sendable {
  /// The value of `format` in the metadata.
  private static let format = "lowrank checkpoint 1"

  /// The digest of everything that the run depends on.
  public var run: String
  /// The name of the network within the run.
  public var network: String
  /// Where the training stands.
  public var progress: TrainingProgress
  /// Training time so far.
  public var seconds: Double
  /// The finished epochs, from 0 on, and the training time at the end of each.
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

  /// Restores the layers, which must have been made with the same arguments as those that were saved.
  /// - Parameter path: for the errors.
  /// - Throws: `FileError` that names the tensor that is missing or does not fit; `layers` are then unchanged.
  public func restore<Scalar: BLASScalar>(_ layers: inout [any TrainableLayer<Scalar>], path: String) throws(FileError) {
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
    let values = [Double(progress.epochs), Double(progress.step), progress.loss, seconds]
    file.append("progress", shape: [values.count], elements: values, as: .float64)
    let placeholder = [UInt8](repeating: 0, count: SHA256.size)
    file.append("sha256", SafeTensors.Tensor(type: .uint8, shape: [SHA256.size], bytes: placeholder))
    let pieces = file.pieces.dropLast()
    return pieces + [SHA256.digest(of: pieces)]
  }

  /// Reads what `encoded` gave; `path` is for the errors.
  /// - Throws: `FileError` where a byte is missing or changed, the format is another one, or the progress is impossible.
  public init(decoding bytes: [UInt8], path: String) throws(FileError) {
    let end = bytes.count - SHA256.size
    guard end > 0, SHA256.digest(of: bytes[..<end]) == Array(bytes[end...]) else {
      throw FileError(path: path, found: "a damaged file", expected: "a checkpoint whose SHA-256 is that of its bytes")
    }
    let file = try SafeTensors(decoding: bytes, path: path)
    guard file.metadata["format"] == Self.format, let run = file.metadata["run"], let network = file.metadata["network"]
    else { throw FileError(path: path, found: "another file", expected: "a file of the format '\(Self.format)'") }
    let values = try file.rows(of: "progress", columns: 4, path: path)
    let rows = try file.rows(of: "history", columns: 5, path: path)
    guard values.count == 1, let epochs = Int(exactly: values[0][0]), let step = Int(exactly: values[0][1]),
      values[0][3] >= 0, rows.count - 1 == epochs, rows.indices.allSatisfy({ rows[$0][0] == Double($0) })
    else { throw FileError(path: path, found: "an invalid progress", expected: "epochs, steps, loss, seconds") }
    (self.run, self.network, seconds) = (run, network, values[0][3])
    progress = TrainingProgress(epochs: epochs, step: step, loss: values[0][2])
    history = rows.enumerated().map { epoch, row in
      (
        TrainingEpoch(
          epoch: epoch, learningRate: row[1], trainingLoss: row[2].isNaN ? nil : row[2], validationAccuracy: row[3]), row[4]
      )
    }
    for (name, tensor) in file.tensors where name.removing(prefix: "layers.") != nil { layers.append(name, tensor) }
  }
}

extension SafeTensors {
  /// The rows of a tensor in double precision; a vector is one row.
  fileprivate func rows(of name: String, columns: Int, path: String) throws(FileError) -> [[Double]] {
    guard let tensor = self[name], tensor.type == .float64, (1...2).contains(tensor.shape.count),
      tensor.shape.last == columns
    else { throw FileError(path: path, found: "no tensor '\(name)'", expected: "one of \(columns) values a row, in F64") }
    let values = try tensor.elements(as: Double.self, place: "\(path): \(name)")
    return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
  }
}
