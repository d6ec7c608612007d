#pragma once
#include <stdbool.h>

/// Asks for the cache line at `address`, to be written to soon; returns at once.
static inline void prefetchForWriting(const void *address) { __builtin_prefetch(address, 1, 3); }

/// Whether the processor has what this program was compiled for.
static inline bool processorHasAVX2AndFMA(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return true;
#endif
}
