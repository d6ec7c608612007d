import Files
import LinearAlgebra
@testable import Datasets
import Testing

@Suite struct DigitsTests {
  static let training = DrawnDigits(seed: 1, split: "training").images(2000, workers: Workers(count: 2))

  /// The built-in digits of seed 1 must never change: a change here changes every result on `digits`.
  @Test func frozen() {
    let digits = Dataset.digits(seed: 1, training: 200, test: 100, workers: Workers(count: 2))
    #expect(digits.name == .digits)
    #expect(digits.training.count == 200 && digits.test.count == 100)
    #expect(
      digits.sha256 == [
        "training-pixels": "4f1c8bc980e0c1a463aa9301239851c998e0d01308c22fe9189dd91e56c509af",
        "training-labels": "9679d4d6c017008bfdcb87edcd22d52dacdb9c578926293c6a04b8e985153ffa",
        "test-pixels": "9e383c5e8357dfa515de32c21e8e3dccd585fd2b58792e00295e555041302f8b",
        "test-labels": "de5d9bc07482f351eb8a00a6c95f3695d893f0eac23b0784f74315e6e1882912",
      ])
  }

  @Test func sameSeedSameDigits() {
    #expect(DrawnDigits(seed: 1, split: "training").images(300, workers: Workers(count: 1)) == Self.training.prefix(300))
    #expect(DrawnDigits(seed: 2, split: "training").images(300, workers: Workers(count: 1)) != Self.training.prefix(300))
    #expect(DrawnDigits(seed: 1, split: "test").images(300, workers: Workers(count: 1)) != Self.training.prefix(300))
  }

  @Test func threadsChangeNothing() {
    for threads: Int in [1, 2, 3, 7, 500] {
      #expect(
        DrawnDigits(seed: 1, split: "training").images(300, workers: Workers(count: threads)) == Self.training.prefix(300),
        "\(threads)")
    }
  }

  @Test func anImageDoesNotDependOnTheOthers() {
    let digits = DrawnDigits(seed: 1, split: "training")
    for index in [1999, 0, 777] {
      let (pixels, label) = digits.image(index)
      #expect(Images(pixels: pixels, labels: [label]) == Self.training[index..<index + 1])
    }
  }

  @Test func noneIsFine() {
    #expect(Dataset.digits(seed: 1, training: 0, test: 0, workers: Workers(count: 2)).training.count == 0)
  }

  @Test func classesAreBalanced() {
    var counts = [Int](repeating: 0, count: 10)
    for label in Self.training.labels { counts[Int(label)] += 1 }
    // The expectation is 200, the standard deviation 13.4; four deviations are allowed.
    #expect(counts.allSatisfy { (146...254).contains($0) }, "\(counts)")
  }

  @Test func allDiffer() {
    let images = (0..<Self.training.count).map { Self.training[$0..<$0 + 1].pixels }
    #expect(Set(images).count == images.count)
  }

  @Test func inkLiesWithinTheFrame() {
    for index in 0..<Self.training.count {
      let pixels = Self.training[index..<index + 1].pixels
      for i in 0..<28 {
        let edge = [pixels[i], pixels[27 * 28 + i], pixels[28 * i], pixels[28 * i + 27]]
        #expect(edge == [0, 0, 0, 0], "image \(index)")
      }
      let ink = pixels.reduce(0) { $0 + Int($1) } / 255
      #expect((15...260).contains(ink), "image \(index) has \(ink) pixels of ink")
      #expect(pixels.contains { $0 > 150 }, "image \(index)")
    }
  }

  /// Similar to MNIST, whose mean and deviation are 0.1307 and 0.3081, with ink in a fifth of the pixels.
  @Test func brightnessIsLikeThatOfMNIST() {
    let (mean, deviation) = brightness(Self.training)
    #expect(abs(mean - 0.1307) < 0.02, "\(mean)")
    #expect(abs(deviation - 0.3081) < 0.03, "\(deviation)")
  }

  /// The classes are separable, but not trivially: the nearest class mean is right for most images, not for all.
  @Test func difficulty() {
    let test = DrawnDigits(seed: 1, split: "test").images(1000, workers: Workers(count: 2))
    let means = (0..<10).map { classMean(Self.training, label: UInt8($0)) }
    var correct = 0
    for index in 0..<test.count {
      let image = test[index..<index + 1].pixels.map { Float($0) / 255 }
      let distances = means.map { squaredDistance(image, $0) }
      if distances.indices.min(by: { distances[$0] < distances[$1] }) == Int(test.labels[index]) { correct += 1 }
    }
    #expect((550...850).contains(correct), "\(correct) of 1000")
  }

  private func classMean(_ images: Images, label: UInt8) -> [Float] {
    let members = images.labels.indices.filter { images.labels[$0] == label }
    let input = members.flatMap { images[$0..<$0 + 1].pixels.map { Float($0) / 255 } }
    var sum = [Float](repeating: 0, count: 784)
    for index in input.indices { sum[index % 784] += input[index] }
    return sum.map { $0 / Float(members.count) }
  }

  private func squaredDistance(_ x: [Float], _ y: [Float]) -> Float {
    var sum: Float = 0
    for (a, b) in zip(x, y) { sum += (a - b) * (a - b) }
    return sum
  }
}

/// Mean and standard deviation of all pixels, with ink as 1.
func brightness(_ images: Images) -> (mean: Double, deviation: Double) {
  var histogram = [Int](repeating: 0, count: 256)
  for pixel in images.pixels { histogram[Int(pixel)] += 1 }
  var sum = 0.0, squares = 0.0
  for (pixel, count) in histogram.enumerated() {
    let ink = Double(pixel) / 255
    sum += ink * Double(count)
    squares += ink * ink * Double(count)
  }
  let mean = sum / Double(images.pixels.count)
  return (mean, (squares / Double(images.pixels.count) - mean * mean).squareRoot())
}
