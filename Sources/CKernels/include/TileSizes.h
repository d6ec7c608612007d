#pragma once

enum {
  /// MR: rows of a panel of a matrix.
  LOWRANK_MR = 24,
  /// NR: lanes of a block of a batch, a vector each.
  LOWRANK_NR = 16,
  /// Rows of two panels, which the sparse kernels take at once.
  LOWRANK_PAIR = 2 * LOWRANK_MR,
  /// Floats in a cache line.
  LOWRANK_LINE = 16,
  /// Columns that the AVX-512 kernel of dY W computes at once: for one block of vectors, and for two.
  LOWRANK_COLUMNS = LOWRANK_MR,
  LOWRANK_COLUMNS_OF_TWO = LOWRANK_COLUMNS / 2,
};
