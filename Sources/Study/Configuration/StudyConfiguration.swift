import Datasets
import NeuralNetwork
import Results

/// A study file, read and checked: every value that a run depends on. The command line can name another seed.
public struct StudyConfiguration: Equatable, Sendable {
  /// The file's name without its extension; results lie under it.
  public var name: String
  /// Which images are wanted.
  public var dataset = Dataset.Name.mnist
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
  /// Widths of the hidden layers. Every weight matrix but the last is compressed.
  public var hidden: [Int] = []
  /// How the dense network is trained.
  public var baseline = TrainingPlan.unread
  /// Truncation.
  public var part1 = Truncations()
  /// Factors fine-tuned.
  public var part2 = FineTuning()
  /// Dynamic SVD.
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

  /// From pixels to classes.
  public var widths: [Int] { [Images.pixelsPerImage] + hidden + [Images.classes] }
  /// W1 … W5 of six in the paper's network.
  public var compressedLayers: Int { hidden.count }
  /// The largest rank that any compressed weight matrix can have.
  public var fullRank: Int { fullRanks.max() ?? 0 }
  /// The largest rank of each compressed weight matrix, W1 first.
  public var fullRanks: [Int] { compressedShapes.map { min($0.rows, $0.columns) } }
  /// Rows and columns of each compressed weight matrix, W1 first.
  public var compressedShapes: [(rows: Int, columns: Int)] { zip(widths, hidden).map { ($1, $0) } }
  /// What this study has, in the order in which it runs.
  public var experiments: [Experiment] { Experiment.allCases.filter { $0 != .part4 || part4 != nil } }
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
