extension UnsafePointer where Pointee: BLASScalar {
  /// The eight elements from here on.
  @inline(__always)
  var simd8: SIMD8<Pointee> { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
}

extension UnsafeMutablePointer where Pointee: BLASScalar {
  /// The eight elements from here on.
  @inline(__always)
  var simd8: SIMD8<Pointee> {
    get { UnsafeRawPointer(self).loadUnaligned(as: SIMD8<Pointee>.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: SIMD8<Pointee>.self) }
  }

  /// The sixteen elements from here on.
  @inline(__always)
  var simd16: SIMD16<Pointee> {
    get { UnsafeRawPointer(self).loadUnaligned(as: SIMD16<Pointee>.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: SIMD16<Pointee>.self) }
  }
}
