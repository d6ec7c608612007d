/// The line under a figure's title: the dataset, the study and how seeds are shown.
struct StudyTitle {
  let dataset: String
  let study: String
  let seeds: Int
  /// Whether the figure shows the minimum and the maximum as well as the median.
  private var hasRange = true

  init(dataset: String, study: String, seeds: Int) { (self.dataset, self.study, self.seeds) = (dataset, study, seeds) }

  var text: String {
    let note = seeds > 1 ? ", median\(hasRange ? " and range" : "") of \(seeds) seeds" : ""
    return "\(dataset), study \(titleText(study))\(note)"
  }

  /// For values that are the same with every seed.
  var withoutSeeds: StudyTitle { StudyTitle(dataset: dataset, study: study, seeds: 1) }

  var withoutRange: StudyTitle {
    var title = self
    title.hasRange = false
    return title
  }
}
