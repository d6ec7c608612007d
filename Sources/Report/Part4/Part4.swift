import Files
import Results

extension StudyReport {
  /// Networks made without a gradient step; no section where there are none.
  static func part4(_ study: StudyFacts, _ figures: FigureLinks) -> [Block] {
    guard let part = Part4(study) else { return [] }
    let images = part.images.map { " of \(Markdown.count($0)) training images" } ?? ""
    let labels =
      part.usesLabels ? ", except \(Allocation.sensitivity.title), which use those of the validation images," : ""
    return [
      "## Part 4: without a gradient step",
      """
      These networks are computed from the baseline and statistics\(images), without labels\(labels) and without \
      a step of training. \
      D is a budget: as many weights as rank D in each compressed layer and a dense last layer have.
      """,
    ] + part.budgets + part.smallest + part.ablation + figures.show("ablation", "What each step of the method brings.")
      + part.allocations + part.seconds
      + part.layerRanks + figures.show("ranks", "Ranks of the layers.")
      + figures.show("sensitivity", "Validation loss where one layer alone is compressed, by layer and rank.")
      + part.calibrationImages
      + figures.show("calibration-images", "Accuracy by the number of calibration images.")
  }
}

/// The networks of part 4, and which of them are those of the main table.
struct Part4 {
  typealias Group = NetworkGroup<ResultRow>
  let study: StudyFacts
  /// All of part 4.
  let networks: [Group]
  private let table: MainTable?
  /// The study file's way to choose ranks, and its number of calibration images.
  var allocation: Allocation? { table?.allocation }
  var images: Int? { table?.images }

  /// `nil` if part 4 was not run.
  init?(_ study: StudyFacts) {
    networks = study.networks(of: .part4)
    guard !networks.isEmpty else { return nil }
    self.study = study
    table = study.results.mainTable
  }

  /// The network that a table has in a cell.
  func network(
    _ method: Results.Method, _ allocation: Allocation?, rank: Int, bits: Int = 32
  ) -> Group? {
    networks.first {
      ($0.key.method, $0.key.rank, $0.key.bits) == (method, rank, bits)
        && (method == .truncated || $0.key.calibrationImages == images)
        && ($0.key.isUniform ? .uniform : $0.key.allocation) == allocation
    }
  }

  /// The main table's.
  var main: [Group] { networks.filter { table?.contains($0.key) == true } }

  /// Whether some of the ranks follow from labels.
  var usesLabels: Bool { networks.contains { $0.key.allocation == .sensitivity } }

  /// The D of some networks, ascending.
  func ranks(_ networks: [Group]) -> [Int] { Set(networks.compactMap(\.key.rank)).sorted() }

  /// The bits of the main table, descending.
  var bits: [Int] { Set(main.map(\.key.bits)).sorted(by: >) }
}
