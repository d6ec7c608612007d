import Results

extension StudyReport {
  /// Fine-tuning against dynamic SVD: a paragraph for each D and way to choose ranks that both were run with, one for the best of each at
  /// a D where their ranks differ, and their test images in a table.
  static func comparison(_ study: StudyFacts) -> [Block] {
    let (tuned, dynamic) = (study.networks(of: .part2), study.networks(of: .part3))
    let alike = tuned.compactMap { group in
      Comparison(group, dynamic.filter { $0.key.hasRanks(of: group.key) }, study: study)
    }
    let best = Set(tuned.compactMap(\.key.rank)).sorted().compactMap { rank -> Comparison? in
      guard let first = NetworkGroup.best(of: tuned.filter { $0.key.rank == rank }),
        let second = NetworkGroup.best(of: dynamic.filter { $0.key.rank == rank }), !second.key.hasRanks(of: first.key)
      else { return nil }
      return Comparison(first, [second], study: study, areBest: true)
    }
    let compared = alike + best
    let rows = compared.flatMap(\.rows)
    guard !rows.isEmpty else { return compared.map { .text($0.paragraph) } }
    return compared.map { .text($0.paragraph) } + [
      .table(
        ReportTable(
          name: .comparisons,
          caption: "Fine-tuning and dynamic SVD on the same test images: on how many only one of them is right, and p of "
            + "McNemar's exact test.",
          columns: [
            "fine-tuned", "dynamic", "seed", "only fine-tuned right", "only dynamic right", "p",
          ],
          rows: rows, textColumns: 2))
    ]
  }
}

extension NetworkKey {
  /// Whether the ranks are chosen alike.
  fileprivate func hasRanks(of other: NetworkKey) -> Bool {
    (rank, allocation) == (other.rank, other.allocation) && ranks == other.ranks
  }
}

/// A fine-tuned network and networks of dynamic SVD: those with the same ranks, or the best of both at one D.
private struct Comparison {
  typealias Group = NetworkGroup<ResultRow>
  private let tuned: Group
  private let rivals: [(group: Group, difference: PairedDifference, seconds: Interval)]
  private let study: StudyFacts
  /// Whether the ranks may differ, because these are the best by their validation accuracy.
  private let areBest: Bool

  /// `nil` where there is nothing to compare with.
  init?(_ tuned: Group, _ groups: [Group], study: StudyFacts, areBest: Bool = false) {
    let rivals = groups.compactMap { group -> (Group, PairedDifference, Interval)? in
      guard let difference = PairedDifference(tuned, group, in: study), let seconds = group.interval(of: \.seconds)
      else { return nil }
      return (group, difference, seconds)
    }
    guard !rivals.isEmpty, tuned.interval(of: \.seconds) != nil else { return nil }
    (self.tuned, self.rivals, self.study, self.areBest) = (tuned, rivals, study, areBest)
  }

  var paragraph: String {
    let sentences = grouped(rivals.map(verdict)).map { verdict, names in
      "Compared with \(Markdown.list(names)), fine-tuning is \(verdict)."
    }
    let differences = rivals.map { "\($0.difference.text) against \(name($0.group))" }
    let first =
      areBest
      ? "The best with D = \(tuned.key.rank ?? 0) by the validation images: fine-tuning with \(tuned.key.allocationTitle)"
      : "With \(ranks), fine-tuning"
    return "\(first) reaches \(result(of: tuned)). Dynamic SVD reaches "
      + Markdown.list(rivals.map { "\(result(of: $0.group)) with \(name($0.group))" }) + size
      + ". The difference, fine-tuning − dynamic SVD, is \(Markdown.list(differences)). **"
      + sentences.joined(separator: " ") + "**"
  }

  /// A row for each rival and seed.
  var rows: [[String]] {
    rivals.flatMap { rival in
      rival.difference.images.map { images in
        [
          tuned.key.titleWithRank, rival.group.key.titleWithRank, "\(images.key.seed)", Markdown.count(images.onlyFirst),
          Markdown.count(images.onlySecond), Markdown.probability(images.p),
        ]
      }
    }
  }

  private var ranks: String {
    let rank = tuned.key.rank.map { "D = \($0)" }
    let allocation = tuned.key.isUniform ? nil : tuned.key.allocationTitle
    return [rank, allocation].compactMap { $0 }.joined(separator: " and ")
  }

  private func name(_ group: Group) -> String {
    "an SVD every \(group.key.cadence?.rawValue ?? "–")" + (areBest ? " and \(group.key.allocationTitle)" : "")
  }

  private func result(of group: Group) -> String {
    "\(Markdown.interval(group.test)) % in \(Markdown.interval(group.interval(of: \.seconds), decimals: 1)) s of training"
  }

  private var size: String {
    let sizes = ([tuned] + rivals.map(\.group)).compactMap { study.cost(of: $0.key, .folded)?.parameters }
    guard sizes.count == rivals.count + 1, Set(sizes).count == 1 else { return "" }
    return ", all with \(Markdown.count(sizes[0])) parameters once S is folded into the factors"
  }

  /// Accuracy by the paired difference; times as they are printed, as they are of one machine.
  private func verdict(_ rival: (group: Group, difference: PairedDifference, seconds: Interval)) -> String {
    func printed(_ seconds: Interval?) -> Double {
      seconds.flatMap { Double(Markdown.number($0.mean, decimals: 1)) } ?? .nan
    }
    let (own, other) = (printed(tuned.interval(of: \.seconds)), printed(rival.seconds))
    let speed = own == other ? "equally fast" : own > other ? "slower" : "faster"
    return switch rival.difference.verdict {
    case .more: "more accurate and \(speed)"
    case .less: "less accurate and \(speed)"
    case .undecided: "\(speed); which is more accurate is undecided"
    }
  }

  /// The rivals' names by verdict, in their order.
  private func grouped(_ verdicts: [String]) -> [(verdict: String, names: [String])] {
    let distinct = verdicts.enumerated().filter { verdicts.firstIndex(of: $1) == $0 }.map(\.element)
    return distinct.map { verdict in (verdict, zip(rivals, verdicts).filter { $1 == verdict }.map { name($0.0.group) }) }
  }
}
