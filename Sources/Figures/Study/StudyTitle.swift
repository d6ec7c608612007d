import Results

/// The line under a figure's title: the dataset, the study and how seeds are shown.
struct StudyTitle {
  let dataset: String
  let study: String
  /// The seeds of each network.
  let seeds: Set<Set<UInt64>>
  /// Whether the figure shows the minimum and the maximum as well as the median.
  private var hasRange = true

  init(dataset: String, study: String, seeds: Set<Set<UInt64>> = []) {
    (self.dataset, self.study, self.seeds) = (dataset, study, seeds)
  }

  var text: String { "\(dataset), study \(titleText(study))\(note)" }

  private var note: String {
    let counts = seeds.map(\.count)
    guard let fewest = counts.min(), let most = counts.max(), most > 1 else { return "" }
    let number = fewest < most ? "\(fewest) to \(most)" : "\(most)"
    // A part may have been run with other seeds than another.
    let warning = seeds.count > 1 ? ", which differ between networks" : ""
    return ", median\(hasRange ? " and range" : "") of \(number) seeds\(warning)"
  }

  /// For values that are the same with every seed.
  var withoutSeeds: StudyTitle { StudyTitle(dataset: dataset, study: study) }

  var withoutRange: StudyTitle {
    var title = self
    title.hasRange = false
    return title
  }
}
