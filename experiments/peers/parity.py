"""Whether we compute what PyTorch computes: the same training from the same weights on the same batches."""
import numpy
import torch

from training import Training, network

STEPS = 50


def parity(ours, folder, recipe, pixels, labels, precision):
    """Trains STEPS steps on both sides, without dropout, whose random numbers no two programs share.

    Returns both sides' losses, and how far they part at most.
    """
    path, dtype = folder / f"{precision}.safetensors", getattr(torch, precision)
    answer = ours.ask("parity", precision, STEPS, path)
    plan = dict(recipe["configuration"]["baseline"], dropout=0.0)
    images = normalised(pixels, recipe["configuration"]["normalisation"], dtype)
    model = network(recipe["widths"], path, plan["dropout"], dtype)
    training = Training(model, plan, images, labels, order=torch.tensor(answer["order"]))
    theirs = [training.step().item() for _ in range(STEPS)]
    differences = [abs(a - b) for a, b in zip(answer["losses"], theirs)]
    return {
        "steps": STEPS, "ours": answer["losses"], "theirs": theirs,
        "largest_difference": max(differences),
        "largest_relative_difference": max(d / abs(b) for d, b in zip(differences, theirs)),
    }


def normalised(pixels, normalisation, dtype):
    """Bytes as the network's inputs: (byte / 255 − mean) / deviation, rounded once."""
    table = (numpy.arange(256) / 255 - normalisation["mean"]) / normalisation["deviation"]
    return torch.from_numpy(numpy.take(table, pixels)).to(dtype)
