"""Fully connected networks of NumPy, and what they compute, in double precision."""
import math

import container
import numpy

ERF = numpy.vectorize(math.erf, otypes=[float])
ACTIVATIONS = {
    "relu": lambda x: numpy.maximum(x, 0), "tanh": numpy.tanh, "sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
    "gelu": lambda x: x / 2 * (1 + ERF(x / math.sqrt(2))), "identity": lambda x: x}


class Perceptron:
    """A network of these widths, from the inputs to the classes, with normal weights, in a file of the place."""

    def __init__(self, place, widths, activation="relu", names=None, biases=True, kind="F32", extra=None, seed=1):
        """`biases`: for all layers or none, or a list. `extra`: further arrays of the file."""
        generator = numpy.random.default_rng([seed, *widths])
        count = len(widths) - 1
        self.widths, self.activation = widths, activation
        self.names = names or [f"layers.{index}" for index in range(count)]
        tensors = {}
        for inputs, outputs, name, has_bias in zip(
                widths, widths[1:], self.names, biases if isinstance(biases, list) else [biases] * count, strict=True):
            # So the activations keep their size through all layers.
            tensors[dotted(name, "weight")] = generator.standard_normal((outputs, inputs)) * math.sqrt(2 / inputs)
            if has_bias:
                tensors[dotted(name, "bias")] = generator.standard_normal(outputs) / 4
        stored = {name: container.stored(values, kind) for name, values in (tensors | (extra or {})).items()}
        # In another order than that of the layers.
        container.write(place.folder / "network.safetensors", dict(sorted(stored.items(), reverse=True)))
        self.tensors = {name: stored[name].values() for name in tensors}

    def inputs(self, count=400):
        """Normal inputs in single precision."""
        return numpy.random.default_rng(2).standard_normal((count, self.widths[0])).astype("f4")

    def logits(self, x):
        return logits(self.tensors, self.names, self.activation, x)


def logits(tensors, names, activation, x):
    """The logits of rows of x. A layer is one matrix, or two: NAME.0.weight and NAME.1.weight."""
    for index, name in enumerate(names):
        for part in [name] if dotted(name, "weight") in tensors else [dotted(name, "0"), dotted(name, "1")]:
            x = x.astype(float) @ tensors[dotted(part, "weight")].T.astype(float) + tensors.get(dotted(part, "bias"), 0)
        x = ACTIVATIONS[activation](x) if index < len(names) - 1 else x
    return x


def dotted(name, end):
    return f"{name}.{end}" if name else end
