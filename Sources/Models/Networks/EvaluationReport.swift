import Datasets
import Files
import LinearAlgebra
import Results

/// What `evaluate` found: one network on data, or two on the same data.
public struct EvaluationReport: Sendable {
  /// The part of the data.
  public enum Part: String, Sendable { case test, training, all }

  /// The word in titles.
  public let dataName: String
  public let data: DataFile
  public let part: Part
  /// The network, and that which it is compared with.
  public private(set) var networks: [EvaluatedNetwork]
  /// `nil` for one network.
  public let comparison: PairedComparison?
  /// Percentage points; `nil` where no verdict is asked for.
  public let noWorseThan: Double?
  public let threads: Int

  /// One network or two, which were run on `data`.
  public init(
    dataName: String, data: DataFile, part: Part, networks: [EvaluatedNetwork], noWorseThan: Double?, threads: Int
  ) {
    precondition((1...2).contains(networks.count))
    (self.dataName, self.data, self.part, self.networks) = (dataName, data, part, networks)
    (self.noWorseThan, self.threads) = (noWorseThan, threads)
    comparison =
      networks.count == 1
      ? nil
      : PairedComparison(networks[0].evaluation.answers, networks[1].evaluation.answers, labels: data.labels)
  }

  /// Whether the network is no worse than it may be; `nil` where that is not asked for.
  public var verdict: Verdict? { noWorseThan.flatMap { comparison?.difference?.isNoWorse(than: $0) } }

  /// Times the networks in turns, and the factored layers of the first one.
  public mutating func measureTimes(workers: Workers) {
    let times = NetworkTiming.measure(networks.map(\.file.network), workers: workers)
    for (index, timing) in times.enumerated() { networks[index].timing = timing }
    networks[0].layerTimings = LayerTiming.measure(networks[0].file.network, workers: workers)
  }

  /// All of it but the logits.
  public var json: JSON {
    var members: [String: JSON] = [
      "version": .number(1), "network": networks[0].json,
      "data": .object([
        "name": .string(dataName), "file": .string(data.path), "part": .string(part.rawValue),
        "samples": .number(data.count), "shape": .array(data.shape.map { .number($0) }),
        "labels": .bool(data.labels != nil), "sha256": .object(data.sha256.mapValues { .string($0) }),
      ]),
    ]
    if networks[0].timing != nil { members["threads"] = .number(threads) }
    if networks.count > 1 { members["against"] = networks[1].json }
    if let comparison { members["comparison"] = comparison.json }
    if let noWorseThan { members["no_worse_than"] = .number(noWorseThan) }
    if let verdict { members["verdict"] = .string(verdict.rawValue) }
    return .object(members)
  }
}
