#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether the processor and the system have registers of sixteen `float`s (AVX-512 F), without which none of the loops below
/// may be called.
bool processorHasWideRegisters(void);

// They are compiled everywhere, so that what calls them is.
// Each sum runs over its terms from the first to the last by fused multiply and add, so the bits are those of registers of any width.

/// Adds, for sixteen vectors, `terms` terms of a panel's first `rows` rows, at most 24, to `sums`, sixteen a row, or writes them
/// there from `start` on (24 numbers) if that is not null. Asks for the lines of as many terms from `ahead` on if that is not null.
void addPanelTerms(
  const float *panel, const float *vectors, size_t terms, const float *start, size_t rows, float *sums, const float *ahead);

/// The same for two times sixteen, whose vectors and sums begin so many numbers after those of the first.
void addPanelTermsOfTwo(
  const float *panel, const float *vectors, size_t nextVectors, size_t terms, const float *start, size_t rows, float *sums,
  size_t nextSums, const float *ahead);

/// Adds, for sixteen vectors, the terms of so many `rows` of panels, which begin `stride` numbers apart, to the `sums` of their
/// first `columns` columns, at most 24, sixteen a column, or writes them there from zero on where it `begins`. Reads 24 columns.
/// Asks for what lies `ahead`, in numbers, unless that is 0.
void addPanelColumns(
  const float *panels, size_t stride, size_t rows, const float *gradients, bool begins, size_t columns, float *sums,
  ptrdiff_t ahead);

/// The same for two times sixteen, whose gradients and sums begin so many numbers after those of the first; 12 columns at most.
void addPanelColumnsOfTwo(
  const float *panels, size_t stride, size_t rows, const float *gradients, size_t nextGradients, bool begins, size_t columns,
  float *sums, size_t nextSums, ptrdiff_t ahead);

/// Two sums of 48, from `start` on: of numbers times the 48 that begin at their places.
void addTermsAtPlaces(
  const float *rows, const float *start, const float *firstNumbers, const uint32_t *firstPlaces, size_t firstCount,
  const float *secondNumbers, const uint32_t *secondPlaces, size_t secondCount, float *sums);

/// Adds to two sums of 48, side by side: numbers times rows of 48.
void addTermsOfRows(
  const float *rows, const float *firstNumbers, const uint8_t *firstRows, size_t firstCount, const float *secondNumbers,
  const uint8_t *secondRows, size_t secondCount, float *sums);
