"""Makes the data and the network of experiments/own.yaml with NumPy alone, as somebody may bring them along.

    python3 experiments/own/make.py

The data are drawn: grey images of 10×10 pixels, each with one of six shapes. The network has layers fc1, fc2 and fc3 with ReLU, and
is trained by plain SGD. All go into safetensors files beside this script; the format is eight bytes, a header in JSON, and the bytes.
"""
import json
import pathlib

import numpy

FOLDER = pathlib.Path(__file__).resolve().parent
SIZE = 10
SHAPES = ["disc", "ring", "square", "cross", "triangle", "stripes"]
WIDTHS = [SIZE * SIZE, 64, 32, len(SHAPES)]
MEAN, DEVIATION = 0.25, 0.3


def image(shape, stream):
    """A shape with a place, a size, a slant and a brightness of its own on a noisy background, as bytes."""
    rows, columns = numpy.mgrid[0:SIZE, 0:SIZE].astype(float)
    middle, radius, angle = stream.uniform(3.7, 5.3, 2), stream.uniform(2.8, 4.2), stream.uniform(-0.4, 0.4)
    y, x = (rows - middle[0]) / radius, (columns - middle[1]) / radius
    x, y = x * numpy.cos(angle) - y * numpy.sin(angle), x * numpy.sin(angle) + y * numpy.cos(angle)
    distance, side = numpy.hypot(x, y), numpy.maximum(abs(x), abs(y))
    inside = {
        "disc": distance < 0.9,
        "ring": (distance < 1.1) & (distance > 0.6),
        "square": side < 0.8,
        "cross": (side < 1.1) & (numpy.minimum(abs(x), abs(y)) < 0.3),
        "triangle": (y < 0.8) & (abs(x) < (y + 1) * 0.6),
        "stripes": (side < 1) & (numpy.sin(4.5 * y) > 0.2),
    }[shape]
    grey = inside * stream.uniform(0.5, 0.95) + stream.normal(0.1, 0.08, inside.shape)
    return numpy.round(255 * grey.clip(0, 1)).astype(numpy.uint8)


def draw(count, stream):
    """Images [count, 10, 10] and their labels."""
    labels = stream.integers(len(SHAPES), size=count).astype(numpy.uint8)
    return numpy.stack([image(SHAPES[label], stream) for label in labels]), labels


def train(images, labels, stream, epochs=60, batch=32, rate=0.1):
    """Weights [outputs, inputs] and biases of each layer."""
    inputs = (images.reshape(len(images), -1) / 255 - MEAN) / DEVIATION
    layers = [[stream.normal(0, (2 / n) ** 0.5, (m, n)), numpy.zeros(m)] for n, m in zip(WIDTHS, WIDTHS[1:])]
    for epoch in range(epochs):
        order = stream.permutation(len(inputs))
        for start in range(0, len(order), batch):
            chosen = order[start:start + batch]
            values = [inputs[chosen]]
            for index, (weights, bias) in enumerate(layers):
                product = values[-1] @ weights.T + bias
                values.append(numpy.maximum(product, 0) if index < len(layers) - 1 else product)
            share = numpy.exp(values[-1] - values[-1].max(axis=1, keepdims=True))
            gradient = share / share.sum(axis=1, keepdims=True)
            gradient[range(len(chosen)), labels[chosen]] -= 1
            gradient /= len(chosen)
            for index in reversed(range(len(layers))):
                weights, bias = layers[index]
                before = gradient @ weights * (values[index] > 0)
                step = rate * (1 - epoch / epochs)
                weights -= step * (gradient.T @ values[index] + 5e-4 * weights)
                bias -= step * gradient.sum(axis=0)
                gradient = before
    return layers


def write(name, tensors, metadata=None):
    """Writes a safetensors file."""
    types = {"uint8": "U8", "float32": "F32"}
    header, start = ({"__metadata__": metadata} if metadata else {}), 0
    for key, tensor in tensors.items():
        end = start + tensor.nbytes
        header[key] = {"dtype": types[str(tensor.dtype)], "shape": list(tensor.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join(tensor.tobytes() for tensor in tensors.values())
    (FOLDER / name).write_bytes(len(text).to_bytes(8, "little") + text + data)


if __name__ == "__main__":
    stream = numpy.random.Generator(numpy.random.PCG64(1))
    (images, labels), (test, testLabels) = draw(2000, stream), draw(500, stream)
    write("train.safetensors", {"x": images, "y": labels})
    write("test.safetensors", {"x": test, "y": testLabels})
    # The last 300 are the study's validation images.
    layers = train(images[:1700], labels[:1700], stream)
    tensors = {}
    for index, (weights, bias) in enumerate(layers, 1):
        tensors |= {f"fc{index}.weight": weights.astype(numpy.float32), f"fc{index}.bias": bias.astype(numpy.float32)}
    said = {"activation": "relu", "mean": MEAN, "deviation": DEVIATION}
    write("network.safetensors", tensors, {"lowrank": json.dumps({"version": 1, "layers": {}, "network": said})})
    outputs = (test.reshape(len(test), -1) / 255 - MEAN) / DEVIATION
    for index, (weights, bias) in enumerate(layers):
        outputs = outputs @ weights.T + bias
        if index < len(layers) - 1:
            outputs = numpy.maximum(outputs, 0)
    print(f"test accuracy {100 * numpy.mean(outputs.argmax(axis=1) == testLabels):.2f} %")
