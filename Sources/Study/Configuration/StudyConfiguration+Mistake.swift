import Results

/// What is wrong with several values of a study file together.
extension StudyConfiguration {
  /// A network of 8 GB; training takes three times that.
  private static let mostWeights = 2_000_000_000

  /// The first mistake; `nil` if there is none. Those of sizes are known when the configuration is complete.
  var mistake: (key: String, found: String, expected: String)? {
    let weights = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    guard weights <= Self.mostWeights else {
      let key = ownNetwork == nil ? "hidden" : OwnNetwork.fileKey
      return ("\(StudyKey.network).\(key)", "\(weights) weights", "at most \(Self.mostWeights)")
    }
    for (key, ranks) in [("part2.ranks", part2.ranks), ("part3.ranks", part3.ranks)] {
      for rank in ranks { if let (found, expected) = mistake(in: rank) { return (key, found, expected) } }
    }
    let needing = [
      (part2.start == .matched, "part2.start", "matched"), (part4 != nil, Experiment.part4.rawValue, "this section"),
    ]
    for (isNeeded, key, found) in needing where isNeeded && calibration == nil {
      return (key, "\(found) without the section \(StudyKey.calibration)", "that section")
    }
    for (key, budgets) in [("part4.ranks", part4?.ranks), ("part4.ablation.ranks", part4?.ablation?.ranks)] {
      for budget in budgets ?? [] { if let (found, expected) = mistake(inBudget: budget) { return (key, found, expected) } }
    }
    let exchanges = experiments.contains(where: usesHeldOut)
    if let heldOut = calibration?.heldOut, heldOut == 1 || heldOut == 0 && exchanges {
      let why = exchanges ? "2 or more: ranks are \(Allocation.exchanged.rawValue) on these images" : "0, or 2 or more"
      return ("\(StudyKey.calibration).held_out", "\(heldOut)", why)
    }
    return nil
  }

  private func mistake(in rank: Rank) -> (found: String, expected: String)? {
    switch rank {
    case .of, .full: return nil
    case .allocated(let budget), .by(_, let budget):
      let text = rank.json.string ?? ""
      if calibration == nil { return ("'\(text)' without the section \(StudyKey.calibration)", "that section") }
      return mistake(inBudget: budget)
    case .listed(let ranks):
      let found = "\(ranks.count) rank\(ranks.count == 1 ? "" : "s") (\(LayerRanks(ranks)))"
      return ranks.count == compressedLayers || !isComplete
        ? nil : (found, "\(compressedLayers), one for each compressed layer")
    }
  }

  /// A budget that the dense network does not exceed can be met only by the dense network.
  private func mistake(inBudget rank: Int) -> (found: String, expected: String)? {
    let (budget, dense) = (budget(of: rank), compressedShapes.reduce(0) { $0 + $1.rows * $1.columns })
    return budget <= dense || !isComplete
      ? nil
      : ("the budget \(rank), \(budget) weights in the compressed layers", "at most \(dense), those of the dense layers")
  }

  /// The weights in the compressed layers at one rank, or at full rank where that is smaller.
  func budget(of rank: Int) -> Int {
    compressedShapes.reduce(0) { $0 + min(rank, $1.rows, $1.columns) * ($1.rows + $1.columns) }
  }
}
