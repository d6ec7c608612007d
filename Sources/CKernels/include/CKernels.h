#pragma once

#include "AVX512Kernels.h"
#include "NonzeroLists.h"
#include "Prefetch.h"
#include "TileSizes.h"

/// The C compiler that built this: its name, version and commit.
static inline const char *lowrank_compiler(void) { return "clang " __clang_version__; }
