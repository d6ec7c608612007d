import LinearAlgebra

extension SVDCase {
  /// Every family × scale × precision in small shapes; every family in more shapes, and at every scale in one that is not
  /// small; the hard families around the sizes at which LAPACK changes from one algorithm to another (blocks of 32, and of
  /// 25 in divide and conquer); and empty matrices.
  ///
  /// `LOWRANK_TESTS` repeats all of them, with other seeds and in other shapes.
  public static let all: [SVDCase] = (0..<TestRun.multiple).flatMap { round in
    plan.enumerated().map { index, one in
      var one = one
      one.seed = TestRun.seed &+ UInt64(round * plan.count + index)
      if round > 0 { one.grow() }
      return one
    }
  }

  private static let plan = small + shapes + scales + blocks + empties

  private static var small: [SVDCase] {
    let shapes = [(1, 1), (1, 5), (6, 1), (2, 2), (3, 3), (5, 3), (4, 9), (8, 8)]
    return each(MatrixFamily.allCases, shapes, MatrixScale.allCases)
  }

  private static var shapes: [SVDCase] {
    let shapes = [(1, 20), (20, 1), (3, 2), (2, 30), (20, 6), (6, 20), (12, 12), (16, 16), (26, 26)]
    // Of faer's tests.
    let large = [(15, 10), (50, 50), (100, 100), (150, 20), (20, 150)]
    return each(MatrixFamily.allCases, shapes, [.one]) + each([.normal, .zero, .ones, .identity], large, [.one])
  }

  private static var scales: [SVDCase] {
    let shapes = [(12, 12), (17, 5), (5, 17), (1, 9), (26, 26)]
    let scales = MatrixScale.allCases.dropFirst()
    return MatrixFamily.allCases.enumerated().flatMap { index, family in
      // A different shape for each scale, shifted from family to family, so that all combinations occur.
      scales.enumerated().flatMap { place, scale in each([family], [shapes[(index + place) % shapes.count]], [scale]) }
    }
  }

  private static var blocks: [SVDCase] {
    let shapes = [(24, 24), (25, 25), (31, 31), (32, 32), (33, 33), (64, 64), (65, 65), (64, 31), (33, 65), (120, 24)]
    let families: [MatrixFamily] = [
      .normal, .ones, .trained, .geometric, .clustered, .kahan, .gradedBidiagonal, .deepBidiagonal, .rankDeficient,
    ]
    return each(families, shapes, [.one])
  }

  private static var empties: [SVDCase] { each(MatrixFamily.allCases, [(0, 0), (0, 5), (5, 0)], [.one]) }

  private static func each(_ families: [MatrixFamily], _ shapes: [(Int, Int)], _ scales: [MatrixScale]) -> [SVDCase] {
    families.flatMap { family in
      shapes.flatMap { rows, columns in
        scales.flatMap { scale in
          Precision.allCases.map { SVDCase(family, rows: rows, columns: columns, scale: scale, precision: $0, seed: 0) }
        }
      }
    }
  }

  /// Adds a few rows and columns, by the seed; an empty matrix stays empty.
  private mutating func grow() {
    var stream = stream("shape")
    if rows > 0 { rows += stream.below(2 + rows / 4) }
    if columns > 0 { columns += stream.below(2 + columns / 4) }
  }
}
