"""What is compressed: matrices and a network."""
import itertools

import numpy


def matrix(generator, rows, columns, decay=0.05):
    """A matrix of full rank whose singular values fall as those of trained layers do."""
    size = min(rows, columns)
    u, v = (numpy.linalg.qr(generator.standard_normal((length, size)))[0] for length in (rows, columns))
    return (u * numpy.exp(-decay * numpy.arange(size))) @ v.T


def chain(kind=numpy.float32, seed=1):
    """A fully connected network 100 → 80 → 120 → 64 → 9. The third layer has no bias; the last one is too small."""
    generator = numpy.random.default_rng(seed)
    tensors = {}
    for index, (n, m) in enumerate(itertools.pairwise([100, 80, 120, 64, 9])):
        tensors[f"fc{index}.weight"] = matrix(generator, m, n).astype(kind)
        if index != 2:
            tensors[f"fc{index}.bias"] = generator.standard_normal(m).astype(kind)
    return tensors


def forward(tensors, x):
    """The network on rows of x, with layers of one matrix or of two."""
    for layer in range(4):
        names = [f"fc{layer}"] if f"fc{layer}.weight" in tensors else [f"fc{layer}.0", f"fc{layer}.1"]
        for name in names:
            x = x @ tensors[f"{name}.weight"].T + tensors.get(f"{name}.bias", 0)
        x = numpy.maximum(x, 0) if layer < 3 else x
    return x
