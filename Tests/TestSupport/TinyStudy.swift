/// A study file that runs in a fraction of a second on the built-in digits; tests change its properties.
public struct TinyStudy: Sendable {
  public var dataset = "digits"
  public var seed = "1"
  public var validationImages = "100"
  public var digitsSeed = "1"
  public var hidden = "[24, 20]"
  public var baselineEpochs = "2"
  public var baselineRate = "0.05"
  public var baselineWarmup = "0.5"
  public var part1Ranks = "[2, 8, full]"
  public var part2Ranks = "[4]"
  public var part2Rate = "0.02"
  public var part3Epochs = "1"
  public var part3Rate = "0.02"
  /// That of the cadence `step`, if it is another one.
  public var part3StepRate: String?
  public var cadences = ["epoch", "step"]
  public var part3Ranks = "[4]"
  /// What part 2 starts from, if the file says so.
  public var part2Start: String?
  /// The sections, if there are any.
  public var calibration: String?
  public var part4: String?
  /// Lines appended at the end.
  public var more = ""

  public init() {}

  /// With all that a study file may have.
  public static let beyond = {
    var study = TinyStudy()
    (study.part2Ranks, study.part2Start) = ("[4, allocated 4, [6, 3]]", "matched")
    (study.part3Ranks, study.cadences) = ("[4, output 4]", ["step"])
    study.calibration = "{images: 200, held_out: 100, allocation: exchanged}"
    study.part4 =
      "{ranks: [3, 6], bits: [32, 16, 4], ablation: {ranks: [3], images: [60, 200], allocations: [energy, output]}}"
    return study
  }()

  private var part3Plans: String {
    cadences.map { cadence in
      """
        \(cadence):
          epochs: \(part3Epochs)
          batch_size: 32
          learning_rate: \(cadence == "step" ? part3StepRate ?? part3Rate : part3Rate)
          warmup_epochs: 0
          momentum: 0.9
          weight_decay: 5e-4
          dropout: 0\(cadence == "step" ? "\n    oversampling: 4" : "")
      """
    }.joined(separator: "\n")
  }

  /// The file's text.
  public var yaml: String {
    """
    dataset: \(dataset)
    seed: \(seed)
    validation_images: \(validationImages)
    normalisation: {mean: 0.1307, deviation: 0.3081}
    digits: {training: 500, test: 150, seed: \(digitsSeed)}
    network:
      hidden: \(hidden)
    baseline:
      epochs: \(baselineEpochs)
      batch_size: 32
      learning_rate: \(baselineRate)
      warmup_epochs: \(baselineWarmup)
      momentum: 0.9
      weight_decay: 5e-4
      dropout: 0.1
    part1:
      ranks: \(part1Ranks)
    part2:
      ranks: \(part2Ranks)\(part2Start.map { "\n  start: \($0)" } ?? "")
      epochs: 1
      batch_size: 32
      learning_rate: \(part2Rate)
      warmup_epochs: 0
      momentum: 0.9
      weight_decay: 0
      dropout: 0
    part3:
      ranks: \(part3Ranks)
    \(part3Plans)
    \(calibration.map { "calibration: \($0)\n" } ?? "")\(part4.map { "part4: \($0)\n" } ?? "")\(more)
    """
  }
}
