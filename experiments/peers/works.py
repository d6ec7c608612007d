"""The works that are compared, each side with the same shapes and batches; a row of the table each."""
import numpy
import torch
from safetensors.numpy import load_file

import svds
from parity import normalised
from training import Training, network
from turns import alternate, fastest, seconds, spread

TURNS = 11
# Of what takes minutes.
FEW_TURNS = 7


class Works:
    """What the peers work on, in memory, and our program."""

    def __init__(self, ours, folder, recipe, pixels, labels):
        self.ours, self.folder, self.recipe = ours, folder, recipe
        self.configuration = recipe["configuration"]
        self.labels = labels
        self.images = normalised(pixels, self.configuration["normalisation"], torch.float32)
        trained = load_file(folder / "trained.safetensors")
        self.matrices = [trained[f"layers.{i}.weight"] for i in range(len(recipe["widths"]) - 2)]

    def all(self):
        """The rows, one after the other."""
        yield self.dense()
        yield self.dynamic("pytorch", "torch.linalg.svd", svds.full_factors, steps=2, turns=FEW_TURNS)
        q = svds.RANK + self.configuration["part3"]["step"]["oversampling"]
        yield self.dynamic(
            "pytorch_svd_lowrank", f"torch.svd_lowrank(q={q}, niter=2)", lambda w: svds.lowrank_factors(w, q, 2), steps=10)
        yield self.full_pytorch()
        yield self.full_numpy()
        yield from self.truncated()

    def dense(self):
        """The baseline's training. PyTorch's optimiser goes the way that is the fastest here."""
        def training(**way):
            plan = self.configuration["baseline"]
            model = network(self.recipe["widths"], self.folder / "initial.safetensors", plan["dropout"])
            return Training(model, plan, self.images, self.labels, **way)

        ways = {"foreach": {"foreach": True}, "fused": {"fused": True}, "one by one": {"foreach": False}}
        way, tried = fastest({name: training(**options).step for name, options in ways.items()}, count=10)
        return self.epochs(
            "dense_epoch", "pytorch", training(**ways[way]), 60, 60,
            how=f"SGD, {way}: the fastest of those tried", seconds_a_step_by_way=tried)

    def dynamic(self, peer, how, factors, steps, turns=TURNS):
        """Dynamic SVD in every step, its gradient that of the weights themselves."""
        plan = self.configuration["part3"]["step"]
        model = network(
            self.recipe["widths"], self.folder / "trained.safetensors", plan["dropout"], factors=factors)
        training = Training(model, plan, self.images, self.labels)
        return self.epochs(
            "dynamic_every_step", peer, training, 40, steps, turns, how=f"{how} of each matrix in each forward pass")

    def epochs(self, work, peer, training, our_steps, their_steps, turns=TURNS, **facts):
        """A training's row: the seconds of some steps, scaled to an epoch."""
        scale = training.steps_per_epoch
        ours, theirs = alternate(
            work, peer, lambda: self.ours.seconds(work, our_steps) / our_steps * scale,
            lambda: seconds(training.step, their_steps) / their_steps * scale, turns)
        measured = {"ours": f"{our_steps} steps", "theirs": f"{their_steps} steps", "scaled_to": f"{scale} steps"}
        return row(work, peer, ours, theirs, "seconds per epoch", measured_on=measured, **facts)

    def full_pytorch(self):
        tensors = [torch.from_numpy(a) for a in self.matrices]
        return self.full("pytorch", lambda: [torch.linalg.svd(a, full_matrices=False) for a in tensors], "torch.linalg.svd")

    def full_numpy(self):
        return self.full("numpy", lambda: [numpy.linalg.svd(a, full_matrices=False) for a in self.matrices], "numpy.linalg.svd")

    def full(self, peer, body, how):
        """The whole SVDs of W1 … W5."""
        work = "full_svd_five_layers"
        ours, theirs = alternate(work, peer, lambda: self.ours.seconds(work, 1), lambda: seconds(body, 1), TURNS)
        return row(work, peer, ours, theirs, "seconds", measured_on={"ours": "1 round", "theirs": "1 round"}, how=how)

    def truncated(self):
        """Truncated SVDs of a matrix that changes a little from call to call: with PyTorch's defaults, then with what it needs
        for an error no larger than ours. It has no warm start."""
        truncations = svds.Truncations(self.folder / "matrices.safetensors")
        self.ours.seconds("truncated_svd_rank20", 20)
        error = truncations.our_error(self.ours, self.folder / "factors.safetensors")
        yield self.truncated_row("pytorch", truncations, error, q=svds.RANK, niter=2)
        found = truncations.least_work(error)
        if found:
            yield self.truncated_row("pytorch_equal_error", truncations, error, *found)

    def truncated_row(self, peer, truncations, our_error, q, niter):
        work, calls = "truncated_svd_rank20", 50
        order = [truncations.tensors[i % len(truncations.tensors)] for i in range(calls)]

        def theirs():
            return seconds(lambda: [torch.svd_lowrank(a, q=q, niter=niter) for a in order], 1) / calls

        times = alternate(work, peer, lambda: self.ours.seconds(work, calls) / calls, theirs, TURNS)
        errors = {"ours": our_error, "theirs": truncations.worst_error(q, niter)}
        return row(
            work, peer, *times, "seconds", measured_on={"ours": f"{calls} calls", "theirs": f"{calls} calls"},
            how=f"torch.svd_lowrank(q={q}, niter={niter})", relative_error=errors)


def row(work, peer, ours, theirs, unit, **facts):
    """Medians and spread of the turns."""
    pairs = [b / a for a, b in zip(ours, theirs)]
    ours, theirs = spread(ours), spread(theirs)
    return {
        "work": work, "peer": peer, "ours": ours, "theirs": theirs, "ratio": theirs["median"] / ours["median"],
        "ratio_by_turn": spread(pairs), "unit": unit, "runs": len(pairs), **facts,
    }
