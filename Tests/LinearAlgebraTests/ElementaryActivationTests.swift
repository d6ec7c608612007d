import Foundation
import LinearAlgebra
import Testing

/// The functions of activations against the C library's, which have more digits than are needed here.
@Suite struct ElementaryActivationTests {
  /// Magnitudes from the smallest normal number to the largest, densely where the functions bend, and both sides of each change of
  /// method.
  private static let arguments: [Double] = {
    let fine = (0...4000).map { Double($0) / 200 }
    let edges = [1e-3, 0.25, 8.5, 20, 709.8, 745.2].flatMap { [$0.nextDown, $0, $0.nextUp] }
    let powers = stride(from: -307.0, through: 307, by: 7).map { pow(10, $0) }
    return (fine + edges + powers).flatMap { [$0, -$0] }
  }()

  @Test func hyperbolicTangent() {
    for x in Self.arguments {
      let (found, expected) = (Elementary.tanh(x), Foundation.tanh(x))
      #expect(abs(found - expected) <= 1e-12 * abs(expected), "\(x)")
    }
    #expect(Elementary.tanh(.infinity) == 1 && Elementary.tanh(-.infinity) == -1 && Elementary.tanh(.nan).isNaN)
    #expect(Elementary.tanh(-0.0).sign == .minus)
  }

  @Test func logisticFunction() {
    for x in Self.arguments {
      let (found, expected) = (Elementary.sigmoid(x), 1 / (1 + Foundation.exp(-x)))
      #expect(abs(found - expected) <= 8 * expected.ulp, "\(x)")
    }
    #expect(Elementary.sigmoid(.infinity) == 1 && Elementary.sigmoid(-.infinity) == 0 && Elementary.sigmoid(.nan).isNaN)
  }

  @Test func normalDistribution() {
    for x in Self.arguments {
      let expected = 0.5 * erfc(-x / 2.0.squareRoot())
      #expect(abs(Elementary.normalDistribution(x) - expected) <= 1e-15, "\(x)")
      let density = Foundation.exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
      #expect(abs(Elementary.normalDensity(x) - density) <= 1e-14 * density + 1e-307, "\(x)")
    }
    #expect(Elementary.normalDistribution(0) == 0.5)
    #expect(Elementary.normalDistribution(.infinity) == 1 && Elementary.normalDistribution(-.infinity) == 0)
    #expect(Elementary.normalDistribution(.nan).isNaN && Elementary.normalDensity(.nan).isNaN)
  }
}
