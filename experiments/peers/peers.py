"""What the peers are: versions and libraries, for the record."""
import os
import platform

import numpy
import torch


def facts():
    openblas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torch_threads": torch.get_num_threads(),
        "torch_capability": torch.backends.cpu.get_cpu_capability(),
        "torch_blas": blas(torch.__config__.show()),
        "numpy": numpy.__version__,
        "numpy_blas": openblas.get("openblas configuration", openblas["name"]),
        "openblas_threads": os.environ["OPENBLAS_NUM_THREADS"],
    }


def blas(configuration):
    """The lines about the libraries for linear algebra in PyTorch's long account of its build."""
    return [line.strip(" -") for line in configuration.splitlines() if "Math Kernel" in line or "MKL-DNN" in line]
