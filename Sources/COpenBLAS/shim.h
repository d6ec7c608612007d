#pragma once
// OpenBLAS's C interface to BLAS, and LAPACKE, the C interface to LAPACK.
#include <cblas.h>
#include <lapacke.h>
