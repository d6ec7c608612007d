"""What must hold for each network that is exported, whatever it was."""
import numpy
import onnx
import onnxruntime
from safetensors.numpy import load_file, save_file

import perceptrons

TOLERANCE = 1e-5  # of logits, relative to the largest of all
TIE = 1e-6  # of logits that are nearer, single precision does not know the larger one
onnxruntime.set_default_logger_severity(3)


class Exported:
    """A network of the place, exported to ONNX and NumPy by the program."""

    def __init__(self, place, names, activation, *options, network="network.safetensors"):
        self.place, self.names, self.activation, self.network = place, names, activation, network
        self.text = place.accepts(
            "export", network, "--activation", activation, "--onnx", "out.onnx", "--npz", "out.npz", *options, timeout=600)
        self.path = place.folder / "out.onnx"
        onnx.checker.check_model(str(self.path), full_check=True)
        self.session = onnxruntime.InferenceSession(self.path, providers=["CPUExecutionProvider"])
        with numpy.load(place.folder / "out.npz", allow_pickle=False) as arrays:
            self.arrays = dict(arrays)
        assert str(self.arrays["activation"]) == activation, self.arrays["activation"]

    def logits(self, x):
        """What ONNX Runtime computes; of a sample alone it must be the same."""
        found, = self.session.run(["logits"], {"input": x})
        alone, = self.session.run(["logits"], {"input": x[:1]})
        difference(alone, found[:1], "ONNX Runtime, one sample alone")
        return found

    def require(self, x, expected, *options):
        """The logits of ONNX Runtime, of the arrays, and of `lowrank evaluate` with these options must be the expected ones;
        the largest difference."""
        return max(
            difference(self.logits(x), expected, "ONNX Runtime"),
            difference(perceptrons.logits(self.arrays, self.names, self.activation, x), expected, "the arrays"),
            difference(evaluated(self.place, self.network, x, "--activation", self.activation, *options), expected, "lowrank"))


def evaluated(place, network, x, *options):
    """The logits that the program itself computes."""
    save_file({"x": x}, place.folder / "data.safetensors")
    place.accepts("evaluate", network, "--data", "data.safetensors", "--logits", "logits.safetensors", "--no-timing", *options,
                  timeout=600)
    return load_file(place.folder / "logits.safetensors")["logits"]


def difference(found, expected, who):
    """The largest difference relative to the largest logit, which must be small; all classes must be the same."""
    assert found.shape == expected.shape, f"{who}: found logits of {found.shape}, expected {expected.shape}"
    largest = numpy.abs(expected).max()
    result = numpy.abs(found - expected).max() / largest
    assert result <= TOLERANCE, f"{who}: logits are {result:.1e} apart"
    others = found.argmax(1) != expected.argmax(1)
    if others.any():
        best = numpy.sort(expected[others], axis=1)
        assert (best[:, -1] - best[:, -2] <= TIE * largest).all(), f"{who}: {others.sum()} of {len(found)} classes differ"
    return result
