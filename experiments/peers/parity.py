"""Whether we compute what PyTorch computes: the same training from the same weights on the same batches."""
import statistics

import numpy
import torch

from training import Training, network

STEPS = 50


def parity(ours, folder, recipe, pixels, labels, precision):
    """Trains STEPS steps on both sides, without dropout, whose random values no two programs share.

    Returns both sides' losses and how far they part at most; and how far PyTorch on one thread parts from itself, which adds
    up in another order: what rounding alone does. In single precision that is much: where the input of a ReLU is within
    rounding of zero, its unit is on in one training and off in the other, and from there on they go apart.
    """
    path, dtype = folder / f"{precision}.safetensors", getattr(torch, precision)
    answer = ours.ask("parity", precision, STEPS, path)
    plan = dict(recipe["configuration"]["baseline"], dropout=0.0)
    images = normalised(pixels, recipe["configuration"]["normalisation"], dtype)

    def losses():
        model = network(recipe["widths"], path, plan["dropout"], dtype)
        training = Training(model, plan, images, labels, order=torch.tensor(answer["order"]))
        return [training.step().item() for _ in range(STEPS)]

    theirs, threads = losses(), torch.get_num_threads()
    torch.set_num_threads(1)
    theirs_alone = losses()
    torch.set_num_threads(threads)
    return {
        "steps": STEPS, "ours": answer["losses"], "theirs": theirs, "theirs_on_one_thread": theirs_alone,
        "difference": difference(answer["losses"], theirs),
        "difference_of_theirs": difference(theirs_alone, theirs) if threads > 1 else None,
    }


def difference(losses, others):
    """The largest difference of a step's losses, absolute and relative, and the median one."""
    absolute = [abs(a - b) for a, b in zip(losses, others)]
    return {
        "largest": max(absolute), "median": statistics.median(absolute),
        "largest_relative": max(d / abs(b) for d, b in zip(absolute, others)),
    }


def normalised(pixels, normalisation, dtype):
    """Bytes as the network's inputs: (byte / 255 − mean) / deviation, rounded once."""
    table = (numpy.arange(256) / 255 - normalisation["mean"]) / normalisation["deviation"]
    return torch.from_numpy(numpy.take(table, pixels)).to(dtype)
