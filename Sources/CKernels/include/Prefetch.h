#pragma once

/// Starts to load the cache line at `address`, which will be written.
static inline void lowrank_prefetch_for_writing(const void *address) { __builtin_prefetch(address, 1, 3); }

/// Starts to load the cache line at `address`, which will be read.
static inline void lowrank_prefetch_for_reading(const void *address) { __builtin_prefetch(address, 0, 2); }
