#pragma once

/// Asks for the cache line at `address`, to be written to soon; returns at once.
static inline void prefetchForWriting(const void *address) { __builtin_prefetch(address, 1, 3); }

/// Asks for the cache line at `address`, to be read soon; returns at once.
static inline void prefetchForReading(const void *address) { __builtin_prefetch(address, 0, 2); }
