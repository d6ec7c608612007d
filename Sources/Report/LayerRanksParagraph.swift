import Results

extension StudyReport {
  /// Dynamic SVD with a rank a layer against the same D in each layer, with as many parameters: what the paper's claim
  /// leaves out. What follows is said once where it is the same for each cadence.
  static func ranksALayer(_ study: StudyFacts) -> [Block] {
    let networks = study.networks(of: .part3)
    let compared = networks.filter { !$0.key.isUniform }.compactMap { group -> LayerRanksComparison? in
      LayerRanksComparison(group, among: networks, study: study)
    }
    return compared.indices.map { index in
      let own = compared[index]
      let isSaidBelow = compared[(index + 1)...].contains { $0.isOtherCadence(of: own) && $0.verdict == own.verdict }
      return .text(own.text + (isSaidBelow ? "" : " " + own.conclusion))
    }
  }
}

/// A network with a rank a layer, and the one with the same D in each layer whose number of parameters is nearest.
private struct LayerRanksComparison {
  typealias Group = NetworkGroup<ResultRow>
  private let group, uniform: Group
  private let difference: PairedDifference

  /// How far the numbers of parameters may be apart, as a share.
  private static let tolerance = 0.01

  /// `nil` where no network has as many parameters.
  init?(_ group: Group, among networks: [Group], study: StudyFacts) {
    let own = Double(group.parameters.count)
    func distance(_ other: Group) -> Double { abs(Double(other.parameters.count) - own) }
    let alike = networks.filter { $0.key.isUniform && $0.key.cadence == group.key.cadence }
    guard let uniform = alike.min(by: { distance($0) < distance($1) }), distance(uniform) <= Self.tolerance * own,
      let difference = PairedDifference(group, uniform, in: study)
    else { return nil }
    (self.group, self.uniform, self.difference) = (group, uniform, difference)
  }

  var verdict: PairedDifference.Verdict { difference.verdict }

  /// Whether the two differ in their cadence alone.
  func isOtherCadence(of other: Self) -> Bool {
    var key = group.key
    key.cadence = other.group.key.cadence
    return key == other.group.key
  }

  var text: String {
    "At the parameters of D = \(uniform.key.rank.map(String.init) ?? "–"), dynamic SVD with an SVD every "
      + "\(group.key.cadence?.rawValue ?? "–") reaches \(Markdown.interval(uniform.test)) % with the same D in each layer and "
      + "\(Markdown.interval(group.test)) % with \(group.key.allocationTitle). The difference is \(difference.text)"
      + (difference.images.first.map { images in
        difference.points.count > 1
          ? "" : "; by McNemar's test of the same test images, p is \(Markdown.probability(images.p))"
      } ?? "") + "."
  }

  var conclusion: String {
    switch verdict {
    case .more:
      "**With as many parameters, a rank a layer is more accurate: the paper's idea is better than its uniform D shows.**"
    case .less: "**A rank a layer is less accurate here: uniform D is not what holds the method back.**"
    case .undecided: "**Whether a rank a layer is better than the same D in each layer is undecided.**"
    }
  }
}
