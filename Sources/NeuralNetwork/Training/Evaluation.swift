import LinearAlgebra

extension Network {
  /// The class of each sample, that of its largest logit; `nil` where all logits are NaN.
  public func predictions(on samples: Samples<Scalar>, workers: Workers, batchSize: Int = 128) -> [Int?] {
    precondition(samples.width == inputs && samples.count > 0)
    let (inference, order) = (Inference(self), Array(0..<samples.count))
    let batches = stride(from: 0, to: samples.count, by: batchSize).map { order[$0..<min(samples.count, $0 + batchSize)] }
    // A batch for each worker, so that the output of a layer is in cache when the next one reads it.
    return workers.map(batches) { indices in
      var batch = InterleavedBatch<Scalar>(count: indices.count, width: samples.width)
      samples.gather(indices, into: &batch, workers: Workers(count: 1))
      let logits = inference.logits(batch, workers: Workers(count: 1)).matrix
      return (0..<indices.count).map { logits.largestColumn(inRow: $0) }
    }.flatMap { $0 }
  }

  /// The percentage of `samples` whose largest logit is that of the label. Where all logits are NaN, the answer is wrong.
  public func accuracy(on samples: Samples<Scalar>, workers: Workers, batchSize: Int = 128) -> Double {
    samples.accuracy(of: predictions(on: samples, workers: workers, batchSize: batchSize))
  }
}

extension Samples {
  /// The percentage of `predictions`, a class for each sample in order, that are the labels; none is wrong.
  public func accuracy(of predictions: [Int?]) -> Double {
    precondition(predictions.count == count)
    return Double(zip(predictions, labels).count { $0 == Int($1) }) * 100 / Double(count)
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
