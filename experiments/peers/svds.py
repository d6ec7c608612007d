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


def relative_error(matrix, left, right):
    """‖A − A_D‖_F / τ − 1, with τ = √(Σ dropped σ²), which no approximation of this rank gets below. In double precision."""
    a = numpy.asarray(matrix, dtype=numpy.float64)
    tail = numpy.linalg.svd(a, compute_uv=False)[RANK:]
    product = numpy.asarray(left, dtype=numpy.float64) @ numpy.asarray(right, dtype=numpy.float64)
    return float(numpy.linalg.norm(a - product) / numpy.sqrt((tail**2).sum()) - 1)


def our_error(ours, folder, matrices):
    """The error of the last truncated SVD of this package."""
    path = folder / "factors.safetensors"
    number = ours.ask("factors", path)["matrix"]
    factors = load_file(path)
    return relative_error(matrices[number], factors["u"] * factors["singular_values"], factors["vt"])


def worst_error(matrices, q, niter):
    """The greatest error of PyTorch's randomised SVD over the matrices."""
    return max(relative_error(a, *lowrank_factors(a, q, niter)) for a in matrices)


def least_work(matrices, error):
    """The q and niter of PyTorch's randomised SVD with the fewest flops whose error is no larger than `error`; None if more
    than 64 iterations or four times the rank would be needed."""
    tried = [(q, niter) for q in (20, 25, 30, 40, 60, 80) for niter in (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)]
    # An iteration is two products with the matrix, and there is one more product at each end.
    for q, niter in sorted(tried, key=lambda way: way[0] * (2 * way[1] + 2)):
        if worst_error(matrices[:1], q, niter) <= error and worst_error(matrices, q, niter) <= error:
            return q, niter
    return None
