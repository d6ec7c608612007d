import Compression
import Results

extension StudyConfiguration {
  /// About the memory that a run of an experiment takes, in bytes.
  func bytes(of experiment: Experiment, threads: Int) -> Int {
    // Weights, momentum, two copies in panels or of a finished network, and workspace; the samples, twice.
    let parameters = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    let training = 5 * parameters * MemoryLayout<Float>.size + 2 * sampleBytes
    guard let calibration, isCalibrated(experiment) else { return training }
    let inputs = widths.dropLast()
    let image = inputs.reduce(0, +) * MemoryLayout<Float>.size
    let held = usesHeldOut(experiment) ? calibration.heldOut : 0
    let untrained = experiment == .part4 ? Untrained.all(of: self) : []
    let images = max(calibration.images + held, untrained.map(\.images).max() ?? 0)
    // The inputs of each layer in the baseline and in the compressed network, and two covariances a layer.
    let widest = inputs.max() ?? 0
    let statistics = 2 * images * image + 2 * inputs.count * widest * widest * MemoryLayout<Double>.size
    guard held > 0 else { return training + statistics }
    // Each search has two networks at a time; parts 2 and 3 have one search after the other.
    let budgets = Set(untrained.filter { $0.allocation == .exchanged }.map(\.rank)).count
    let limits = RankSearch.Limits()
    let searched = min(limits.images, calibration.images) + min(limits.heldOut, held)
    return training + statistics + min(threads, max(1, budgets)) * 2 * searched * image
  }
}
