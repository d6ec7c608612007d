import Results

extension StudyReport {
  /// Fine-tuning against dynamic SVD: a paragraph for each D that both were run with, by medians over the seeds.
  static func comparison(_ study: StudyFacts) -> [String] {
    study.networks(of: .part2).compactMap { tuned in
      let rivals = study.networks(of: .part3).filter { $0.key.rank == tuned.key.rank }.compactMap(Contestant.init)
      guard let rank = tuned.key.rank, let tuned = Contestant(tuned), !rivals.isEmpty else { return nil }
      let sizes = ([tuned] + rivals).compactMap { study.cost(of: $0.key, .folded)?.parameters }
      let isOneSize = sizes.count == rivals.count + 1 && Set(sizes).count == 1
      let size = isOneSize ? ", all with \(Markdown.count(sizes[0])) parameters once S is folded into the factors" : ""
      let verdicts = rivals.map { tuned.verdict(against: $0) }
      let distinct = verdicts.enumerated().filter { verdicts.firstIndex(of: $1) == $0 }.map(\.element)
      let sentences = distinct.map { verdict in
        let names = zip(rivals, verdicts).filter { $1 == verdict }.map { "an \($0.0.name)" }
        return "Compared with \(Markdown.list(names)), fine-tuning is \(verdict)."
      }
      return "With D = \(rank), fine-tuning reaches \(tuned.text). Dynamic SVD reaches "
        + Markdown.list(rivals.map { "\($0.text) with an \($0.name)" }) + size + ". **" + sentences.joined(separator: " ")
        + "**"
    }
  }
}

/// A trained network's accuracy and time, as they are printed: what looks equal is equal.
private struct Contestant {
  let key: NetworkKey
  private let (accuracy, seconds): (String, String)

  /// `nil` where a value is not finite.
  init?(_ group: NetworkGroup<ResultRow>) {
    guard let accuracy = group.spread(of: \.testAccuracy), let seconds = group.spread(of: \.seconds) else { return nil }
    key = group.key
    self.accuracy = Markdown.number(accuracy.median, decimals: 2)
    self.seconds = Markdown.number(seconds.median, decimals: 1)
  }

  var name: String { "SVD every \(key.cadence?.rawValue ?? "–")" }

  var text: String { "\(accuracy) % in \(seconds) s of training" }

  func verdict(against other: Contestant) -> String {
    func word(_ value: KeyPath<Contestant, String>, _ more: String, _ less: String, _ equal: String) -> String {
      let (own, others) = (Double(self[keyPath: value]) ?? .nan, Double(other[keyPath: value]) ?? .nan)
      return own == others ? equal : own > others ? more : less
    }
    return word(\.accuracy, "more accurate", "less accurate", "equally accurate") + " and "
      + word(\.seconds, "slower", "faster", "equally fast")
  }
}
