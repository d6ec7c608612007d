"""The peers' SVDs, and how far a truncated one is from the best."""
import functools

import numpy
import torch
from safetensors import safe_open
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_torch

RANK = 20


def full_factors(weight, rank=RANK):
    """U S and Vᵀ to D = 20 of a full SVD."""
    u, s, vt = torch.linalg.svd(weight, full_matrices=False)
    return u[:, :rank] * s[:rank], vt[:rank]


def lowrank_factors(weight, q, niter, rank=RANK):
    """The same by PyTorch's randomised SVD, cut to D = 20 where it was asked for more."""
    u, s, v = torch.svd_lowrank(weight, q=q, niter=niter)
    return u[:, :rank] * s[:rank], v[:, :rank].T


class WarmStart:
    """The same by our algorithm: `halves` half iterations from the last call's vectors, right and left in turn."""

    def __init__(self, weight, size, halves):
        self.vectors, self.is_left = torch.linalg.svd(weight, full_matrices=False)[2][:size].T, False
        self.halves = halves

    def __call__(self, weight):
        for _ in range(self.halves):
            a, known = weight.T if self.is_left else weight, self.vectors
            # A V = Q R, so A ≈ Q R Vᵀ = (Q U') S (V V')ᵀ.
            self.vectors, r = torch.linalg.qr(a @ known)
            self.is_left = not self.is_left
        u, s, vt = torch.linalg.svd(r)
        new, old = self.vectors @ u[:, :RANK], known @ vt[:RANK].T
        return (new * s[:RANK], old.T) if self.is_left else (old * s[:RANK], new.T)


class Sequence:
    """The matrices of the truncated SVDs, each differing a little from the one before, and errors of approximations."""

    def __init__(self, path, count):
        self.file, self.count = safe_open(path, "pt"), count

    def __getitem__(self, number):
        return self.file.get_tensor(str(number))

    def error(self, number, left, right):
        """‖A − A_D‖_F / τ − 1, in double precision; τ = √(Σ dropped σ²), below which no approximation of this rank gets."""
        product = numpy.asarray(left, dtype=numpy.float64) @ numpy.asarray(right, dtype=numpy.float64)
        return float(numpy.linalg.norm(self[number].numpy() - product) / self.least(number) - 1)

    @functools.lru_cache(maxsize=None)
    def least(self, number):
        values = numpy.linalg.svd(self[number].numpy().astype(numpy.float64), compute_uv=False)
        return numpy.sqrt((values[RANK:] ** 2).sum())

    def our_error(self, ours, path):
        """The error of this package's last truncated SVD, whose factors go to `path`."""
        number = ours.ask("factors", path)["matrix"]
        factors = load_file(path)
        return self.error(number, factors["u"] * factors["singular_values"], factors["vt"])

    def least_work(self, error, numbers):
        """The q and niter with the fewest flops with which the error of PyTorch's randomised SVD is no larger than `error`;
        None if it takes more than four times the rank, or 64 iterations."""
        ways = [(q, niter) for q in (20, 25, 30, 40, 60, 80) for niter in (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)]
        # An iteration is two products with the matrix; two more are made in any case.
        for q, niter in sorted(ways, key=lambda way: way[0] * (2 * way[1] + 2)):
            if all(self.error(i, *lowrank_factors(self[i], q, niter)) <= error for i in numbers):
                return q, niter
        return None


class Large:
    """A large matrix, and errors of its approximations of rank D."""

    def __init__(self, ours, size, path):
        self.ours, self.path, self.rank = ours, path, ours.ask("large", size, path)["rank"]
        self.matrix = load_torch(path)["matrix"]
        # Products of single precision are exact in double precision, so these are the values' squares to 10⁻¹⁵ of the largest.
        double = self.matrix.double()
        squares = torch.linalg.eigvalsh(double @ double.T)
        self.least = squares[:-self.rank].clamp(min=0).sum().sqrt().item()

    def error(self, left, right):
        """‖A − A_D‖_F / τ − 1, as in `Sequence`."""
        return torch.linalg.norm(self.matrix.double() - left.double() @ right.double()).item() / self.least - 1

    def our_error(self):
        self.ours.ask("large_factors", self.path)
        factors = load_torch(self.path)
        return self.error(factors["u"] * factors["singular_values"], factors["vt"])

    def least_work(self, error, most=64):
        """The q and niter with the fewest flops with which PyTorch's randomised SVD has at most this error."""
        best = None
        for q in (self.rank + 10, self.rank * 5 // 4, self.rank * 3 // 2, self.rank * 2):
            for niter in range(2, most + 1, 2):
                work = q * (2 * niter + 2)
                if best and work >= best[0]:
                    break
                if self.error(*lowrank_factors(self.matrix, q, niter, self.rank)) <= error:
                    best = work, q, niter
                    break
        return best and best[1:]
