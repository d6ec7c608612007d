"""Fully connected networks trained in PyTorch: evaluated, compressed and exported here, run there."""
import itertools

import numpy
from by_torch import need_torch
from exported import Exported, difference, evaluated
from oddity import oddity
from perceptrons import ACTIVATIONS

try:
    import lowrank_torch
    import torch
    from safetensors.torch import save_file
    from torch import nn
    MODULES = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU, "identity": nn.Identity}
except ImportError:
    torch = None


def sequential(widths, activation, biases):
    """A Sequential of layers and activations: 0.weight, 2.weight, …"""
    modules = []
    for n, m in itertools.pairwise(widths):
        modules += [nn.Linear(n, m, bias=biases), MODULES[activation]()]
    return nn.Sequential(*modules[:-1])


def listed(widths, activation, biases):
    """Layers in a ModuleList: layers.0.weight, layers.1.weight, …"""
    return Network([(f"layers.{index}", *size) for index, size in enumerate(itertools.pairwise(widths))], activation, biases)


def named(widths, activation, biases):
    """Layers with names: fc1.weight, fc2.weight, …, out.weight"""
    names = [*(f"fc{index}" for index in range(1, len(widths) - 1)), "out"]
    return Network([(name, *size) for name, size in zip(names, itertools.pairwise(widths))], activation, biases)


def Network(layers, activation, biases):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList()
            for name, n, m in layers:
                layer = nn.Linear(n, m, bias=biases)
                self.layers.append(layer) if name.startswith("layers.") else self.add_module(name, layer)
            if not self.layers:
                del self.layers
            self.activation = MODULES[activation]()

        def forward(self, x):
            for index, (name, _, _) in enumerate(layers):
                x = self.get_submodule(name)(x)
                x = self.activation(x) if index < len(layers) - 1 else x
            return x
    return Network()


WIDTHS = [[60, 7], [784, 300, 100, 10], [40, *[48] * 11, 6], [50, 4096, 5], [20, 1, 9]]


def blobs(inputs, classes, count=3000):
    """Samples around a centre a class."""
    generator = numpy.random.default_rng([inputs, classes])
    labels = generator.integers(0, classes, count)
    x = generator.standard_normal((classes, inputs))[labels] + generator.standard_normal((count, inputs))
    return x.astype("f4"), labels


def train(model, x, labels, steps=30):
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    for step in range(steps):
        batch = slice(step * 64 % 2000, step * 64 % 2000 + 64)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), labels[batch]).backward()
        optimizer.step()


def outputs(model, x):
    with torch.no_grad():
        return model.eval()(torch.from_numpy(x)).numpy()


@oddity
def trained(place):
    """networks trained in PyTorch, 1 to 12 layers, 1 to 4096 wide, of all activations and names: the same logits and classes"""
    need_torch()
    found, cases = 0, list(itertools.product(WIDTHS, ACTIVATIONS))
    for number, (widths, activation) in enumerate(cases):
        model = [sequential, listed, named][number % 3](widths, activation, number % 4 != 3)
        x, labels = blobs(widths[0], widths[-1])
        train(model, torch.from_numpy(x), torch.from_numpy(labels))
        save_file(model.state_dict(), place.folder / "network.safetensors")
        names = [name.removesuffix(".weight") for name in model.state_dict() if name.endswith(".weight")]
        try:
            found = max(found, Exported(place, names, activation).require(x, outputs(model, x)))
        except AssertionError as error:
            raise AssertionError(f"{widths}, {activation}, {names[0]}: {error}") from None
    return f"{len(cases)} networks, logits {found:.1e} apart at most"


@oddity
def compressed(place):
    """networks trained in PyTorch, compressed: evaluated here, loaded there, and run in ONNX Runtime, they are the same"""
    need_torch()
    found = 0
    for number, activation in enumerate(ACTIVATIONS):
        widths, make = [[784, 300, 100, 10], [64, 120, 120, 120, 9]][number % 2], [sequential, listed, named][number % 3]
        model = make(widths, activation, True)
        x, labels = blobs(widths[0], widths[-1])
        train(model, torch.from_numpy(x), torch.from_numpy(labels))
        save_file(model.state_dict(), place.folder / "network.safetensors")
        save_file({"x": torch.from_numpy(x), "y": torch.from_numpy(labels)}, place.folder / "train.safetensors")
        names = [name.removesuffix(".weight") for name in model.state_dict() if name.endswith(".weight")]
        for options in [["--rank", "12"], *(["--rank", "12", "--data", "train.safetensors", "--activation", activation,
                                             "--store", store] for store in ["same", "int8", "int4"])]:
            place.accepts("compress", "network.safetensors", "-o", "small.safetensors", *options, timeout=600)
            loaded = lowrank_torch.load(make(widths, activation, True), place.folder / "small.safetensors")
            found = max(found, Exported(place, names, activation, network="small.safetensors").require(x, outputs(loaded, x)))
    return f"logits {found:.1e} apart at most"
