#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Microkernels on registers of sixteen floats. Each sum takes its terms from the first to the last by fused multiply–add, so
// its bits do not depend on the registers' width.

/// Whether processor and operating system support AVX-512 F. If not, no function below may be called.
bool lowrank_cpu_has_avx512f(void);

/// Adds `terms` columns of a panel, times the same elements of the vectors of one block or two, to `sums`: NR floats for
/// each of the panel's first `rows` rows. The sums begin with `start` (MR floats), or with what is stored if it is null.
/// The second block's vectors and sums begin `nextVectors` and `nextSums` floats after the first's.
/// Prefetches as many columns from `ahead` on if that is not null.
void lowrank_accumulate_rows(
  size_t blocks, const float *panel, const float *vectors, size_t nextVectors, size_t terms, const float *start, size_t rows,
  float *sums, size_t nextSums, const float *ahead);

/// Adds `rows` rows of panels that begin `stride` floats apart, times the same elements of the gradients of one block, to
/// `sums`: NR floats for each of the panels' first `columns` columns, at most MR. Sums begin with zero if `begins`, else
/// with what is stored. Reads MR columns. Prefetches what lies `ahead`, in floats, unless that is 0.
void lowrank_accumulate_columns(
  const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t columns, float *sums,
  ptrdiff_t ahead);

/// The same for two blocks, and at most MR / 2 columns. One function for both would take 4 % longer: its calls are short.
void lowrank_accumulate_columns_of_two(
  const float *panels, size_t stride, size_t rows, const float *gradients, size_t nextGradients, bool begins, size_t columns,
  float *sums, size_t nextSums, ptrdiff_t ahead);

/// Two sums, from `start` on, of elements times the rows at their offsets, in floats. A row or sum has PAIR elements.
void lowrank_accumulate_rows_at_offsets(
  const float *rows, const float *start, const float *firstElements, const uint32_t *firstOffsets, size_t firstCount,
  const float *secondElements, const uint32_t *secondOffsets, size_t secondCount, float *sums);

/// Adds to two sums elements times the rows at their indices.
void lowrank_accumulate_rows_at_indices(
  const float *rows, const float *firstElements, const uint8_t *firstIndices, size_t firstCount, const float *secondElements,
  const uint8_t *secondIndices, size_t secondCount, float *sums);
