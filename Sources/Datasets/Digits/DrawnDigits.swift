import Files
import LinearAlgebra

extension Dataset {
  /// The built-in digits: stroke-drawn, with random affine and elastic distortion, stroke width and noise.
  ///
  /// An image depends only on the seed, its index and the split: not on the number of images, nor on threads.
  /// - Parameters:
  ///   - training: number of training images.
  ///   - test: number of test images; they have a random stream of their own.
  public static func digits(seed: UInt64, training: Int, test: Int, workers: Workers) -> Dataset {
    let training = DrawnDigits(seed: seed, split: "training").images(training, workers: workers)
    let test = DrawnDigits(seed: seed, split: "test").images(test, workers: workers)
    return Dataset(
      name: .digits, training: training, test: test,
      sha256: [
        "training-pixels": SHA256.hexDigest(of: training.pixels),
        "training-labels": SHA256.hexDigest(of: training.labels),
        "test-pixels": SHA256.hexDigest(of: test.pixels),
        "test-labels": SHA256.hexDigest(of: test.labels),
      ])
  }
}

/// An infinite sequence of drawn digits.
struct DrawnDigits {
  let seed: UInt64
  /// `training` or `test`.
  let split: String

  /// The first `count` digits.
  func images(_ count: Int, workers: Workers) -> Images {
    precondition(count >= 0)
    let part = 1000
    let starts = Array(stride(from: 0, to: count, by: part))
    let drawn = workers.map(starts) { draw($0..<min(count, $0 + part)) }
    return Images(pixels: drawn.flatMap(\.pixels), labels: drawn.flatMap(\.labels))
  }

  /// The digits of `range`, one after the other.
  private func draw(_ range: Range<Int>) -> Images {
    var pixels: [UInt8] = [], labels: [UInt8] = []
    pixels.reserveCapacity(range.count * Images.pixelsPerImage)
    for index in range {
      let (image, label) = image(index)
      pixels += image
      labels.append(label)
    }
    return Images(pixels: pixels, labels: labels)
  }

  /// The digit at `index`: 784 pixels and a label.
  func image(_ index: Int) -> (pixels: [UInt8], label: UInt8) {
    // A digit uses a few hundred blocks of the stream; a million lie between the first blocks of two digits.
    var stream = RandomStream(seed: seed, name: "digits/" + split, index: UInt64(index) << 20)
    let label = stream.below(Images.classes)
    let ways = Glyph.waysToWrite[label]
    let glyph = ways[stream.below(ways.count)]
    let distortion = Distortion(from: &stream)
    let pen = Pen(from: &stream)
    let lines = glyph.polylines(lines: 6).map { line in line.map { distortion($0) } }
    return (pen.draw(lines, noise: &stream), UInt8(label))
  }
}
