#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)

// Lists of the elements that are not zero; NaN is not. Both functions return the number of elements listed. They need AVX2.

/// Lists the nonzeros of `count` elements in blocks of NR that begin `stride` floats apart, and `step` times the index of
/// each. Reads and may write whole blocks.
size_t lowrank_list_nonzeros_of_blocks(
  const float *source, size_t count, size_t stride, float *elements, uint32_t *offsets, uint32_t step);

/// Lists the nonzeros of `count` elements, at most 256, and the index of each. Reads and may write a multiple of eight.
size_t lowrank_list_nonzeros_of_row(const float *source, size_t count, float *elements, uint8_t *indices);

#endif
