import LinearAlgebra
import TestSupport
import Testing

extension SVDCaseGroup {
  /// Runs `body` for each case. An error that it throws fails the test with the case's line; the other cases still run.
  func run(sourceLocation: SourceLocation = #_sourceLocation, _ body: (SVDCase) throws -> Void) {
    for one in cases {
      TestRun.trace(one)
      do { try body(one) } catch {
        // `#require` has recorded its message, which does not name the case.
        let message = error is ExpectationFailedError ? "" : "\(error); "
        Issue.record("\(message)LOWRANK_CASE='\(one)'", sourceLocation: sourceLocation)
      }
    }
  }
}

/// Expects a small `ratio`, and enters it into the ledger.
func expectSmall(_ ratio: Double, _ property: String, of one: SVDCase, sourceLocation: SourceLocation = #_sourceLocation) {
  Ledger.enter(ratio, property: property, family: one.family.rawValue, of: one.description)
  // `#expect` takes longer than computing most ratios, so it is called only where it fails.
  if ratio < ErrorRatios.bound { return }
  #expect(ratio < ErrorRatios.bound, "\(property); LOWRANK_CASE='\(one)'", sourceLocation: sourceLocation)
}

/// Expects finite values ≥ 0, descending.
func expectOrdered<Scalar: BLASScalar>(
  _ values: [Scalar], of one: SVDCase, sourceLocation: SourceLocation = #_sourceLocation
) {
  let isOrdered = zip(values, values.dropFirst()).allSatisfy { $0 >= $1 }
  if isOrdered && values.allSatisfy({ $0 >= 0 && $0.isFinite }) { return }
  Issue.record(
    "found the values \(values), expected finite ones ≥ 0, descending; LOWRANK_CASE='\(one)'", sourceLocation: sourceLocation
  )
}
