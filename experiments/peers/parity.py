"""Whether we compute what PyTorch computes: the same trainings from the same weights on the same batches."""
import numpy
import torch

import svds
from agreement import difference
from training import Training, network

# The steps of each training, and how far its losses may part, in the first ten steps and in all. In single precision, the
# input of a ReLU within rounding of zero turns a unit on in one training and off in the other, and from there on they go
# apart. Half a subspace iteration a step comes near to the full SVD; it is not the same.
ROUNDING = {"float64": (1e-10, 1e-10), "float32": (1e-4, 3e-2)}
CASES = {
    "dense": {"steps": 50, "limits": ROUNDING},
    "plain_dense": {"steps": 50, "limits": ROUNDING},
    "low_rank": {"steps": 50, "limits": ROUNDING},
    "dynamic": {"steps": 5, "limits": ROUNDING},
    "dynamic_by_half_iterations": {"steps": 5, "limits": {"float64": (2e-2, 2e-2), "float32": (2e-2, 2e-2)}},
}


def parities(ours, folder, recipe, pixels, labels, steps=None):
    """A record for each training and precision; `steps`: no more than these."""
    records = []
    for precision in ("float64", "float32"):
        images = normalised(pixels, recipe["configuration"]["normalisation"], getattr(torch, precision))
        for case, rule in CASES.items():
            count = min(rule["steps"], steps or rule["steps"])
            records.append(parity(ours, folder, images, labels, case, precision, count, rule["limits"][precision]))
    return records


def parity(ours, folder, images, labels, case, precision, steps, limits):
    """Trains on both sides, without dropout, whose random values no two programs share.

    Returns both sides' losses and how far they part, at first and at most; and for the dense network, how far PyTorch on one
    thread parts from itself, which adds up in another order: what rounding alone does.
    """
    path = folder / "parity.safetensors"
    answer = ours.ask("parity", case, precision, steps, path)

    def losses():
        model = network(path, 0.0, factors=(lambda _: svds.full_factors) if case.startswith("dynamic") else None)
        training = Training(model, answer["plan"], images, labels, order=torch.tensor(answer["order"]))
        return [training.step().item() for _ in range(steps)]

    record = {"case": case, "precision": precision, "steps": steps, "ours": answer["losses"], "theirs": losses()}
    record["limits"] = dict(zip(("early", "all"), limits))
    record["difference"] = difference(record["ours"], record["theirs"])
    threads = torch.get_num_threads()
    if case == "dense" and threads > 1:
        torch.set_num_threads(1)
        record["theirs_on_one_thread"] = losses()
        torch.set_num_threads(threads)
        record["difference_of_theirs"] = difference(record["theirs_on_one_thread"], record["theirs"])
    return record


def normalised(pixels, normalisation, dtype):
    """Bytes as the network's inputs: (byte / 255 − mean) / deviation, rounded once."""
    table = (numpy.arange(256) / 255 - normalisation["mean"]) / normalisation["deviation"]
    return torch.from_numpy(numpy.take(table, pixels)).to(dtype)
