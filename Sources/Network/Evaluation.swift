import LinearAlgebra

extension Network {
  /// The share of `samples` whose largest logit is that of its label, in percent; NaN logits are wrong answers.
  public func accuracy(on samples: Samples<Scalar>, workers: Workers, batchSize: Int = 1000) -> Double {
    precondition(samples.width == inputs && samples.count > 0)
    let order = Array(0..<samples.count)
    var correct = 0
    for start in stride(from: 0, to: samples.count, by: batchSize) {
      let indices = order[start..<min(samples.count, start + batchSize)]
      var batch = Matrix<Scalar>(rows: indices.count, columns: samples.width)
      samples.gather(indices, into: &batch)
      let logits = logits(batch, workers: workers)
      for row in 0..<logits.rows where logits.largestColumn(inRow: row) == Int(samples.labels[start + row]) { correct += 1 }
    }
    return Double(correct) * 100 / Double(samples.count)
  }
}

extension Matrix {
  /// The first column with the largest element; `nil` where none is a number.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func largestColumn(inRow row: Int) -> Int? {
    (0..<columns).filter { !self[row, $0].isNaN }.max { self[row, $0] < self[row, $1] }
  }
}
