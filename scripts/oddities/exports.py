"""Odd networks and odd demands on `lowrank export`."""
import resource
import zipfile

from models import left
from networks import floats, network
from oddity import oddity
from weights import safetensors


def export(place, *arguments, words=(), **settings):
    """The export must be refused in one line, with nothing left behind."""
    before = left(place)
    place.refuses("export", "net.safetensors", *arguments, words=words, **settings)
    assert left(place) == before, f"found {left(place)}, expected {before}"


@oddity
def exports(place):
    """a network is exported to ONNX and NumPy, also into a new folder and over an earlier file; the input stays as it is"""
    network(place)
    before = (place.folder / "net.safetensors").read_bytes()
    place.write("net.onnx", "an earlier one")
    for onnx, npz in [("net.onnx", "net.npz"), ("new/a b.onnx", "new/é.npz")]:
        text = place.accepts("export", "net.safetensors", "--onnx", onnx, "--npz", npz)
        assert text.count("\n") == 2 and "input [batch, 4] (normalised), logits [batch, 3]" in text, text
        assert (place.folder / onnx).read_bytes().startswith(b"\x08\x07\x12\x07lowrank")
        with zipfile.ZipFile(place.folder / npz) as archive:
            assert archive.testzip() is None and "fc1.weight.npy" in archive.namelist()
    assert (place.folder / "net.safetensors").read_bytes() == before


@oddity
def names_of_arrays(place):
    """names with slashes, dots, line feeds or Unicode become names of arrays; one with NUL is refused for NumPy alone"""
    for name in ["", "..", "/a", "../../up", "a\nb", "重み", "\U0001f600", "a" * 30_000]:
        prefix = f"{name}." if name else ""
        place.write("net.safetensors", safetensors({f"{prefix}weight": floats([3, 4]), f"{prefix}bias": floats([3])}))
        place.accepts("export", "net.safetensors", "--onnx", "n.onnx", "--npz", "n.npz")
        with zipfile.ZipFile(place.folder / "n.npz") as archive:
            assert archive.namelist() == [f"{prefix}weight.npy", f"{prefix}bias.npy", "activation.npy"], archive.namelist()
    for name in ["a\0b", "a" * 70_000]:
        place.write("net.safetensors", safetensors({f"{name}.weight": floats([3, 4])}))
        export(place, "--npz", "m.npz", words=["the name '", "at most 65535 bytes"])
        place.accepts("export", "net.safetensors", "--onnx", "n.onnx")


@oddity
def exports_without_sense(place):
    """no output, another suffix, inputs without a normalisation, a deviation of 0: one line each"""
    network(place)
    for arguments, word in [
            ([], "--onnx, --npz"), (["--onnx", "n.txt"], "n.txt"), (["--onnx", ""], "--onnx"), (["--npz", "n.onnx"], ".npz"),
            (["--onnx", "n.onnx", "--input", "bytes"], "--mean"), (["--onnx", "n.onnx", "--input", "unit"], "--mean"),
            (["--onnx", "n.onnx", "--input", "pixels"], "bytes"), (["--npz", "n.npz", "--input", "unit"], "--input"),
            (["--onnx", "n.onnx", "--deviation", "0"], "--deviation"), (["--onnx", "n.onnx", "--mean", "nan"], "--mean"),
            (["--onnx", "n.onnx", "--layers", "fc1,fc9"], "fc9"), (["--onnx", "n.onnx", "--activation", "swish"], "swish")]:
        export(place, *arguments, words=[word])
    network(place, fc2__weight=floats([3, 5]))
    export(place, "--onnx", "n.onnx", words=["'fc2' [3, 5]"])
    network(place, fc1__weight=floats([6, 4], lambda _: float("nan")))
    export(place, "--npz", "n.npz", words=["fc1.weight", "finite"])


@oddity
def places_of_exports(place):
    """a folder, a link to the network, a place that cannot be written, a full disk: nothing is left"""
    network(place)
    (place.folder / "folder.onnx").mkdir()
    (place.folder / "link.onnx").symlink_to("net.safetensors")
    export(place, "--onnx", "folder.onnx", words=["folder.onnx"])
    export(place, "--onnx", "link.onnx", words=["--onnx", "the network"])
    export(place, "--onnx", "none.onnx/n.onnx/", words=["none.onnx/n.onnx/"])
    export(place, "--onnx", "/proc/n.onnx", words=["/proc/n.onnx"])
    network(place, fc1__weight=floats([6000, 4]), fc1__bias=None, fc2__weight=floats([3, 6000]))
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    for option, name in [("--onnx", "n.onnx"), ("--npz", "n.npz")]:
        before = left(place)
        place.refuses("export", "net.safetensors", option, name, before=small, words=[name, "bytes"])
        assert left(place) == before, left(place)
