#pragma once

#include "AVX512Kernels.h"
#include "NonzeroLists.h"
#include "Prefetch.h"
#include "TileSizes.h"
