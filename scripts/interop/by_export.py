"""Networks that NumPy has made, exported by the program and run in ONNX Runtime."""
import itertools
import json
import time

import container
import numpy
import onnx
from exported import Exported, difference, session
from oddity import ROOT, oddity
from perceptrons import ACTIVATIONS, Perceptron, logits
from safetensors.numpy import load_file, save_file

PAPER = [784, 1024, 1024, 1024, 1024, 1024, 10]


@oddity
def shapes(place):
    """networks of 1 to 12 layers, 1 to 4096 wide, with each activation: ONNX Runtime, NumPy and lowrank give the same logits"""
    small = [[4, 3], [1, 1], [1, 1, 1], [784, 10], [4096, 1], [5, 4096, 3], [33, 1, 17, 2], [100, 80, 120, 64, 9],
             [30, *[50, 40, 31] * 3, 60, 20, 10], [64] * 13]
    large = [(PAPER, "relu"), ([4096, 4096, 10], "tanh"), ([256, 4096, 100], "gelu")]
    cases = [*itertools.product(small, ACTIVATIONS), *large]
    return worst(place, [{"widths": widths, "activation": activation} for widths, activation in cases])


@oddity
def names(place):
    """names of layers: fc1 … out, layers.0 … layers.11, 0, 2, 4 of a Sequential, none, listed ones; with and without biases"""
    widths = [20, *[24] * 11, 10]
    cases = [
        {"widths": widths[:1] + widths[-4:], "names": ["fc1", "fc2", "fc3", "out"]},
        {"widths": widths}, {"widths": widths, "biases": False}, {"widths": widths, "names": [str(2 * i) for i in range(12)]},
        {"widths": widths, "biases": [index % 3 != 1 for index in range(12)]},
        {"widths": [20, 10], "names": [""]}, {"widths": [20, 10], "names": [""], "biases": False},
        {"widths": [20, 24, 10], "names": ["重み é", "重み é2"]}, {"widths": [20, 24, 10], "names": ["a.0", "a.1"]}]
    result = worst(place, cases)
    listed = ["stem", "middle.linear", "head"]
    extra = {"norm.weight": numpy.ones(24), "embedding.weight": numpy.ones((7, 3))}
    network = Perceptron(place, [20, 24, 30, 10], names=listed, extra=extra)
    options = ["--layers", ",".join(listed)]
    x = network.inputs()
    Exported(place, listed, "relu", *options).require(x, network.logits(x), *options)
    place.refuses("export", "network.safetensors", "--onnx", "none.onnx", words=["network.safetensors"])
    assert not (place.folder / "none.onnx").exists()
    return result


@oddity
def types(place):
    """networks of F64, F32, F16 and BF16"""
    return worst(place, [{"widths": [100, 80, 60, 10], "kind": kind} for kind in ["F64", "F32", "F16", "BF16"]])


@oddity
def classes(place):
    """a test set of 10,000 samples: the same classes in ONNX Runtime, NumPy and lowrank"""
    return worst(place, [{"widths": [784, 300, 100, 10], "activation": activation} for activation in ["relu", "gelu"]], 10_000)


@oddity
def own_network(place):
    """the trained network of experiments/own, dense, factored and of codes: ONNX Runtime takes bytes, and makes our mistakes"""
    folder, mean, deviation = ROOT / "experiments/own", 0.25, 0.3
    test = load_file(folder / "test.safetensors")
    accuracies = []
    for store in [None, "f32", "int8", "int4"]:
        network, options = str(folder / "network.safetensors"), ["--mean", str(mean), "--deviation", str(deviation)]
        if store:
            place.accepts("compress", network, "-o", "small.safetensors", "--data", str(folder), "--rank", "10", "--store", store,
                          *options, timeout=600)
            # Its metadata have the normalisation.
            network, options = "small.safetensors", []
        exported = Exported(place, ["fc1", "fc2", "out"], "relu", "--input", "bytes", *options, network=network)
        found, = exported.session.run(None, {"input": test["x"].reshape(-1, 100)})
        place.accepts("evaluate", network, "--data", str(folder), "--json", "report.json", "--no-timing", *options)
        confusion = numpy.array(json.loads((place.folder / "report.json").read_text())["network"]["confusion"])
        counted = numpy.zeros_like(confusion)
        numpy.add.at(counted, (test["y"], found.argmax(1)), 1)
        assert (counted == confusion).all(), f"{store}: {counted.tolist()}, expected {confusion.tolist()}"
        accuracies.append(f"{100 * counted.trace() / counted.sum():.1f}")
    return f"{', '.join(accuracies)} % of 500 images"


def worst(place, cases, count=400):
    """Exports the networks; what the largest difference was."""
    found = 0
    for case in cases:
        network = Perceptron(place, **case)
        x = network.inputs(count)
        try:
            found = max(found, Exported(place, network.names, network.activation).require(x, network.logits(x)))
        except AssertionError as error:
            raise AssertionError(f"{case}: {error}") from None
    return f"{len(cases)} networks, logits {found:.1e} apart at most"


@oddity
def inputs(place):
    """normalised, unit and byte inputs of an ONNX file give the same logits"""
    network = Perceptron(place, [784, 60, 10])
    pixels = numpy.random.default_rng(3).integers(0, 256, (300, 784)).astype("u1")
    mean, deviation = 0.1307, 0.3081
    unit = pixels / 255
    normalised = (unit - mean) / deviation
    expected = network.logits(normalised)
    options = ["--mean", str(mean), "--deviation", str(deviation)]
    for name, x in [("normalised", normalised.astype("f4")), ("unit", unit.astype("f4")), ("bytes", pixels)]:
        exported = Exported(place, network.names, "relu", "--input", name, *options)
        difference(exported.logits(x), expected, name)
        assert (exported.arrays["mean"], exported.arrays["deviation"]) == (mean, deviation)
    place.refuses("export", "network.safetensors", "--onnx", "none.onnx", "--input", "bytes", words=["--mean"])


@oddity
def factored(place):
    """compressed networks: two Gemm nodes a layer, and the arrays are the tensors of the file"""
    found = 0
    for activation, (store, biases) in itertools.product(ACTIVATIONS, [("same", True), ("f16", False), ("bf16", True)]):
        network = Perceptron(place, [100, 80, 120, 64, 9], activation, biases=biases)
        place.accepts("compress", "network.safetensors", "-o", "small.safetensors", "--rank", "12", "--store", store)
        exported = Exported(place, network.names, activation, network="small.safetensors")
        tensors = {name: tensor.values() for name, tensor in container.read(place.folder / "small.safetensors")[1].items()}
        assert tensors.keys() == exported.arrays.keys() - {"activation"}, exported.arrays.keys()
        assert all((exported.arrays[name] == values).all() for name, values in tensors.items())
        x = network.inputs()
        found = max(found, exported.require(x, logits(tensors, network.names, activation, x)))
    return f"logits {found:.1e} apart at most"


@oddity
def codes(place):
    """networks of 8-bit and 4-bit codes, which compress --data chooses: DequantizeLinear gives the same logits"""
    network = Perceptron(place, [100, 80, 120, 64, 9], "tanh")
    x, labels = network.inputs(2000), numpy.arange(2000) % 9
    save_file({"x": x, "y": labels}, place.folder / "train.safetensors")
    found = 0
    for store, extent in itertools.product(["int8", "int4"], [["--rank", "9"], ["--rank", "60"]]):
        place.accepts("compress", "network.safetensors", "-o", "small.safetensors", *extent, "--data", "train.safetensors",
                      "--activation", "tanh", "--store", store, timeout=600)
        exported = Exported(place, network.names, "tanh", network="small.safetensors")
        operators = [node.op_type for node in onnx.load(exported.path).graph.node]
        assert operators.count("DequantizeLinear") >= 4, operators
        expected = logits(exported.arrays, network.names, "tanh", x)
        found = max(found, exported.require(x, expected))
    return f"logits {found:.1e} apart at most"


@oddity
def codes_of_all_widths(place):
    """codes of 2, 3, 4 and 8 bits, written by hand, are the numbers that they stand for"""
    generator = numpy.random.default_rng(5)
    widths, ranks = [31, 17, 23, 7], [3, None, 5]
    for bits in [2, 3, 4, 8]:
        arrays, scales, codes = {}, [], []
        for index, (inputs, outputs, rank) in enumerate(zip(widths, widths[1:], ranks)):
            parts = {"1": (outputs, rank), "0": (rank, inputs)} if rank else {"": (outputs, inputs)}
            for part, shape in parts.items():
                code = generator.integers(0, 2**bits, shape)
                scale = generator.uniform(0.001, 0.2, shape[0]).astype("f2")
                codes.append(code.ravel())
                scales.append(scale)
                name = ".".join(filter(None, ["layers", str(index), part, "weight"]))
                arrays[name] = (code - (2**bits - 1) / 2) * scale[:, None].astype(float)
            arrays[f"layers.{index}.1.bias" if rank else f"layers.{index}.bias"] = generator.standard_normal(outputs).astype("f2")
        flat = numpy.concatenate(codes)
        stream = (flat[:, None] >> numpy.arange(bits) & 1).astype("u1").ravel()
        metadata = {"bits": str(bits), "widths": "-".join(map(str, widths)),
                    "ranks": "-".join(str(rank) if rank else "dense" for rank in ranks)}
        biases = [values for name, values in arrays.items() if name.endswith("bias")]
        save_file({"scales": numpy.concatenate(scales), "biases": numpy.concatenate(biases),
                   "codes": numpy.packbits(stream, bitorder="little")}, place.folder / "network.safetensors", metadata)
        names = [f"layers.{index}" for index in range(3)]
        exported = Exported(place, names, "gelu")
        assert arrays.keys() == exported.arrays.keys() - {"activation"}, exported.arrays.keys()
        assert all((exported.arrays[name] == values).all() for name, values in arrays.items())
        x = generator.standard_normal((300, 31)).astype("f4")
        exported.require(x, logits(arrays, names, "gelu", x))


@oddity
def same_bytes(place):
    """two exports of one network have the same bytes"""
    network = Perceptron(place, [100, 80, 10])
    files = []
    for _ in range(2):
        Exported(place, network.names, "relu")
        files.append([(place.folder / name).read_bytes() for name in ["out.onnx", "out.npz"]])
        time.sleep(1.1)
    assert files[0] == files[1]


@oddity
def speed(place):
    """the paper's network in ONNX Runtime, batches of 1,000: D = 20 against dense (asked: 8 times as fast)"""
    network = Perceptron(place, PAPER)
    place.accepts("compress", "network.safetensors", "-o", "small.safetensors", "--rank", "20", timeout=600)
    sessions = [session(Exported(place, network.names, "relu", network=name).path)
                for name in ["network.safetensors", "small.safetensors"]]
    x, times = network.inputs(1000), [[], []]
    for _ in range(21):
        for runtime, measured in zip(sessions, times):
            begin = time.perf_counter()
            runtime.run(None, {"input": x})
            measured.append(time.perf_counter() - begin)
    dense, small = (1000 * numpy.quantile(measured[1:], [0.5, 0.25, 0.75]) for measured in times)
    return (f"{dense[0] / small[0]:.1f} times: {dense[0]:.1f} ms (quartiles {dense[1]:.1f}–{dense[2]:.1f}) and {small[0]:.2f} ms "
            f"({small[1]:.2f}–{small[2]:.2f})")
