import Results

/// A network's values over its seeds.
extension NetworkGroup<ResultRow> {
  var test: Interval? { interval(of: \.testAccuracy) }
  var validation: Interval? { interval(of: \.validationAccuracy) }

  /// The greatest mean on the validation images; of equal ones, the first.
  static func best(of groups: [Self]) -> Self? {
    groups.reduce(nil) { best, group in
      guard let mean = group.validation?.mean else { return best }
      return mean > best?.validation?.mean ?? -1 ? group : best
    }
  }

  /// Means over the seeds: ranks that follow from the weights differ between seeds, and so do sizes.
  func size(_ count: (ResultRow) -> Int, _ ratio: (ResultRow) -> Double) -> (count: Int, ratio: Double) {
    let mean = interval { Double(count($0)) }?.mean ?? 0
    return (Int(mean.rounded()), interval(of: ratio)?.mean ?? .nan)
  }

  var parameters: (count: Int, ratio: Double) { size(\.parameters, \.parameterRatio) }
  var bytes: (count: Int, ratio: Double) { size(\.bytes, \.byteRatio) }
  var macs: (count: Int, ratio: Double) { size(\.macs, \.macRatio) }
}

extension NetworkKey {
  /// Whether each compressed layer has the same D, as in the paper.
  var isUniform: Bool { allocation == nil || allocation == .uniform }
}

extension StudyFacts {
  /// The 95 % interval of a network's test accuracy: over the seeds, or of one seed over the test images.
  func testRange(_ accuracy: Interval) -> ClosedRange<Double> { range(accuracy, images: manifest.dataset.testImages) }

  /// The same of its validation accuracy.
  func validationRange(_ accuracy: Interval) -> ClosedRange<Double> {
    range(accuracy, images: manifest.dataset.validationImages)
  }

  private func range(_ accuracy: Interval, images: Int) -> ClosedRange<Double> {
    accuracy.count > 1 || images < 1
      ? accuracy.lower...accuracy.upper : Wilson.interval(accuracy: accuracy.mean, images: images)
  }
}

extension Interval {
  /// What a verdict follows from.
  var name: String {
    count > 1
      ? "the 95 % interval of the mean over the seeds (Student's t)"
      : "the 95 % interval of the accuracy over the test images (Wilson; there is one seed)"
  }
}
