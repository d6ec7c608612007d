import Datasets
import NeuralNetwork
import Results

/// A study file, read and checked: every value that a run depends on. The command line can name another seed.
public struct StudyConfiguration: Equatable, Sendable {
  /// The file's name without its extension; results lie under it.
  public var name: String
  /// Which images are wanted, where there is no `ownData`.
  public var dataset = Dataset.Name.mnist
  /// Somebody's data; `nil` for `dataset`.
  public var ownData: DataFiles?
  /// How many digits are drawn where they are used.
  public var digits = Digits()
  /// The last so many training images, by which choices are made.
  public var validationImages = 0
  /// Inputs are (byte / 255 − mean) / deviation.
  public var mean = 0.0
  /// See `mean`.
  public var deviation = 1.0
  /// The seed when no other is asked for.
  public var seed: UInt64 = 0
  /// Whether mean and deviation were read: where they are not in the study file, the file of its network has them.
  var isNormalisationKnown = false
  /// Widths of the hidden layers. Every weight matrix but the last is compressed.
  public var hidden: [Int] = []
  /// A network that is read; `nil` where the baseline is trained.
  public var ownNetwork: OwnNetwork?
  /// How the dense network is trained; nothing that was read where there is an `ownNetwork`.
  public var baseline = TrainingPlan.unread
  /// Truncation; without ranks, that is not asked for.
  public var part1 = Truncations()
  /// Factors fine-tuned; without ranks, that is not asked for.
  public var part2 = FineTuning()
  /// Dynamic SVD; without ranks, that is not asked for.
  public var part3 = Dynamic()
  /// Images that statistics are of; `nil` where nothing needs them.
  public var calibration: CalibrationImages?
  /// Networks made without training; `nil` if that is not asked for.
  public var part4: WithoutTraining?

  /// The built-in digits, should they be used.
  public struct Digits: Equatable, Sendable {
    /// Images, those for validation included.
    public var training = 0
    /// Images.
    public var test = 0
    /// The seed from which they are drawn.
    public var seed: UInt64 = 0
  }

  /// Part 1: the ranks to which the baseline is truncated.
  public struct Truncations: Equatable, Sendable {
    /// In the order in which they are run.
    public var ranks: [Rank] = []
  }

  /// Part 2: factors fine-tuned at these ranks.
  public struct FineTuning: Equatable, Sendable {
    /// In the order in which they are run.
    public var ranks: [Rank] = []
    /// What they are before the first step.
    public var start = Start.truncated
    /// How each is trained.
    public var plan = TrainingPlan.unread

    /// Networks that training can start from; `rawValue` is that of a `Method`.
    public enum Start: String, CaseIterable, Sendable { case truncated, matched }
  }

  /// Part 3: dynamic SVD at these ranks, with one cadence or both.
  public struct Dynamic: Equatable, Sendable {
    /// In the order in which they are run.
    public var ranks: [Rank] = []
    /// With an SVD once an epoch; `nil` if that is not asked for.
    public var epoch: TrainingPlan?
    /// With an SVD in every step; `nil` if that is not asked for.
    public var step: TrainingPlan?
    /// Directions beyond D that the subspace iteration of `step` carries along.
    public var oversampling = 0

    /// What is asked for, in the order in which it is run.
    public var plans: [(cadence: Cadence, plan: TrainingPlan)] {
      [(.epoch, epoch), (.step, step)].compactMap { cadence, plan in plan.map { (cadence, $0) } }
    }
  }

  /// Elements of a sample; 0 where they follow from files that are not read yet (`StudyFiles`).
  var inputs = Images.pixelsPerImage
  /// Outputs of the network; 0 where they follow from files that are not read yet.
  var classes = Images.classes
  /// Bytes of all samples.
  var sampleBytes = 70_000 * Images.pixelsPerImage

  /// From pixels to classes.
  public var widths: [Int] { [inputs] + hidden + [classes] }
  /// Whether all files that sizes follow from were read.
  var isComplete: Bool { inputs > 0 && classes > 0 && !hidden.isEmpty }
  /// W1 … W5 of six in the paper's network.
  public var compressedLayers: Int { hidden.count }
  /// The largest rank that any compressed weight matrix can have.
  public var fullRank: Int { fullRanks.max() ?? 0 }
  /// The largest rank of each compressed weight matrix, W1 first.
  public var fullRanks: [Int] { compressedShapes.map { min($0.rows, $0.columns) } }
  /// Rows and columns of each compressed weight matrix, W1 first.
  public var compressedShapes: [(rows: Int, columns: Int)] { zip(widths, hidden).map { ($1, $0) } }
  /// What this study has, in the order in which it runs.
  public var experiments: [Experiment] {
    Experiment.allCases.filter { experiment in
      switch experiment {
      case .baseline: true
      case .part1: !part1.ranks.isEmpty
      case .part2: !part2.ranks.isEmpty
      case .part3: !part3.ranks.isEmpty
      case .part4: part4 != nil
      }
    }
  }
}

extension StudyConfiguration {
  /// A configuration whose values are to be read.
  init(name: String) { self.name = name }
}

extension TrainingPlan {
  /// A plan whose values are to be read.
  static let unread = TrainingPlan(
    epochs: 1, batchSize: 1, learningRate: 0, warmupEpochs: 0, momentum: 0, weightDecay: 0, dropout: 0)
}
