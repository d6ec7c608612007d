extension SVDCase {
  /// All cases: every family in small shapes, every family at every scale, the hard families around the sizes at which
  /// LAPACK changes from one algorithm to another (blocks of 32, and of 25 in divide and conquer), and empty matrices.
  public static let all: [SVDCase] = (shapes + scales + blocks + empties).enumerated().map { index, one in
    var one = one
    one.seed = UInt64(index)
    return one
  }

  private static var shapes: [SVDCase] {
    let shapes = [(1, 1), (1, 7), (7, 1), (2, 2), (3, 2), (20, 6), (6, 20), (16, 16)]
    return each(MatrixFamily.allCases, shapes, [.one])
  }

  private static var scales: [SVDCase] {
    let shapes = [(12, 12), (17, 5), (5, 17), (1, 9), (26, 26)]
    let scales = MatrixScale.allCases.dropFirst()
    return MatrixFamily.allCases.enumerated().flatMap { index, family in
      // Another shape for each scale, and shifted from family to family, so that all meet.
      scales.enumerated().flatMap { place, scale in
        each([family], [shapes[(index + place) % shapes.count]], [scale])
      }
    }
  }

  private static var blocks: [SVDCase] {
    let shapes = [(31, 31), (32, 32), (33, 33), (64, 64), (65, 65), (64, 31), (33, 65), (120, 24)]
    return each([.normal, .ones, .geometric, .clustered, .kahan, .gradedBidiagonal, .rankDeficient], shapes, [.one])
  }

  private static var empties: [SVDCase] { each([.zero], [(0, 0), (0, 5), (5, 0)], [.one]) }

  private static func each(
    _ families: [MatrixFamily], _ shapes: [(Int, Int)], _ scales: [MatrixScale]
  ) -> [SVDCase] {
    families.flatMap { family in
      shapes.flatMap { rows, columns in
        scales.flatMap { scale in
          Precision.allCases.map { precision in
            SVDCase(family, rows: rows, columns: columns, scale: scale, precision: precision, seed: 0)
          }
        }
      }
    }
  }
}
