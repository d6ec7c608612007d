"""The works that are compared, each side with the same shapes and batches; a row of the table each."""
import functools

import numpy
import torch
from safetensors.numpy import load_file

import svds
from parity import normalised
from training import Training, network
from turns import alternate, fastest, seconds, spread

OPTIMISERS = {"foreach": {"foreach": True}, "fused": {"fused": True}, "one by one": {"foreach": False}}


class Works:
    """What the peers work on, in memory, and our program. `smoke`: a turn or two of everything, to see that it works."""

    def __init__(self, ours, folder, recipe, pixels, labels, smoke=False):
        self.ours, self.folder, self.configuration, self.labels = ours, folder, recipe["configuration"], labels
        self.directions, self.smoke = recipe["directions"], smoke
        self.turns, self.few_turns = (2, 2) if smoke else (11, 7)
        self.images = normalised(pixels, self.configuration["normalisation"], torch.float32)
        self.without_background = normalised(numpy.maximum(pixels, 1), self.configuration["normalisation"], torch.float32)
        trained = load_file(folder / "trained.safetensors")
        self.matrices = [trained[f"layers.{i}.weight"] for i in range(len(recipe["widths"]) - 2)]

    def all(self, sequence_length):
        """The rows, one after the other."""
        yield self.training("dense_epoch", "pytorch", "dense training", 60, 60)
        yield self.training("dense_epoch_without_zeros", "pytorch", "dense training", 30, 30)
        lowrank = functools.partial(svds.lowrank_factors, q=self.directions, niter=2)
        ways = {
            "pytorch": ("torch.linalg.svd", lambda _: svds.full_factors, 2),
            "pytorch_svd_lowrank": (f"torch.svd_lowrank(q={self.directions}, niter=2)", lambda _: lowrank, 10),
            "pytorch_warm_start": ("WarmStart, half an iteration", lambda w: svds.WarmStart(w, self.directions, 1), 20),
        }
        for peer, (how, factors, steps) in ways.items():
            yield self.training("dynamic_every_step", peer, how, 40, steps, factors)
        how, factors, steps = ways["pytorch_warm_start"]
        yield self.training("dynamic_every_step_without_zeros", "pytorch_warm_start", how, 20, steps, factors)
        yield from self.full()
        for work, halves in (("truncated_svd_track", 2), ("truncated_svd_follow", 1)):
            yield from self.truncated(work, halves, svds.Sequence(self.folder / "matrices.safetensors", sequence_length))
        for size in (2048, 4096)[:1 if self.smoke else 2]:
            yield from self.large(f"krylov_svd_{size}", svds.Large(self.ours, size, self.folder / "large.safetensors"))

    def training(self, work, peer, how, our_steps, their_steps, factors=None):
        """A training's row: the seconds of some steps, scaled to an epoch. PyTorch's optimiser goes the way that is the
        fastest here, and the network is compiled where that works and is faster."""
        without_zeros = work.endswith("without_zeros")
        plan = self.configuration["baseline"] if factors is None else self.configuration["part3"]["step"]
        file = "without_zeros" if without_zeros else "initial" if factors is None else "trained"
        images = self.without_background if without_zeros else self.images
        if without_zeros:  # the weights stay as they are, and nothing is dropped
            plan = dict(plan, learning_rate=0.0, dropout=0.0)

        def training(**way):
            model = network(self.folder / f"{file}.safetensors", plan["dropout"], factors)
            return Training(model, plan, images, self.labels, **way)

        slow = peer == "pytorch" and factors is not None
        compiled = not slow and (not self.smoke or work == "dense_epoch")  # a network takes some ten seconds
        way, options, tried = self.fastest(training, 1 if slow or self.smoke else 10, compiled)
        if self.smoke:
            our_steps, their_steps = 1, 1
        chosen = training(**options)
        scale = chosen.steps_per_epoch
        ours, theirs = alternate(
            work, peer, lambda: self.ours.seconds(work, our_steps) / our_steps * scale,
            lambda: seconds(chosen.step, their_steps) / their_steps * scale, self.few_turns if slow else self.turns)
        measured = {"ours": f"{our_steps} steps", "theirs": f"{their_steps} steps", "scaled_to": f"{scale} steps"}
        return row(
            work, peer, ours, theirs, "seconds per epoch", measured_on=measured, how=f"{how}; SGD: {way}",
            zeros_among_activations=chosen.zeros(), **tried)

    def fastest(self, training, count, compiled):
        """The fastest of PyTorch's optimisers, and that one with the network compiled. Returns its name, its options for
        `training`, and what was tried."""
        way, tried = fastest({name: training(**options).step for name, options in OPTIMISERS.items()}, count)
        options, facts = OPTIMISERS[way], {"seconds_a_step_by_way": tried}
        if compiled:
            name = f"{way}, compiled"
            try:
                _, more = fastest({name: training(compiled=True, **options).step}, count)
            except Exception as error:  # of many kinds: no C++ compiler, or what it cannot compile
                facts["compilation_failed"] = str(error).strip().splitlines()[0]
            else:
                tried.update(more)
                if tried[name] < tried[way]:
                    way, options = name, dict(options, compiled=True)
        return way, options, facts

    def full(self):
        """The whole SVDs of W1 … W5."""
        work, tensors = "full_svd_five_layers", [torch.from_numpy(a) for a in self.matrices]
        for peer, module, matrices in (("pytorch", torch, tensors), ("numpy", numpy, self.matrices)):
            def theirs():
                return seconds(lambda: [module.linalg.svd(a, full_matrices=False) for a in matrices], 1)

            times = alternate(work, peer, lambda: self.ours.seconds(work, 1), theirs, self.turns)
            yield row(
                work, peer, *times, "seconds", measured_on={"ours": "1 round", "theirs": "1 round"},
                how=f"{module.__name__}.linalg.svd")

    def truncated(self, work, halves, sequence):
        """Truncated SVDs of a matrix that changes a little from call to call: by PyTorch's randomised SVD with its own
        number of iterations, then with what it needs for an error no larger than ours, then from a warm start as ours."""
        def randomised(q, niter):
            return f"torch.svd_lowrank(q={q}, niter={niter})", lambda _: functools.partial(
                svds.lowrank_factors, q=q, niter=niter)

        calls = (sequence.count - 1) // (self.turns + 1)
        default = self.truncated_row(work, "pytorch", *randomised(svds.RANK, 2), sequence, calls)
        yield default
        numbers = [calls * (turn + 1) for turn in range(self.turns + 1)]
        found = sequence.least_work(default["relative_error"]["ours"], numbers)
        if found:
            yield self.truncated_row(work, "pytorch_equal_error", *randomised(*found), sequence, calls)
        how = f"WarmStart, {'half an iteration' if halves == 1 else 'an iteration'}"
        yield self.truncated_row(
            work, "pytorch_warm_start", how, lambda a: svds.WarmStart(a, self.directions, halves), sequence, calls)

    def large(self, work, large):
        """The leading triplets of a large matrix: by a full SVD, then by PyTorch's randomised SVD with what it needs for an
        error of 10⁻⁴, or no larger than ours if that is more."""
        self.ours.seconds(work, 1)
        error = max(large.our_error(), 1e-4)
        found = (large.rank + 10, 2) if self.smoke else large.least_work(error)
        ways = [("pytorch", "torch.linalg.svd", lambda: svds.full_factors(large.matrix, large.rank), self.few_turns)]
        if found:
            ways.append((
                "pytorch_equal_error", "torch.svd_lowrank(q={}, niter={})".format(*found),
                lambda: svds.lowrank_factors(large.matrix, *found, large.rank), self.turns))
        for peer, how, theirs, turns in ways:
            times = alternate(work, peer, lambda: self.ours.seconds(work, 1), lambda: seconds(theirs, 1), turns)
            yield row(
                work, peer, *times, "seconds", measured_on={"ours": "1 call", "theirs": "1 call"}, how=how,
                relative_error={"ours": large.our_error(), "theirs": large.error(*theirs())})

    def truncated_row(self, work, peer, how, factors, sequence, calls):
        """Both sides go through the sequence once, `calls` matrices a turn; the error is that of a turn's last."""
        self.ours.ask("restart")
        decompose, errors = factors(sequence[0]), {"ours": [], "theirs": []}

        def ours():
            time = self.ours.seconds(work, calls) / calls
            errors["ours"].append(sequence.our_error(self.ours, self.folder / "factors.safetensors"))
            return time

        def theirs():
            start = len(errors["theirs"]) * calls + 1
            matrices, result = [sequence[i] for i in range(start, start + calls)], []
            time = seconds(lambda: result.extend(decompose(a) for a in matrices), 1) / calls
            errors["theirs"].append(sequence.error(start + calls - 1, *result[-1]))
            return time

        times = alternate(work, peer, ours, theirs, self.turns)
        return row(
            work, peer, *times, "seconds", measured_on={"ours": f"{calls} calls", "theirs": f"{calls} calls"}, how=how,
            relative_error={side: max(values) for side, values in errors.items()})


def row(work, peer, ours, theirs, unit, **facts):
    """Medians and spread of the turns."""
    pairs = [b / a for a, b in zip(ours, theirs)]
    ours, theirs = spread(ours), spread(theirs)
    return {
        "work": work, "peer": peer, "ours": ours, "theirs": theirs, "ratio": theirs["median"] / ours["median"],
        "ratio_by_turn": spread(pairs), "unit": unit, "runs": len(pairs), **facts,
    }
