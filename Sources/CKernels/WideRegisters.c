#include "WideRegisters.h"

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx512f")))
#else
#define WIDE
#endif
#define INLINE WIDE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

bool processorHasWideRegisters(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

/// A register: one instruction each where there are registers as wide, several elsewhere.
typedef float Sixteen __attribute__((vector_size(64)));
/// Sixteen numbers in memory, wherever they begin.
typedef float SixteenAnywhere __attribute__((vector_size(64), aligned(4), may_alias));

INLINE Sixteen load(const float *at) { return *(const SixteenAnywhere *)at; }
INLINE void store(float *at, Sixteen numbers) { *(SixteenAnywhere *)at = numbers; }
INLINE Sixteen repeated(float number) { return number - (Sixteen){}; }
INLINE Sixteen plusProduct(Sixteen sum, Sixteen x, Sixteen y) { return __builtin_elementwise_fma(x, y, sum); }

/// `rows` and `blocks` are constants where this is called, so that the sums are registers: at most 24.
INLINE void addRows(
  const size_t rows, const size_t blocks, const float *panel, const float *vectors, size_t nextVectors, size_t terms,
  const float *start, size_t kept, float *sums, size_t nextSums, const float *ahead
) {
  Sixteen sum[2][24];
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t row = 0; row < rows; row += 1) {
      const float *own = sums + block * nextSums + 16 * row;
      sum[block][row] = row >= kept ? (Sixteen){} : start ? repeated(start[row]) : load(own);
    }
  }
  for (size_t term = 0; term < terms; term += 1) {
    if (ahead) {
      // A column of a panel: its cache lines begin in one of these.
      __builtin_prefetch(ahead + 24 * term, 0, 2);
      __builtin_prefetch(ahead + 24 * term + 16, 0, 2);
    }
    UNROLL for (size_t row = 0; row < rows; row += 1) {
      const Sixteen w = repeated(panel[24 * term + row]);
      UNROLL for (size_t block = 0; block < blocks; block += 1) {
        sum[block][row] = plusProduct(sum[block][row], w, load(vectors + block * nextVectors + 16 * term));
      }
    }
  }
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t row = 0; row < rows; row += 1) {
      if (row < kept) store(sums + block * nextSums + 16 * row, sum[block][row]);
    }
  }
}

WIDE void addPanelTerms(
  const float *panel, const float *vectors, size_t terms, const float *start, size_t rows, float *sums, const float *ahead
) {
  // Sums wait for their last term, so fewer than eight at a time would be no faster.
  if (rows > 20) return addRows(24, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
  if (rows > 16) return addRows(20, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
  if (rows > 8) return addRows(16, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
  addRows(8, 1, panel, vectors, 0, terms, start, rows, sums, 0, ahead);
}

WIDE void addPanelTermsOfTwo(
  const float *panel, const float *vectors, size_t nextVectors, size_t terms, const float *start, size_t rows, float *sums,
  size_t nextSums, const float *ahead
) {
  const size_t once = rows > 20 || (rows > 10 && rows <= 12) ? 12 : 10;
  for (size_t row = 0; row < rows; row += once) {
    const float *own = start ? start + row : NULL;
    const float *asked = row == 0 ? ahead : NULL;
    if (once == 12) {
      addRows(12, 2, panel + row, vectors, nextVectors, terms, own, rows - row, sums + 16 * row, nextSums, asked);
    } else {
      addRows(10, 2, panel + row, vectors, nextVectors, terms, own, rows - row, sums + 16 * row, nextSums, asked);
    }
  }
}

/// The same of columns.
INLINE void addColumns(
  const size_t columns, const size_t blocks, const float *panels, size_t stride, size_t rows, const float *gradients,
  size_t nextGradients, bool begins, size_t kept, float *sums, size_t nextSums, ptrdiff_t ahead
) {
  Sixteen sum[2][24];
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t column = 0; column < columns; column += 1) {
      const float *own = sums + block * nextSums + 16 * column;
      sum[block][column] = begins || column >= kept ? (Sixteen){} : load(own);
    }
  }
  for (; rows > 0; panels += stride) {
    const size_t own = rows < 24 ? rows : 24;
    for (size_t row = 0; row < own; row += 1) {
      // Not all at once, as a processor waits for few lines at a time.
      if (ahead && 32 * row < 24 * columns) {
        __builtin_prefetch(panels + ahead + 32 * row, 0, 2);
        __builtin_prefetch(panels + ahead + 32 * row + 16, 0, 2);
      }
      UNROLL for (size_t column = 0; column < columns; column += 1) {
        const Sixteen w = repeated(panels[24 * column + row]);
        UNROLL for (size_t block = 0; block < blocks; block += 1) {
          sum[block][column] = plusProduct(sum[block][column], w, load(gradients + block * nextGradients + 16 * row));
        }
      }
    }
    rows -= own;
    gradients += 16 * 24;
  }
  UNROLL for (size_t block = 0; block < blocks; block += 1) {
    UNROLL for (size_t column = 0; column < columns; column += 1) {
      if (column < kept) store(sums + block * nextSums + 16 * column, sum[block][column]);
    }
  }
}

WIDE void addPanelColumns(
  const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t columns, float *sums,
  ptrdiff_t ahead
) {
  if (columns > 12) return addColumns(24, 1, panels, stride, rows, gradients, 0, begins, columns, sums, 0, ahead);
  addColumns(12, 1, panels, stride, rows, gradients, 0, begins, columns, sums, 0, ahead);
}

WIDE void addPanelColumnsOfTwo(
  const float *panels, size_t stride, size_t rows, const float *gradients, size_t nextGradients, bool begins, size_t columns,
  float *sums, size_t nextSums, ptrdiff_t ahead
) {
  addColumns(12, 2, panels, stride, rows, gradients, nextGradients, begins, columns, sums, nextSums, ahead);
}

typedef struct { Sixteen a, b, c; } FortyEight;

INLINE FortyEight loaded(const float *at) {
  return (FortyEight){load(at), load(at + 16), load(at + 32)};
}

INLINE void stored(FortyEight sums, float *at) {
  store(at, sums.a);
  store(at + 16, sums.b);
  store(at + 32, sums.c);
}

INLINE void added(FortyEight *sums, float number, const float *row) {
  const Sixteen x = repeated(number);
  sums->a = plusProduct(sums->a, x, load(row));
  sums->b = plusProduct(sums->b, x, load(row + 16));
  sums->c = plusProduct(sums->c, x, load(row + 32));
}

WIDE void addTermsAtPlaces(
  const float *rows, const float *start, const float *firstNumbers, const uint32_t *firstPlaces, size_t firstCount,
  const float *secondNumbers, const uint32_t *secondPlaces, size_t secondCount, float *sums
) {
  FortyEight first = loaded(start), second = first;
  size_t term = 0;
  for (; term < firstCount && term < secondCount; term += 1) {
    added(&first, firstNumbers[term], rows + firstPlaces[term]);
    added(&second, secondNumbers[term], rows + secondPlaces[term]);
  }
  for (size_t rest = term; rest < firstCount; rest += 1) added(&first, firstNumbers[rest], rows + firstPlaces[rest]);
  for (size_t rest = term; rest < secondCount; rest += 1) added(&second, secondNumbers[rest], rows + secondPlaces[rest]);
  stored(first, sums);
  stored(second, sums + 48);
}

WIDE void addTermsOfRows(
  const float *rows, const float *firstNumbers, const uint8_t *firstRows, size_t firstCount, const float *secondNumbers,
  const uint8_t *secondRows, size_t secondCount, float *sums
) {
  FortyEight first = loaded(sums), second = loaded(sums + 48);
  size_t term = 0;
  for (; term < firstCount && term < secondCount; term += 1) {
    added(&first, firstNumbers[term], rows + 48 * (size_t)firstRows[term]);
    added(&second, secondNumbers[term], rows + 48 * (size_t)secondRows[term]);
  }
  for (size_t rest = term; rest < firstCount; rest += 1) added(&first, firstNumbers[rest], rows + 48 * (size_t)firstRows[rest]);
  for (size_t rest = term; rest < secondCount; rest += 1) {
    added(&second, secondNumbers[rest], rows + 48 * (size_t)secondRows[rest]);
  }
  stored(first, sums);
  stored(second, sums + 48);
}
