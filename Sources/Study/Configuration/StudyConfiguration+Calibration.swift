import Files
import Results

/// Which experiments depend on which keys of the section `calibration`.
extension StudyConfiguration {
  /// The ways in which an experiment allocates ranks.
  func allocations(of experiment: Experiment) -> Set<Allocation> {
    let ranks =
      switch experiment {
      case .baseline, .part1: [Rank]()
      case .part2: part2.ranks
      case .part3: part3.ranks
      case .part4: part4 == nil ? [] : [Rank.allocated(1)]
      }
    let chosen = ranks.compactMap { rank -> Allocation? in
      switch rank {
      case .of, .full, .listed: nil
      case .allocated: calibration?.allocation
      case .by(let allocation, _): allocation
      }
    }
    return Set(chosen + (experiment == .part4 ? part4?.ablation?.allocations ?? [] : []))
  }

  /// Whether an experiment takes statistics of calibration images. Ranks by energy come with them, without using them.
  func isCalibrated(_ experiment: Experiment) -> Bool { usesImages(experiment) || !allocations(of: experiment).isEmpty }

  /// Whether the results of an experiment depend on calibration images.
  func usesImages(_ experiment: Experiment) -> Bool {
    experiment == .part4 && part4 != nil || experiment == .part2 && part2.start == .matched
      || allocations(of: experiment).contains(where: \.needsImages)
  }

  /// Whether an experiment exchanges ranks, on images of their own.
  func usesHeldOut(_ experiment: Experiment) -> Bool { allocations(of: experiment).contains(.exchanged) }

  /// What is perhaps not meant, where one of some experiments depends on it: few images.
  public func warnings(of experiments: [Experiment]) -> [String] {
    guard let calibration else { return [] }
    let (images, heldOut) = (calibration.images, calibration.heldOut)
    let widest = widths.dropLast().max() ?? 0
    var warnings: [String] = []
    if images < widest, experiments.contains(where: usesImages) {
      warnings.append(
        "\(StudyKey.calibration).images: found \(images), expected \(widest) or more, the inputs of the widest layer: the "
          + "covariance of fewer is singular, and ranks and weights fit these few images")
    }
    if heldOut < Self.fewHeldOut, experiments.contains(where: usesHeldOut) {
      warnings.append(
        "\(StudyKey.calibration).\(CalibrationImages.heldOutKey): found \(heldOut), expected \(Self.fewHeldOut) or more: what "
          + "so few images say of an exchange of ranks is noise")
    }
    return warnings
  }

  private static let fewHeldOut = 100

  /// The values of the section that an experiment depends on; what `allocated` stands for is one where it is used.
  func calibration(of experiment: Experiment) -> [String: JSON] {
    guard case .object(let values)? = json[StudyKey.calibration] else { return [:] }
    let asksForIt =
      switch experiment {
      case .baseline, .part1: false
      case .part2: part2.ranks.contains(where: \.isAllocated)
      case .part3: part3.ranks.contains(where: \.isAllocated)
      case .part4: part4 != nil
      }
    return values.filter { key, _ in
      switch key {
      case CalibrationImages.heldOutKey: usesHeldOut(experiment)
      case CalibrationImages.allocationKey: asksForIt
      default: usesImages(experiment)
      }
    }
  }
}

extension StudyConfiguration.Rank {
  fileprivate var isAllocated: Bool { if case .allocated = self { true } else { false } }
}
