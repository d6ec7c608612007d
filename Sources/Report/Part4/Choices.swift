import Results

/// Choices that the validation images make; the test images are shown beside them, and decide nothing.
extension Part4 {
  /// The networks that differ in their ranks alone.
  private var allocated: [Group] {
    networks.filter { ($0.key.method, $0.key.bits, $0.key.calibrationImages) == (.matched, 32, images) }
  }

  /// Ways to choose the ranks of the layers, by budget.
  var allocations: [Block] {
    let ways = Allocation.allCases.filter { way in allocated.contains { $0.key.allocation == way } }
    guard ways.count > 1 else { return [] }
    // Where there is nothing to compare, nothing was chosen.
    let ranks = ranks(allocated).filter { rank in allocated.count { $0.key.rank == rank } > 1 }
    let rows = [("validation", \Group.validation), ("test", \Group.test)].flatMap { images, accuracy in
      ways.map { way in
        [way.title, images]
          + ranks.map { network(.matched, way, rank: $0).map { Markdown.interval($0[keyPath: accuracy]) } ?? "–" }
      }
    }
    let choices = ranks.map { rank in ("D = \(rank)", Group.best(of: allocated.filter { $0.key.rank == rank })) }
    let own = allocation.map { " The study uses \($0.title)." } ?? ""
    let advantage = Self.advantage(ways.contains(.sensitivity))
    return [
      "Ways to choose the ranks of the layers:",
      .table(
        ReportTable(
          name: .allocation, caption: "Validation and test accuracy by the way to choose the ranks of the layers.",
          columns: ["ranks", "images"] + ranks.map { "D = \($0)" }, rows: rows, textColumns: 2)),
      .text(
        "By the mean on the validation images, the best are \(listed(choices) { $0.key.allocationTitle })."
          + overall(ways, ranks) + own + advantage),
    ]
  }

  /// What is to be said of choices that the validation images make, if ranks by sensitivity are among them.
  static func advantage(_ isThere: Bool) -> String {
    isThere
      ? " There \(Allocation.sensitivity.title) have an advantage: they follow from the labels of the same validation images."
      : ""
  }

  /// The way with the greatest mean over the budgets, among those that have all of them.
  private func overall(_ ways: [Allocation], _ ranks: [Int]) -> String {
    let complete = ways.compactMap { way -> (way: Allocation, groups: [Group], validation: Double)? in
      let groups = ranks.compactMap { network(.matched, way, rank: $0) }
      guard groups.count == ranks.count, let mean = mean(of: groups, \.validationAccuracy) else { return nil }
      return (way, groups, mean.mean)
    }
    guard ranks.count > 1, complete.count > 1, let greatest = complete.map(\.validation).max(),
      let best = complete.first(where: { $0.validation == greatest }), let test = mean(of: best.groups, \.testAccuracy)
    else { return "" }
    let who = complete.count < ways.count ? "of the ways that have all of them, " : ""
    return " Over these budgets, \(who)the mean on the validation images is greatest with \(best.way.title), "
      + "\(Markdown.number(greatest, decimals: 2)) %; on the test images, the mean of these networks is \(Markdown.interval(test)) %."
  }

  /// The mean over some networks, seed by seed.
  private func mean(of groups: [Group], _ value: (ResultRow) -> Double) -> Interval? {
    let rows = Dictionary(grouping: groups.flatMap(\.rows), by: \.key.seed).filter { $0.value.count == groups.count }
    return Interval(rows.sorted { $0.key < $1.key }.map { $0.value.map(value).reduce(0, +) / Double(groups.count) })
  }

  /// How long it takes to make one network of each budget, from the baseline on.
  var seconds: [Block] {
    let ranks = ranks(allocated)
    guard !ranks.isEmpty else { return [] }
    let ways = Allocation.allCases.filter { way in ranks.contains { network(.matched, way, rank: $0) != nil } }
    let rows = ways.map { way in
      [way.title]
        + ranks.map { rank in
          network(.matched, way, rank: rank).map { Markdown.interval($0.interval(of: \.seconds), decimals: 1) } ?? "–"
        }
    }
    return [
      .text(
        "Seconds to make one network from the baseline, with the statistics and the choice of its ranks. What several networks share, "
          + "such as covariances, counts with the one that needs it first:"),
      .table(
        ReportTable(
          name: .allocationSeconds,
          caption: "Seconds to make one network from the baseline, by budget and the way to choose ranks.",
          columns: ["ranks"] + ranks.map { "D = \($0)" }, rows: rows)),
    ]
  }

  /// Networks that differ in the number of calibration images alone.
  var calibrationImages: [Block] {
    let all = networks.filter { ($0.key.method, $0.key.bits) == (.matched, 32) && $0.key.calibrationImages != nil }
    let series = Dictionary(grouping: all) { group in
      var key = group.key
      key.calibrationImages = nil
      return key
    }.values.filter { $0.count > 1 }.sorted {
      ($0[0].key.rank ?? 0, $0[0].key.title) < ($1[0].key.rank ?? 0, $1[0].key.title)
    }
    guard !series.isEmpty else { return [] }
    func count(_ group: Group) -> String { Markdown.count(group.key.calibrationImages ?? 0) }
    let rows = series.flatMap { groups in
      groups.sorted { ($0.key.calibrationImages ?? 0) < ($1.key.calibrationImages ?? 0) }.map { group in
        [group.key.titleWithRank, count(group), Markdown.interval(group.validation), Markdown.interval(group.test)]
      }
    }
    return [
      "The number of calibration images:",
      .table(
        ReportTable(
          name: .calibrationImages, caption: "Validation and test accuracy by the number of calibration images.",
          columns: ["network", "images", "validation", "test"], rows: rows)),
      .text(
        "By the mean on the validation images, the best are "
          + listed(series.map { ($0[0].key.titleWithRank, Group.best(of: $0)) }) { "\(count($0)) images" } + "."),
    ]
  }

  /// `ranks exchanged (D = 5 and D = 8) and ranks by gradient (D = 10)`.
  private func listed(_ best: [(place: String, group: Group?)], _ name: (Group) -> String) -> String {
    let named = best.compactMap { best in best.group.map { (name: name($0), place: best.place) } }
    var names: [String] = []
    for choice in named where !names.contains(choice.name) { names.append(choice.name) }
    return Markdown.list(
      names.map { name in "\(name) (\(Markdown.list(named.filter { $0.name == name }.map(\.place))))" })
  }

  /// Ranks by layer where they differ between layers.
  var layerRanks: [Block] {
    let groups = allocated.filter { !$0.key.isUniform }
    let layers = groups.flatMap(\.rows).compactMap { $0.key.ranks?.values.count }.max() ?? 0
    guard layers > 0 else { return [] }
    let several = groups.contains { $0.rows.count > 1 }
    let rows = groups.map { group in
      [group.key.allocationTitle, group.key.rank.map(String.init) ?? "–"]
        + (0..<layers).map { layer in
          let ranks = group.rows.map { row in
            row.key.ranks.flatMap { $0.values.indices.contains(layer) ? $0.values[layer] : nil }
          }
          let factored = ranks.compactMap { $0.map(Double.init) }
          if factored.isEmpty { return "dense" }
          let dense = ranks.count - factored.count
          return Markdown.interval(Interval(factored), decimals: several ? 1 : 0)
            + (dense == 0 ? "" : ", dense with \(dense) of \(ranks.count) seeds")
        }
    }
    return [
      "Ranks of the layers:",
      .table(
        ReportTable(
          name: .layerRanks, caption: "Ranks of the layers by budget and the way to choose them.",
          columns: ["ranks", "D"] + (1...layers).map { "W\($0)" }, rows: rows)),
    ]
  }
}
