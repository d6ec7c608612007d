import Results

extension NetworkGroup {
  /// The mean of a size over the seeds: ranks that are chosen by the weights differ between them.
  func mean(_ size: (Row) -> Int) -> Double { Interval(rows.map { Double(size($0)) })?.mean ?? .nan }
}
