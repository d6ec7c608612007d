import Foundation
import LinearAlgebra
import Testing

/// Against the C library's functions of `Float80`, in units in the last place of a `Double`.
@Suite struct ElementaryTests {
  #if arch(x86_64)
    @Test func exponential() {
      let arguments = Self.spread(-745...709.7) + Self.spread(-1...1) + [-1e-300, 0, 1e-20, -0.34657, 0.34658]
      for x in arguments { expect(Elementary.exp(x), Foundation.exp(Float80(x)), "exp(\(x))") }
    }

    @Test func logarithm() {
      let arguments =
        Self.spread(-1022...1023).map { Foundation.exp2($0) } + Self.spread(0.5...2) + Self.spread(0.9999...1.0001)
        + [.leastNonzeroMagnitude, .leastNormalMagnitude / 8, .greatestFiniteMagnitude, 1.4142135623730951]
      for x in arguments { expect(Elementary.log(x), Foundation.log(Float80(x)), "log(\(x))") }
    }

    @Test func cosineAndSine() {
      for t in Self.spread(-2...2) + Self.spread(-1e-5...1e-5) + [0.125, 0.375, 1e-300] {
        let angle = 2 * Float80.pi * Float80(t)
        let (cosine, sine) = Elementary.cosineAndSine(turns: t)
        // Near the zeros the reference has the error of its rounded angle.
        expect(cosine, Foundation.cos(angle), "cosine of \(t) turns", slack: 1e-18)
        expect(sine, Foundation.sin(angle), "sine of \(t) turns", slack: 1e-18)
      }
    }

    private func expect(_ value: Double, _ reference: Float80, _ what: String, slack: Float80 = 0) {
      let unit = max(Double(reference).ulp, .leastNonzeroMagnitude)
      #expect(abs(Float80(value) - reference) <= Float80(unit) + slack, "\(what): \(value), not \(reference)")
    }
  #endif

  @Test func edges() {
    #expect(Elementary.exp(0) == 1 && Elementary.exp(800) == .infinity && Elementary.exp(-800) == 0)
    #expect(Elementary.exp(.infinity) == .infinity && Elementary.exp(-.infinity) == 0 && Elementary.exp(.nan).isNaN)
    #expect(Elementary.log(1) == 0 && Elementary.log(0) == -.infinity && Elementary.log(.infinity) == .infinity)
    #expect(Elementary.log(-1).isNaN && Elementary.log(.nan).isNaN && Elementary.log2(8) == 3)
    for (t, cosine, sine) in [(0, 1, 0), (0.25, 0, 1), (0.5, -1, 0), (-0.25, 0, -1), (7.75, 0, -1)]
      as [(Double, Double, Double)]
    {
      #expect(Elementary.cosineAndSine(turns: t) == (cosine, sine), "\(t)")
    }
  }

  /// 2,001 equidistant values from one bound to the other.
  private static func spread(_ bounds: ClosedRange<Double>) -> [Double] {
    (0...2000).map { bounds.lowerBound + (bounds.upperBound - bounds.lowerBound) * Double($0) / 2000 }
  }
}
