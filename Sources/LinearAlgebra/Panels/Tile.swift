import CKernels

/// Sizes that the layouts and the loops share; the C kernels have the same.
enum Tile {
  /// MR: rows of a panel. Three registers of eight `Float`s, and a multiple of the rows that a microkernel takes.
  @inline(__always) static var mr: Int { LOWRANK_MR }
  /// NR: lanes of a block, a vector each. Two registers of eight `Float`s.
  @inline(__always) static var nr: Int { LOWRANK_NR }
  /// Rows of two panels, which the sparse kernels take at once.
  @inline(__always) static var pair: Int { LOWRANK_PAIR }
  /// `Float`s in a cache line. For `Double`, prefetching loops touch every second line.
  @inline(__always) static var line: Int { LOWRANK_LINE }
}
