import Results

/// What is measured: width, rank and batch, each varied by itself from the paper's sizes.
struct Sizes {
  var work: ScalingRow.Work
  var width = 1024
  var rank = 20
  var batch = 128

  /// Too large for a quick measurement: the model alone gives its time.
  var isOnPaper: Bool { width > 4096 }

  static let all: [Sizes] = ScalingRow.Work.allCases.flatMap { work -> [Sizes] in
    let widths = [256, 512, 1024, 2048, 4096, 8192, 16384].map { Sizes(work: work, width: $0) }
    let batches = [16, 32, 64, 256, 512].map { Sizes(work: work, batch: $0) }
    let ranks = work == .dense ? [] : [10, 50, 100, 200].map { Sizes(work: work, rank: $0) }
    return widths + batches + ranks
  }
}
