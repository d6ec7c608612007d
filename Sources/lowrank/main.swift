import COpenBLAS
print(String(cString: openblas_get_config()), String(cString: openblas_get_corename()), LAPACKE_get_nancheck())
