import LinearAlgebra

/// A matrix to be decomposed, as a line such as `kahan 33x32 sqrtTiny float 17`.
///
/// A test that fails prints the line. The environment variable `LOWRANK_CASE` selects one case:
///
///     LOWRANK_CASE='kahan 33x32 sqrtTiny float 17' swift test --filter LinearAlgebraTests
public struct SVDCase: Hashable, Sendable {
  public var family: MatrixFamily
  public var rows: Int
  public var columns: Int
  public var scale: MatrixScale
  public var precision: Precision
  /// The seed of everything random in the case.
  public var seed: UInt64

  public init(
    _ family: MatrixFamily, rows: Int, columns: Int, scale: MatrixScale = .one, precision: Precision, seed: UInt64
  ) {
    (self.family, self.rows, self.columns) = (family, rows, columns)
    (self.scale, self.precision, self.seed) = (scale, precision, seed)
  }

  /// min(m, n), the number of singular values.
  public var rank: Int { min(rows, columns) }

  /// The matrix, in `Scalar`, which is to be the case's precision.
  public func matrix<Scalar: BLASScalar>(_: Scalar.Type) -> Matrix<Scalar> {
    let factor = scale.factor(Scalar.self)
    return sample(Scalar.self).matrix.map { Scalar($0 * factor) }
  }

  /// The singular values, descending, up to the rounding of the matrix; `nil` where they are not known.
  public func knownValues<Scalar: BLASScalar>(_: Scalar.Type) -> [Scalar]? {
    let factor = scale.factor(Scalar.self)
    return sample(Scalar.self).values.map { values in values.map { Scalar($0 * factor) } }
  }

  /// A stream for other random values of a test; `name` must not be `matrix`.
  public func stream(_ name: String) -> RandomStream { RandomStream(seed: seed, name: name) }

  private func sample<Scalar: BLASScalar>(_: Scalar.Type) -> Sample {
    var stream = stream("matrix")
    return family.sample(rows: rows, columns: columns, epsilon: Double(Scalar.ulpOfOne), stream: &stream)
  }
}

/// A precision to test in.
public enum Precision: String, CaseIterable, Sendable {
  case float, double

  /// `Float` or `Double`.
  public var type: any BLASScalar.Type { self == .float ? Float.self : Double.self }
}

extension SVDCase: CustomStringConvertible {
  public var description: String { "\(family) \(rows)x\(columns) \(scale) \(precision) \(seed)" }

  /// The case that `description` gives; `nil` where it gives none.
  public init?(_ description: String) {
    let words = description.split(separator: " ").map(String.init)
    guard words.count == 5, let family = MatrixFamily(rawValue: words[0]), let scale = MatrixScale(rawValue: words[2]),
      let precision = Precision(rawValue: words[3]), let seed = UInt64(words[4])
    else { return nil }
    let sizes = words[1].split(omittingEmptySubsequences: false) { $0 == "x" }.map { Int($0) }
    guard sizes.count == 2, let rows = sizes[0], let columns = sizes[1], rows >= 0, columns >= 0 else { return nil }
    self.init(family, rows: rows, columns: columns, scale: scale, precision: precision, seed: seed)
  }

  /// The case that is asked for, or all of them.
  public static let selected: [SVDCase] = TestRun.asked.map { [SVDCase($0)].compactMap { $0 } } ?? all

  /// The selected cases that satisfy `isIncluded`, in one group; none if there are none.
  public static func groups(where isIncluded: (SVDCase) -> Bool = { _ in true }) -> [SVDCaseGroup] {
    let cases = selected.filter(isIncluded)
    return cases.isEmpty ? [] : [SVDCaseGroup(cases: cases)]
  }
}

/// One argument of a test that runs many cases. A case an argument would cost a line of output each, and time quadratic in
/// their number.
public struct SVDCaseGroup: Sendable, CustomStringConvertible {
  public let cases: [SVDCase]

  public var description: String { cases.count == 1 ? "\(cases[0])" : "\(cases.count) cases" }
}
