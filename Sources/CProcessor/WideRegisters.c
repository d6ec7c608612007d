#include "WideRegisters.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f")))
#define INLINE WIDE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

bool processorHasWideRegisters(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f");
}

/// `rows` is a constant where this is called, so that the sums are registers.
INLINE void addRows(
  const size_t rows, const float *panel, const float *vectors, size_t terms, const float *start, size_t kept, float *sums,
  const float *ahead
) {
  __m512 sum[24];
  UNROLL for (size_t row = 0; row < rows; row += 1) {
    sum[row] = start ? _mm512_set1_ps(start[row]) : row < kept ? _mm512_loadu_ps(sums + 16 * row) : _mm512_setzero_ps();
  }
  if (ahead) {
    for (size_t term = 0; term < terms; term += 1) {
      // A column of a panel: its cache lines begin in one of these.
      __builtin_prefetch(ahead + 24 * term, 0, 2);
      __builtin_prefetch(ahead + 24 * term + 16, 0, 2);
      const __m512 x = _mm512_loadu_ps(vectors + 16 * term);
      UNROLL for (size_t row = 0; row < rows; row += 1) {
        sum[row] = _mm512_fmadd_ps(_mm512_set1_ps(panel[24 * term + row]), x, sum[row]);
      }
    }
  } else {
    for (size_t term = 0; term < terms; term += 1) {
      const __m512 x = _mm512_loadu_ps(vectors + 16 * term);
      UNROLL for (size_t row = 0; row < rows; row += 1) {
        sum[row] = _mm512_fmadd_ps(_mm512_set1_ps(panel[24 * term + row]), x, sum[row]);
      }
    }
  }
  UNROLL for (size_t row = 0; row < rows; row += 1) {
    if (row < kept) _mm512_storeu_ps(sums + 16 * row, sum[row]);
  }
}

WIDE void addPanelTerms(
  const float *panel, const float *vectors, size_t terms, const float *start, size_t rows, float *sums, const float *ahead
) {
  // Sums wait for their last term, so fewer than eight at a time would be no faster.
  if (rows > 16) return addRows(24, panel, vectors, terms, start, rows, sums, ahead);
  if (rows > 8) return addRows(16, panel, vectors, terms, start, rows, sums, ahead);
  addRows(8, panel, vectors, terms, start, rows, sums, ahead);
}

INLINE void addColumns(
  const size_t columns, const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t kept,
  float *sums, ptrdiff_t ahead
) {
  __m512 sum[24];
  UNROLL for (size_t column = 0; column < columns; column += 1) {
    sum[column] = !begins && column < kept ? _mm512_loadu_ps(sums + 16 * column) : _mm512_setzero_ps();
  }
  for (; rows > 0; panels += stride) {
    if (ahead) {
      for (size_t place = 0; place < 24 * columns; place += 16) __builtin_prefetch(panels + ahead + place, 0, 2);
    }
    const size_t own = rows < 24 ? rows : 24;
    for (size_t row = 0; row < own; row += 1) {
      const __m512 y = _mm512_loadu_ps(gradients + 16 * row);
      UNROLL for (size_t column = 0; column < columns; column += 1) {
        sum[column] = _mm512_fmadd_ps(_mm512_set1_ps(panels[24 * column + row]), y, sum[column]);
      }
    }
    rows -= own;
    gradients += 16 * 24;
  }
  UNROLL for (size_t column = 0; column < columns; column += 1) {
    if (column < kept) _mm512_storeu_ps(sums + 16 * column, sum[column]);
  }
}

WIDE void addPanelColumns(
  const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t columns, float *sums,
  ptrdiff_t ahead
) {
  if (columns > 12) return addColumns(24, panels, stride, rows, gradients, begins, columns, sums, ahead);
  addColumns(12, panels, stride, rows, gradients, begins, columns, sums, ahead);
}

typedef struct { __m512 a, b, c; } FortyEight;

INLINE FortyEight loaded(const float *at) {
  return (FortyEight){_mm512_loadu_ps(at), _mm512_loadu_ps(at + 16), _mm512_loadu_ps(at + 32)};
}

INLINE void stored(FortyEight sums, float *at) {
  _mm512_storeu_ps(at, sums.a);
  _mm512_storeu_ps(at + 16, sums.b);
  _mm512_storeu_ps(at + 32, sums.c);
}

INLINE void added(FortyEight *sums, float number, const float *row) {
  const __m512 x = _mm512_set1_ps(number);
  sums->a = _mm512_fmadd_ps(x, _mm512_loadu_ps(row), sums->a);
  sums->b = _mm512_fmadd_ps(x, _mm512_loadu_ps(row + 16), sums->b);
  sums->c = _mm512_fmadd_ps(x, _mm512_loadu_ps(row + 32), sums->c);
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

#endif
