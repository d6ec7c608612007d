import Results

extension StudyReport {
  /// Dynamic SVD with a rank a layer against the same D in each layer, with as many parameters: what the paper's claim
  /// leaves out.
  static func ranksALayer(_ study: StudyFacts) -> [Block] {
    let networks = study.networks(of: .part3)
    return networks.filter { !$0.key.isUniform }.compactMap { group in
      guard let rank = group.key.rank,
        let uniform = networks.first(where: {
          $0.key.isUniform && ($0.key.rank, $0.key.cadence) == (rank, group.key.cadence)
        }),
        let difference = PairedDifference(group, uniform, in: study)
      else { return nil }
      let conclusion =
        switch difference.verdict {
        case .more:
          "**With as many parameters, a rank a layer is more accurate: the paper's idea is better than its uniform D shows.**"
        case .less: "**A rank a layer is less accurate here: uniform D is not what holds the method back.**"
        case .undecided: "**Whether a rank a layer is better than the same D in each layer is undecided.**"
        }
      return .text(
        "At the parameters of D = \(rank), dynamic SVD with an SVD every \(group.key.cadence?.rawValue ?? "–") reaches "
          + "\(Markdown.interval(uniform.test)) % with the same D in each layer and \(Markdown.interval(group.test)) % with "
          + "\(group.key.allocationTitle). The difference is \(difference.text)"
          + (difference.images.first.map { images in
            difference.points.count > 1
              ? "" : "; by McNemar's test of the same test images, p is \(Markdown.probability(images.p))"
          } ?? "") + ". " + conclusion)
    }
  }
}
