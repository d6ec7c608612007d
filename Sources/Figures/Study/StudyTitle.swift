import Results

/// The line under a figure's title: the dataset, the study and how seeds are shown.
struct StudyTitle {
  /// What a figure shows of several seeds.
  enum Seeds {
    case interval, mean, lines
  }

  let dataset: String
  let study: String
  /// The seeds of each network.
  let seeds: Set<Set<UInt64>>
  private var shown = Seeds.interval

  init(dataset: String, study: String, seeds: Set<Set<UInt64>> = []) {
    (self.dataset, self.study, self.seeds) = (dataset, study, seeds)
  }

  var text: String { "\(titleText(dataset)), study \(titleText(study))\(note)" }

  private var note: String {
    let counts = seeds.map(\.count)
    guard let fewest = counts.min(), let most = counts.max(), most > 1 else { return "" }
    let number = "\(fewest < most ? "\(fewest) to \(most)" : "\(most)") seeds"
    // A part may have been run with other seeds than another.
    let warning = seeds.count > 1 ? ", which differ between networks" : ""
    return switch shown {
    case .interval: ", mean and 95 % interval of \(number)\(warning)"
    case .mean: ", mean of \(number)\(warning)"
    case .lines: ", thick: mean of \(number)\(warning); thin: each seed"
    }
  }

  /// For values that are the same with every seed.
  var withoutSeeds: StudyTitle { StudyTitle(dataset: dataset, study: study) }

  func showing(_ shown: Seeds) -> StudyTitle {
    var title = self
    title.shown = shown
    return title
  }
}
