extension Matrix where Scalar: BLASScalar {
  /// Aᵀ: `columns` × `rows`, by OpenBLAS's `omatcopy`. `JacobiSVD`, which calls no library, takes the general one.
  public var transposed: Matrix {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get {
      var result = Matrix(rows: columns, columns: rows)
      elements.withUnsafeBufferPointer { source in
        result.withElements { target in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          Scalar.transpose(source, rows: rows, columns: columns, stride: columns, to: target, stride: rows)
        }
      }
      return result
    }
  }
}
