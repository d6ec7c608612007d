#pragma once

enum {
  /// MR: rows of a panel of a matrix.
  LOWRANK_MR = 24,
  /// NR: lanes of a block of a batch, a vector each.
  LOWRANK_NR = 16,
  /// Rows of two panels, which the sparse kernels take at once.
  LOWRANK_PAIR = 2 * LOWRANK_MR,
};
