import LinearAlgebra

extension Network {
  /// The class of each sample, that of its largest logit; `nil` where all logits are NaN.
  public func predictions(on samples: Samples<Scalar>, workers: Workers, batchSize: Int = 128) -> [Int?] {
    eachBatch(of: samples, workers: workers, batchSize: batchSize) { logits, _ in logits.largestColumns }.flatMap { $0 }
  }

  /// The percentage of `samples` as `accuracy(on:)` gives it, and the mean cross-entropy in nats.
  public func evaluation(
    on samples: Samples<Scalar>, workers: Workers, batchSize: Int = 128
  ) -> (accuracy: Double, loss: Double) {
    let batches = eachBatch(of: samples, workers: workers, batchSize: batchSize) { logits, indices in
      var gradient = Matrix<Scalar>(rows: logits.rows, columns: logits.columns)
      let loss = CrossEntropy.loss(logits: logits, labels: Array(samples.labels[indices]), gradient: &gradient)
      return (predictions: logits.largestColumns, loss: loss * Double(logits.rows))
    }
    return (
      samples.accuracy(of: batches.flatMap(\.predictions)), batches.reduce(0) { $0 + $1.loss } / Double(samples.count)
    )
  }

  /// `body` of the logits of each batch, and of the range of its samples; the results are in their order.
  public func eachBatch<Result>(
    of samples: Samples<Scalar>, workers: Workers, batchSize: Int = 128, _ body: (Matrix<Scalar>, Range<Int>) -> Result
  ) -> [Result] {
    precondition(samples.width == inputs && samples.count > 0)
    let (inference, order) = (Inference(self), Array(0..<samples.count))
    let batches = stride(from: 0, to: samples.count, by: batchSize).map { $0..<min(samples.count, $0 + batchSize) }
    // A batch for each worker, so that the output of a layer is in cache when the next one reads it.
    return workers.map(batches) { indices in
      var batch = InterleavedBatch<Scalar>(count: indices.count, width: samples.width)
      samples.gather(order[indices], into: &batch, workers: Workers(count: 1))
      return body(inference.logits(batch, workers: Workers(count: 1)).matrix, indices)
    }
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
  /// The column of the largest element of each row, NaN left out: of logits, the classes; `nil` where all are NaN.
  public var largestColumns: [Int?] { (0..<rows).map { largestColumn(inRow: $0) } }

  /// The column of the largest element, NaN left out; `nil` where all are NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func largestColumn(inRow row: Int) -> Int? {
    (0..<columns).filter { !self[row, $0].isNaN }.max { self[row, $0] < self[row, $1] }
  }
}
