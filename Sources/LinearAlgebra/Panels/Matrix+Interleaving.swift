extension Matrix where Scalar: BLASScalar {
  /// Writes the rows to `target`, `group` of them interleaved: element (i, j) goes to
  /// `(i / group) · group · columns + group j + i % group`. The workers share the groups.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func interleave(by group: Int, into target: inout [Scalar], workers: Workers = Workers(count: 1)) {
    guard !elements.isEmpty else { return }
    elements.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        workers.forEach(rows, by: group) { range, _ in
          let first = range.lowerBound * columns
          Scalar.transpose(
            source.baseAddress! + first, rows: range.count, columns: columns, stride: columns,
            to: target.baseAddress! + first, stride: group)
        }
      }
    }
  }

  /// The `rows` × `columns` matrix whose rows lie in `source`, `group` of them interleaved.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(rows: Int, columns: Int, interleaved source: [Scalar], by group: Int) {
    self.init(rows: rows, columns: columns)
    guard !elements.isEmpty else { return }
    source.withUnsafeBufferPointer { source in
      withElements { target in
        for first in stride(from: 0, to: rows, by: group) {
          Scalar.transpose(
            source.baseAddress! + first * columns, rows: columns, columns: min(group, rows - first), stride: group,
            to: target.baseAddress! + first * columns, stride: columns)
        }
      }
    }
  }
}
