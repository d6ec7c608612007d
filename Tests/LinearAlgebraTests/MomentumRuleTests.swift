import LinearAlgebra
import Testing
import TestSupport

/// The rule, element by element and fused with the gradient's product, against its formula in `Double`.
@Suite struct MomentumRuleTests {
  @Test func againstTheFormula() {
    let rule = MomentumRule<Double>(learningRate: 0.1, momentum: 0.9, weightDecay: 0.01)
    var (w, v) = ([1.0, -2], [0.5, 0])
    rule.update(weights: &w, momentum: &v, gradient: [3, 4])
    // g = 3 + 0.01, v = 0.9 · 0.5 + g, w = 1 − 0.1 (g + 0.9 v); and the same with 4, −2 and 0.
    #expect(largest([abs(v[0] - 3.46), abs(w[0] - (1 - 0.1 * (3.01 + 0.9 * 3.46)))]) < 1e-15)
    #expect(largest([abs(v[1] - 3.98), abs(w[1] - (-2 - 0.1 * (3.98 + 0.9 * 3.98)))]) < 1e-15)

    var (b, u) = ([1.0], [0.5])
    rule.update(weights: &b, momentum: &u, gradient: [3], decays: false)
    #expect(largest([abs(u[0] - 3.45), abs(b[0] - (1 - 0.1 * (3 + 0.9 * 3.45)))]) < 1e-15)
  }

  /// out, inputs, batch: below, at and above the tile of 128 rows.
  static let sizes = [(1, 1, 1), (10, 5, 3), (127, 30, 16), (128, 30, 16), (129, 7, 33), (300, 20, 8), (40, 20, 0)]

  @Test(arguments: sizes, Precision.allCases)
  func fusedAgainstTheFormula(_ size: (out: Int, inputs: Int, batch: Int), _ precision: Precision) {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      let rule = MomentumRule<Scalar>(learningRate: 0.05, momentum: 0.9, weightDecay: 0.001)
      var step = Step<Scalar>(size)
      var scratch = Scratch<Scalar>()
      var (w, v) = (step.weights.map(Double.init), step.momentum.map(Double.init))
      for _ in 0..<3 {
        let gradient = naiveProduct(step.dY.transposed.map(Double.init), step.x.map(Double.init))
        let g = gradient + w.map { $0 * Double(rule.weightDecay) }
        v = v.map { $0 * Double(rule.momentum) } + g
        w = w - (g + v.map { $0 * Double(rule.momentum) }).map { $0 * Double(rule.learningRate) }
        step.update(rule, &scratch, workers: 2)
      }
      // All numbers are about 1; sums are over the batch.
      let unit = Double(Scalar.ulpOfOne) * Double(size.batch + 1) * 10
      let differences = [step.weights.map(Double.init) - w, step.momentum.map(Double.init) - v].flatMap(\.elements)
      let ratio = largest(differences.map(abs)) / unit
      Ledger.enter(ratio, property: "MomentumRule: fused and formula", family: "normal", of: "\(size) \(precision)")
      #expect(ratio < 50)
    }
    check(precision.type)
  }

  @Test(arguments: sizes) func workersDoNotChangeABit(_ size: (out: Int, inputs: Int, batch: Int)) {
    let rule = MomentumRule<Float>(learningRate: 0.05, momentum: 0.9, weightDecay: 0.001)
    var scratch = Scratch<Float>()
    // One scratch space for all, as its size is kept from call to call.
    let steps = [1, 8, 3, 2, 1].map { workers in
      var step = Step<Float>(size)
      for _ in 0..<2 { step.update(rule, &scratch, workers: workers) }
      return step
    }
    #expect(steps.allSatisfy { $0.weights == steps[0].weights && $0.momentum == steps[0].momentum })
  }

  /// A scratch space is not only for one layer: a wider one, then a narrower one.
  @Test func aScratchSpaceServesLayersOfAllWidths() {
    let rule = MomentumRule<Float>(learningRate: 0.05, momentum: 0.9, weightDecay: 0)
    var shared = Scratch<Float>()
    for inputs in [20, 3, 40, 7] {
      var (one, other) = (Step<Float>((200, inputs, 4)), Step<Float>((200, inputs, 4)))
      var own = Scratch<Float>()
      one.update(rule, &shared, workers: 3)
      other.update(rule, &own, workers: 3)
      #expect(one.weights == other.weights)
    }
  }

  /// A layer's weights, momentum, output gradient and input, all normal.
  struct Step<Scalar: BLASScalar> {
    var weights: Matrix<Scalar>
    var momentum: Matrix<Scalar>
    let dY: Matrix<Scalar>
    let x: Matrix<Scalar>

    init(_ size: (out: Int, inputs: Int, batch: Int)) {
      var stream = RandomStream(seed: UInt64(size.out), name: "step")
      weights = .normal(rows: size.out, columns: size.inputs, from: &stream)
      momentum = .normal(rows: size.out, columns: size.inputs, from: &stream)
      dY = .normal(rows: size.batch, columns: size.out, from: &stream)
      x = .normal(rows: size.batch, columns: size.inputs, from: &stream)
    }

    mutating func update(_ rule: MomentumRule<Scalar>, _ scratch: inout Scratch<Scalar>, workers: Int) {
      rule.update(
        weights: &weights, momentum: &momentum, outputGradient: dY, input: x, scratch: &scratch,
        workers: Workers(count: workers))
    }
  }
}
