#include "AVX512Kernels.h"

#include "Prefetch.h"
#include "TileSizes.h"

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f")))
#else
#define AVX512
#endif
#define INLINE AVX512 static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

enum { MR = LOWRANK_MR, NR = LOWRANK_NR, PAIR = LOWRANK_PAIR, LINE = LOWRANK_LINE };
enum { COLUMNS = LOWRANK_COLUMNS, COLUMNS_OF_TWO = LOWRANK_COLUMNS_OF_TWO };

bool lowrank_cpu_has_avx512f(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

/// A register of NR floats: other compilation targets use several.
typedef float Lanes __attribute__((vector_size(4 * LOWRANK_NR)));
/// The same in memory, at any address.
typedef float UnalignedLanes __attribute__((vector_size(4 * LOWRANK_NR), aligned(4), may_alias));

INLINE Lanes load(const float *at) { return *(const UnalignedLanes *)at; }
INLINE void store(float *at, Lanes values) { *(UnalignedLanes *)at = values; }
INLINE Lanes broadcast(float value) { return value - (Lanes){}; }
INLINE Lanes fma_lanes(Lanes sum, Lanes x, Lanes y) { return __builtin_elementwise_fma(x, y, sum); }

/// The microkernel of x Wᵀ, of `height` × (NR `blocks`) accumulators; both are constants in every call, so accumulators are
/// registers. The first `rows` rows of them are stored.
INLINE void accumulate_rows(
  const size_t height, const size_t blocks, const float *panel, const float *vectors, size_t nextVectors, size_t terms,
  const float *start, size_t rows, float *sums, size_t nextSums, const float *ahead
) {
  Lanes sum[2][MR];
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t row = 0; row < height; row += 1) {
      const float *own = sums + block * nextSums + NR * row;
      sum[block][row] = row >= rows ? (Lanes){} : start ? broadcast(start[row]) : load(own);
    }
  }
  for (size_t term = 0; term < terms; term += 1) {
    if (ahead) {
      // The cache lines of a panel's column begin in one of these.
      lowrank_prefetch_for_reading(ahead + MR * term);
      lowrank_prefetch_for_reading(ahead + MR * term + LINE);
    }
    UNROLL for (size_t row = 0; row < height; row += 1) {
      const Lanes w = broadcast(panel[MR * term + row]);
      UNROLL for (size_t block = 0; block < blocks; block += 1) {
        sum[block][row] = fma_lanes(sum[block][row], w, load(vectors + block * nextVectors + NR * term));
      }
    }
  }
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t row = 0; row < height; row += 1) {
      if (row < rows) store(sums + block * nextSums + NR * row, sum[block][row]);
    }
  }
}

AVX512 void lowrank_accumulate_rows(
  size_t blocks, const float *panel, const float *vectors, size_t nextVectors, size_t terms, const float *start, size_t rows,
  float *sums, size_t nextSums, const float *ahead
) {
  if (blocks == 1) {
    // Sums wait for their last term, so fewer than eight at a time would be no faster.
    if (rows > 20) return accumulate_rows(24, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
    if (rows > 16) return accumulate_rows(20, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
    if (rows > 8) return accumulate_rows(16, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
    return accumulate_rows(8, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
  }
  const size_t height = rows > 20 || (rows > 10 && rows <= 12) ? 12 : 10;
  for (size_t row = 0; row < rows; row += height) {
    const float *first = panel + row, *own = start ? start + row : NULL, *asked = row == 0 ? ahead : NULL;
    float *target = sums + NR * row;
    if (height == 12) {
      accumulate_rows(12, 2, first, vectors, nextVectors, terms, own, rows - row, target, nextSums, asked);
    } else {
      accumulate_rows(10, 2, first, vectors, nextVectors, terms, own, rows - row, target, nextSums, asked);
    }
  }
}

/// The microkernel of dY W, of `width` × (NR `blocks`) accumulators, constants as above. The first `columns` are stored.
INLINE void accumulate_columns(
  const size_t width, const size_t blocks, const float *panels, size_t stride, size_t rows, const float *gradients,
  size_t nextGradients, bool begins, size_t columns, float *sums, size_t nextSums, ptrdiff_t ahead
) {
  Lanes sum[2][COLUMNS];
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t column = 0; column < width; column += 1) {
      const float *own = sums + block * nextSums + NR * column;
      sum[block][column] = begins || column >= columns ? (Lanes){} : load(own);
    }
  }
  for (; rows > 0; panels += stride) {
    const size_t own = rows < MR ? rows : MR;
    for (size_t row = 0; row < own; row += 1) {
      // Two cache lines a row, as a processor has few loads under way at a time.
      if (ahead && 2 * LINE * row < MR * width) {
        lowrank_prefetch_for_reading(panels + ahead + 2 * LINE * row);
        lowrank_prefetch_for_reading(panels + ahead + 2 * LINE * row + LINE);
      }
      UNROLL for (size_t column = 0; column < width; column += 1) {
        const Lanes w = broadcast(panels[MR * column + row]);
        UNROLL for (size_t block = 0; block < blocks; block += 1) {
          sum[block][column] = fma_lanes(sum[block][column], w, load(gradients + block * nextGradients + NR * row));
        }
      }
    }
    rows -= own;
    gradients += NR * MR;
  }
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t column = 0; column < width; column += 1) {
      if (column < columns) store(sums + block * nextSums + NR * column, sum[block][column]);
    }
  }
}

AVX512 void lowrank_accumulate_columns(
  const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t columns, float *sums,
  ptrdiff_t ahead
) {
  if (columns > COLUMNS / 2) {
    return accumulate_columns(COLUMNS, 1, panels, stride, rows, gradients, 0, begins, columns, sums, 0, ahead);
  }
  accumulate_columns(COLUMNS / 2, 1, panels, stride, rows, gradients, 0, begins, columns, sums, 0, ahead);
}

AVX512 void lowrank_accumulate_columns_of_two(
  const float *panels, size_t stride, size_t rows, const float *gradients, size_t nextGradients, bool begins, size_t columns,
  float *sums, size_t nextSums, ptrdiff_t ahead
) {
  accumulate_columns(
    COLUMNS_OF_TWO, 2, panels, stride, rows, gradients, nextGradients, begins, columns, sums, nextSums, ahead);
}

/// Accumulators of the rows of two panels.
typedef struct { Lanes a, b, c; } PairSums;

INLINE PairSums load_pair(const float *at) { return (PairSums){load(at), load(at + NR), load(at + 2 * NR)}; }

INLINE void store_pair(float *at, PairSums sums) {
  store(at, sums.a);
  store(at + NR, sums.b);
  store(at + 2 * NR, sums.c);
}

INLINE void accumulate_row(PairSums *sums, float element, const float *row) {
  const Lanes x = broadcast(element);
  sums->a = fma_lanes(sums->a, x, load(row));
  sums->b = fma_lanes(sums->b, x, load(row + NR));
  sums->c = fma_lanes(sums->c, x, load(row + 2 * NR));
}

/// Elements, and the rows that they multiply: indices of rows, or offsets in floats.
typedef struct { const float *elements; const void *rows; size_t count; } Terms;

INLINE void accumulate_term(PairSums *sums, const float *rows, const bool byIndex, Terms terms, size_t term) {
  const size_t offset = byIndex ? PAIR * (size_t)((const uint8_t *)terms.rows)[term] : ((const uint32_t *)terms.rows)[term];
  accumulate_row(sums, terms.elements[term], rows + offset);
}

/// The sparse microkernel: two sums side by side, as the terms of one wait for each other.
INLINE void accumulate_terms(
  const float *rows, const bool byIndex, Terms first, Terms second, PairSums own, PairSums next, float *sums
) {
  size_t both = 0;
  for (; both < first.count && both < second.count; both += 1) {
    accumulate_term(&own, rows, byIndex, first, both);
    accumulate_term(&next, rows, byIndex, second, both);
  }
  for (size_t rest = both; rest < first.count; rest += 1) accumulate_term(&own, rows, byIndex, first, rest);
  for (size_t rest = both; rest < second.count; rest += 1) accumulate_term(&next, rows, byIndex, second, rest);
  store_pair(sums, own);
  store_pair(sums + PAIR, next);
}

AVX512 void lowrank_accumulate_rows_at_offsets(
  const float *rows, const float *start, const float *firstElements, const uint32_t *firstOffsets, size_t firstCount,
  const float *secondElements, const uint32_t *secondOffsets, size_t secondCount, float *sums
) {
  const Terms first = {firstElements, firstOffsets, firstCount}, second = {secondElements, secondOffsets, secondCount};
  const PairSums own = load_pair(start);
  accumulate_terms(rows, false, first, second, own, own, sums);
}

AVX512 void lowrank_accumulate_rows_at_indices(
  const float *rows, const float *firstElements, const uint8_t *firstIndices, size_t firstCount, const float *secondElements,
  const uint8_t *secondIndices, size_t secondCount, float *sums
) {
  const Terms first = {firstElements, firstIndices, firstCount}, second = {secondElements, secondIndices, secondCount};
  accumulate_terms(rows, true, first, second, load_pair(sums), load_pair(sums + PAIR), sums);
}
