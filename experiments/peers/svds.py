"""The peers' SVDs, and how far a truncated one is from the best."""
import numpy
import torch
from safetensors.numpy import load_file

RANK = 20


def full_factors(weight):
    """U S and Vᵀ to D = 20 of a full SVD."""
    u, s, vt = torch.linalg.svd(weight, full_matrices=False)
    return u[:, :RANK] * s[:RANK], vt[:RANK]


def lowrank_factors(weight, q, niter):
    """The same by PyTorch's randomised SVD, cut to D = 20 where it was asked for more."""
    u, s, v = torch.svd_lowrank(weight, q=q, niter=niter)
    return u[:, :RANK] * s[:RANK], v[:, :RANK].T


class Truncations:
    """Matrices, each differing a little from the one before, and the errors of their approximations of rank D."""

    def __init__(self, path):
        exported = load_file(path)
        self.arrays = [exported[str(i)] for i in range(len(exported))]
        self.tensors = [torch.from_numpy(a) for a in self.arrays]
        values = [numpy.linalg.svd(a.astype(numpy.float64), compute_uv=False) for a in self.arrays]
        self.least = [numpy.sqrt((s[RANK:] ** 2).sum()) for s in values]

    def error(self, number, left, right):
        """‖A − A_D‖_F / τ − 1, with τ = √(Σ dropped σ²), which no approximation of this rank gets below. In double precision."""
        product = numpy.asarray(left, dtype=numpy.float64) @ numpy.asarray(right, dtype=numpy.float64)
        return float(numpy.linalg.norm(self.arrays[number] - product) / self.least[number] - 1)

    def our_error(self, ours, path):
        """The error of this package's last truncated SVD, whose factors go to `path`."""
        number = ours.ask("factors", path)["matrix"]
        factors = load_file(path)
        return self.error(number, factors["u"] * factors["singular_values"], factors["vt"])

    def worst_error(self, q, niter, count=None):
        """The greatest error of PyTorch's randomised SVD, of the first `count` matrices or of all."""
        return max(self.error(i, *lowrank_factors(a, q, niter)) for i, a in enumerate(self.tensors[:count]))

    def least_work(self, error):
        """The q and niter with the fewest flops with which PyTorch's error is no larger than `error`; None if it takes more than
        four times the rank, or 64 iterations."""
        ways = [(q, niter) for q in (20, 25, 30, 40, 60, 80) for niter in (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)]
        # An iteration is two products with the matrix; two more are made in any case.
        for q, niter in sorted(ways, key=lambda way: way[0] * (2 * way[1] + 2)):
            if self.worst_error(q, niter, count=1) <= error and self.worst_error(q, niter) <= error:
                return q, niter
        return None
