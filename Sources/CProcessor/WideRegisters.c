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

/// `rows` is a constant where this is called, so that the sums are registers.
INLINE void addRows(
  const size_t rows, const float *panel, const float *vectors, size_t terms, const float *start, size_t kept, float *sums,
  const float *ahead
) {
  Sixteen sum[24];
  UNROLL for (size_t row = 0; row < rows; row += 1) {
    sum[row] = start ? repeated(start[row]) : row < kept ? load(sums + 16 * row) : (Sixteen){};
  }
  if (ahead) {
    for (size_t term = 0; term < terms; term += 1) {
      // A column of a panel: its cache lines begin in one of these.
      __builtin_prefetch(ahead + 24 * term, 0, 2);
      __builtin_prefetch(ahead + 24 * term + 16, 0, 2);
      const Sixteen x = load(vectors + 16 * term);
      UNROLL for (size_t row = 0; row < rows; row += 1) {
        sum[row] = plusProduct(sum[row], repeated(panel[24 * term + row]), x);
      }
    }
  } else {
    for (size_t term = 0; term < terms; term += 1) {
      const Sixteen x = load(vectors + 16 * term);
      UNROLL for (size_t row = 0; row < rows; row += 1) {
        sum[row] = plusProduct(sum[row], repeated(panel[24 * term + row]), x);
      }
    }
  }
  UNROLL for (size_t row = 0; row < rows; row += 1) {
    if (row < kept) store(sums + 16 * row, sum[row]);
  }
}

WIDE void addPanelTerms(
  const float *panel, const float *vectors, size_t terms, const float *start, size_t rows, float *sums, const float *ahead
) {
  // Sums wait for their last term, so fewer than eight at a time would be no faster.
  if (rows > 20) return addRows(24, panel, vectors, terms, start, rows, sums, ahead);
  if (rows > 16) return addRows(20, panel, vectors, terms, start, rows, sums, ahead);
  if (rows > 8) return addRows(16, panel, vectors, terms, start, rows, sums, ahead);
  addRows(8, panel, vectors, terms, start, rows, sums, ahead);
}

INLINE void addColumns(
  const size_t columns, const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t kept,
  float *sums, ptrdiff_t ahead
) {
  Sixteen sum[24];
  UNROLL for (size_t column = 0; column < columns; column += 1) {
    sum[column] = !begins && column < kept ? load(sums + 16 * column) : (Sixteen){};
  }
  for (; rows > 0; panels += stride) {
    const size_t own = rows < 24 ? rows : 24;
    for (size_t row = 0; row < own; row += 1) {
      // Not all at once, as a processor waits for few lines at a time.
      if (ahead && 32 * row < 24 * columns) {
        __builtin_prefetch(panels + ahead + 32 * row, 0, 2);
        __builtin_prefetch(panels + ahead + 32 * row + 16, 0, 2);
      }
      const Sixteen y = load(gradients + 16 * row);
      UNROLL for (size_t column = 0; column < columns; column += 1) {
        sum[column] = plusProduct(sum[column], repeated(panels[24 * column + row]), y);
      }
    }
    rows -= own;
    gradients += 16 * 24;
  }
  UNROLL for (size_t column = 0; column < columns; column += 1) {
    if (column < kept) store(sums + 16 * column, sum[column]);
  }
}

WIDE void addPanelColumns(
  const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t columns, float *sums,
  ptrdiff_t ahead
) {
  if (columns > 12) return addColumns(24, panels, stride, rows, gradients, begins, columns, sums, ahead);
  addColumns(12, panels, stride, rows, gradients, begins, columns, sums, ahead);
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
