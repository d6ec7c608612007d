extension Matrix where Scalar: BLASScalar {
  /// Writes the rows to `target`, `group` of them interleaved: element (i, j) goes to
  /// `(i / group) · group · columns + group j + i % group`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func interleave(by group: Int, into target: inout [Scalar]) {
    elements.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        for i in 0..<rows {
          let place = i / group * group * columns + i % group
          for j in 0..<columns { target[place + group * j] = source[i * columns + j] }
        }
      }
    }
  }

  /// The `rows` × `columns` matrix whose rows lie in `source`, `group` of them interleaved.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(rows: Int, columns: Int, interleaved source: [Scalar], by group: Int) {
    self.init(rows: rows, columns: columns)
    source.withUnsafeBufferPointer { source in
      withElements { target in
        for i in 0..<rows {
          let place = i / group * group * columns + i % group
          for j in 0..<columns { target[i * columns + j] = source[place + group * j] }
        }
      }
    }
  }
}
