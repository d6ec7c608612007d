import Results

/// The rank of each layer of a network, and how these were chosen.
struct ChosenRanks: Equatable {
  /// One for each of the first layers; `nil` for a layer that stays dense, as those behind the last do.
  let layers: [Int?]
  /// D, of which these ranks have the parameters; `nil` for `listed`.
  let rank: Int?
  let allocation: Allocation

  /// In messages.
  var title: String {
    rank.map { allocation == .uniform ? "D = \($0)" : "D = \($0), ranks \(LayerRanks(layers))" }
      ?? "ranks \(LayerRanks(layers))"
  }
}

extension StudyRun {
  /// The ranks that a part asks for, each once, at most full rank. Warns about larger ones, and about listed ones by which a layer
  /// grows.
  func ranks(
    _ asked: [StudyConfiguration.Rank], of experiment: Experiment, baseline: CalibratedBaseline? = nil
  ) throws -> [ChosenRanks] {
    var chosen: [ChosenRanks] = []
    for rank in asked {
      let next = try ranks(rank, of: experiment, baseline: baseline)
      if !chosen.contains(next) { chosen.append(next) }
    }
    return chosen
  }

  private func ranks(
    _ asked: StudyConfiguration.Rank, of experiment: Experiment, baseline: CalibratedBaseline?
  ) throws -> ChosenRanks {
    func allocated(_ allocation: Allocation?, _ rank: Int) throws -> ChosenRanks {
      guard let baseline, let allocation else { preconditionFailure("a study without calibration was read") }
      return try baseline.ranks(by: allocation, like: rank, includingLast: false).value
    }
    switch asked {
    case .of(let rank):
      warn(of: rank, in: experiment)
      return uniformRanks(rank)
    case .full: return uniformRanks(configuration.fullRank)
    case .allocated(let rank): return try allocated(configuration.calibration?.allocation, rank)
    case .by(let allocation, let rank): return try allocated(allocation, rank)
    case .listed(let ranks):
      warn(ofListed: ranks, in: experiment)
      let kept = zip(ranks, configuration.fullRanks).map { min($0, $1) }
      return ChosenRanks(layers: kept, rank: nil, allocation: .listed)
    }
  }

  /// The same rank in each compressed layer, or its full rank where that is smaller.
  func uniformRanks(_ rank: Int) -> ChosenRanks {
    ChosenRanks(
      layers: configuration.fullRanks.map { min(rank, $0) }, rank: min(rank, configuration.fullRank), allocation: .uniform)
  }

  /// Warns if a rank exceeds the full rank of some matrix.
  private func warn(of rank: Int, in experiment: Experiment) {
    let name = "\(experiment.rawValue).ranks: found \(rank), expected at most"
    let (largest, each) = (configuration.fullRank, configuration.fullRanks)
    if rank > largest {
      observer.warning("\(name) \(largest), the full rank; \(largest) is used, and the network grows")
    } else if let smallest = each.min(), rank > smallest {
      let names = each.indices.filter { rank > each[$0] }.map { "W\($0 + 1) (\(each[$0]))" }.joined(separator: ", ")
      observer.warning("\(name) the full rank of \(names): these are kept at full rank, and grow")
    }
  }

  /// Warns of layers whose factors have as many weights as the dense layer, or more: from r = mn / (m + n) on.
  private func warn(ofListed ranks: [Int], in experiment: Experiment) {
    let growing = zip(ranks, configuration.compressedShapes).enumerated().compactMap { index, layer -> String? in
      let (rank, (m, n)) = layer
      guard rank * (m + n) >= m * n else { return nil }
      return
        "\(rank) for W\(index + 1) (full rank \(min(m, n)), no smaller than dense from \((m * n + m + n - 1) / (m + n)) on)"
    }
    guard !growing.isEmpty else { return }
    observer.warning(
      "\(experiment.rawValue).ranks: found \(growing.joined(separator: ", ")): factored all the same, at most at full rank")
  }
}
