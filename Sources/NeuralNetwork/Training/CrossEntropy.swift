import LinearAlgebra

/// Softmax cross-entropy.
public enum CrossEntropy {
  /// The mean loss of a batch in nats, and its gradient with respect to the logits (both batch × classes):
  /// (softmax(z) − one-hot(label)) / batch.
  ///
  /// All is computed in double precision. The largest logit is subtracted first, so that no exponential overflows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func loss<Scalar: BLASScalar>(
    logits: Matrix<Scalar>, labels: [UInt8], gradient: inout Matrix<Scalar>
  ) -> Double {
    precondition(labels.count == logits.rows && gradient.rows == logits.rows && gradient.columns == logits.columns)
    var total = 0.0
    let share = 1 / Double(logits.rows)
    gradient.fillRows { row, values in
      let z = (0..<logits.columns).map { Double(logits[row, $0]) }
      let largest = z.max() ?? 0
      let exponentials = z.map { Elementary.exp($0 - largest) }
      let sum = exponentials.reduce(0, +)
      let label = Int(labels[row])
      total += Elementary.log(sum) - (z[label] - largest)
      for column in z.indices { values[column] = Scalar((exponentials[column] / sum - (column == label ? 1 : 0)) * share) }
    }
    return total * share
  }
}
