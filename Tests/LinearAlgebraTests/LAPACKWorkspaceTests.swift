@testable import LinearAlgebra
import Testing

/// Work sizes have 64 bits, and are rounded up.
@Suite struct LAPACKWorkspaceTests {
  /// Sizes around every power of two that LAPACK's integers reach, and between them.
  static let sizes: [Int] = {
    var stream = RandomStream(seed: 1, name: "workspace")
    let edges = (1...30).flatMap { exponent in (-9...9).map { 1 << exponent + $0 } }
    // The largest that `Float` rounds below 2³¹.
    return (edges + (0..<2000).map { _ in 1 << stream.below(31) + stream.below(1 << 30) } + [0x7FFF_FF00])
      .filter { (1...0x7FFF_FF00).contains($0) }
  }()

  /// As LAPACK reports a size: rounded to the nearest number, or by `sroundup_lwork`.
  static func reports<Scalar: BLASScalar>(of size: Int, as _: Scalar.Type) -> [Scalar] {
    let nearest = Scalar(size)
    return [nearest, Int(nearest) < size ? nearest * (1 + .ulpOfOne) : nearest]
  }

  @Test func neverBelowTheSizeAndHardlyAbove() {
    func check<Scalar: BLASScalar>(_: Scalar.Type) {
      for size in Self.sizes {
        for reported in Self.reports(of: size, as: Scalar.self) {
          let taken = workspaceSize(reported: reported)
          let most = size + max(1, 4 * Int(Scalar(size).ulp))
          #expect(size <= taken && taken <= most, "\(size), reported as \(reported)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  /// The reason for rounding up: these sizes are reported too small.
  @Test func roundedDown() {
    for size: Int in [1 << 24 + 1, 1 << 25 + 2, 300_070_017, 1_200_140_033] {
      #expect(Int(Float(size)) < size, "\(size)")
      #expect(workspaceSize(reported: Float(size)) >= size, "\(size)")
    }
  }

  @Test func whatIsNoSizeOf32BitsIsAProgrammersMistake() async {
    await #expect(processExitsWith: .failure) { _ = workspaceSize(reported: Float(0x1p31)) }
    await #expect(processExitsWith: .failure) { _ = workspaceSize(reported: Double(0x1p33)) }
    await #expect(processExitsWith: .failure) { _ = workspaceSize(reported: Float(-1)) }
    await #expect(processExitsWith: .failure) { _ = workspaceSize(reported: Double.nan) }
  }

  struct Shape: Sendable, CustomStringConvertible {
    let driver: LAPACKDriver
    let vectors: Bool
    let rows: Int
    let columns: Int
    let fits: Bool

    init(_ driver: LAPACKDriver, vectors: Bool = true, _ rows: Int, _ columns: Int, fits: Bool) {
      (self.driver, self.vectors, self.rows, self.columns, self.fits) = (driver, vectors, rows, columns, fits)
    }

    var description: String { "\(driver)\(vectors ? "" : ", values alone") \(rows)×\(columns)" }
  }

  /// `LWORK` of `gesdd` is 4 k² + 7 k at least, and `gesvd` is quicker with k² + 5 k; values alone need no k². For
  /// 30,000×30,000 LAPACK 3.11 reports only 2,010,000 elements, and at k = 65,536 k² wraps to 0 in 32 bits.
  static let shapes = [
    Shape(.divideAndConquer, 23_169, 23_169, fits: true), Shape(.divideAndConquer, 23_170, 23_170, fits: false),
    Shape(.divideAndConquer, 1_000_000, 23_170, fits: false), Shape(.divideAndConquer, 23_170, 1_000_000, fits: false),
    Shape(.divideAndConquer, 1_000_000, 1000, fits: true), Shape(.divideAndConquer, 30_000, 30_000, fits: false),
    Shape(.divideAndConquer, 65_536, 65_536, fits: false), Shape(.divideAndConquer, 65_536, 1 << 20, fits: false),
    Shape(.divideAndConquer, 1, 1 << 31 - 1, fits: true), Shape(.divideAndConquer, 1, 1 << 31, fits: false),
    Shape(.divideAndConquer, vectors: false, 100_000, 100_000, fits: true),
    Shape(.divideAndConquer, vectors: false, 1 << 31, 1, fits: false), Shape(.qrIteration, 46_338, 46_338, fits: true),
    Shape(.qrIteration, 46_339, 46_339, fits: false), Shape(.qrIteration, 65_536, 65_536, fits: false),
    Shape(.qrIteration, 1 << 31, 1, fits: false), Shape(.qrIteration, vectors: false, 100_000, 100_000, fits: true),
    Shape(.qrIteration, vectors: false, 1, 1 << 31, fits: false), Shape(.qrIteration, 0, 0, fits: true),
  ]

  @Test func whatLAPACKCannotCountIsRefused() {
    for shape in Self.shapes {
      var error: LinearAlgebraError?
      do {
        try shape.driver.requireWorkspace(vectors: shape.vectors, rows: shape.rows, columns: shape.columns)
      } catch let found { error = found }
      #expect(error == (shape.fits ? nil : .tooLarge(rows: shape.rows, columns: shape.columns)), "\(shape)")
    }
  }

  @Test func theErrorIsOneLine() {
    #expect(
      "\(LinearAlgebraError.tooLarge(rows: 30_000, columns: 40_000))" == """
        matrix: found 30000×40000, expected a smaller one: the size of LAPACK's workspace has 32 bits
        """)
  }
}
