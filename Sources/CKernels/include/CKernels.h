#pragma once

#include <stddef.h>
#include <stdint.h>

#include "WideRegisters.h"

/// The C compiler that built this: its name, version and commit.
static inline const char *lowrank_compiler(void) { return "clang " __clang_version__; }

/// Asks for the cache line at `address`, to be written to soon; returns at once.
static inline void prefetchForWriting(const void *address) { __builtin_prefetch(address, 1, 3); }

/// Asks for the cache line at `address`, to be read soon; returns at once.
static inline void prefetchForReading(const void *address) { __builtin_prefetch(address, 0, 2); }

#if defined(__x86_64__)

/// Lists the numbers that are not zero, and NaN, of `count` in blocks of sixteen that begin `stride` numbers apart; and `place`
/// times the index of each. Reads and may write whole blocks. Returns how many there are.
size_t listNonzerosOfBlocks(
  const float *source, size_t count, size_t stride, float *numbers, uint32_t *places, uint32_t place);

/// Lists the numbers that are not zero, and NaN, of `count` up to 256; and the index of each. Reads and may write a multiple of
/// eight. Returns how many there are.
size_t listNonzerosOfRow(const float *source, size_t count, float *numbers, uint8_t *indices);

#endif
