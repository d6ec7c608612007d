import LinearAlgebra

extension Network {
  /// The percentage of `samples` whose largest logit is that of the label. Where all logits are NaN, the answer is wrong.
  public func accuracy(on samples: Samples<Scalar>, workers: Workers, batchSize: Int = 128) -> Double {
    precondition(samples.width == inputs && samples.count > 0)
    let (inference, order) = (Inference(self), Array(0..<samples.count))
    let batches = stride(from: 0, to: samples.count, by: batchSize).map { order[$0..<min(samples.count, $0 + batchSize)] }
    // A batch for each worker, so that the output of a layer is in cache when the next one reads it.
    let correct = workers.map(batches) { indices in
      var batch = InterleavedBatch<Scalar>(count: indices.count, width: samples.width)
      samples.gather(indices, into: &batch, workers: Workers(count: 1))
      let logits = inference.logits(batch, workers: Workers(count: 1)).matrix
      return indices.enumerated().count { row, index in logits.largestColumn(inRow: row) == Int(samples.labels[index]) }
    }
    return Double(correct.reduce(0, +)) * 100 / Double(samples.count)
  }
}

extension Matrix {
  /// The column of the largest element, NaN left out; `nil` where all are NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func largestColumn(inRow row: Int) -> Int? {
    (0..<columns).filter { !self[row, $0].isNaN }.max { self[row, $0] < self[row, $1] }
  }
}
