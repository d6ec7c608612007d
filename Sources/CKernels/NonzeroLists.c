#include "NonzeroLists.h"

#include "TileSizes.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/// For each set of eight, as bits, its members in ascending order.
static uint8_t members[256][8];

__attribute__((constructor)) static void fill_members(void) {
  for (int set = 0; set < 256; set += 1) {
    int count = 0;
    for (int member = 0; member < 8; member += 1) {
      if (set >> member & 1) members[set][count++] = (uint8_t)member;
    }
  }
}

/// The nonzeros among the first `count` of eight elements, as bits.
AVX2 static inline unsigned nonzeros(__m256 eight, size_t count) {
  unsigned set = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(eight, _mm256_setzero_ps(), _CMP_NEQ_UQ));
  return count < 8 ? set & ((1u << count) - 1) : set;
}

AVX2 size_t lowrank_list_nonzeros_of_blocks(
  const float *source, size_t count, size_t stride, float *elements, uint32_t *offsets, uint32_t step
) {
  const __m256i steps = _mm256_mullo_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32((int)step));
  size_t found = 0;
  for (size_t i = 0; i < count; i += 8) {
    const __m256 eight = _mm256_loadu_ps(source + i / LOWRANK_NR * stride + i % LOWRANK_NR);
    const unsigned set = nonzeros(eight, count - i);
    const __m256i order = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)members[set]));
    const __m256i own = _mm256_add_epi32(steps, _mm256_set1_epi32((int)((uint32_t)i * step)));
    _mm256_storeu_ps(elements + found, _mm256_permutevar8x32_ps(eight, order));
    _mm256_storeu_si256((__m256i *)(offsets + found), _mm256_permutevar8x32_epi32(own, order));
    found += (size_t)__builtin_popcount(set);
  }
  return found;
}

AVX2 size_t lowrank_list_nonzeros_of_row(const float *source, size_t count, float *elements, uint8_t *indices) {
  size_t found = 0;
  for (size_t i = 0; i < count; i += 8) {
    const __m256 eight = _mm256_loadu_ps(source + i);
    const unsigned set = nonzeros(eight, count - i);
    const __m128i bytes = _mm_loadl_epi64((const __m128i *)members[set]);
    _mm256_storeu_ps(elements + found, _mm256_permutevar8x32_ps(eight, _mm256_cvtepu8_epi32(bytes)));
    _mm_storel_epi64((__m128i *)(indices + found), _mm_add_epi8(bytes, _mm_set1_epi8((char)i)));
    found += (size_t)__builtin_popcount(set);
  }
  return found;
}

#endif
