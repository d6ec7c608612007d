"""Networks and data of one's own that are odd, and odd demands on `lowrank evaluate`."""
import gzip
import json
import os
import struct

from models import left
from oddity import oddity
from weights import safetensors


def floats(shape, element=lambda place: (place * 37 % 19 - 9) / 16, kind="F32"):
    """A tensor of floating point."""
    count = 1
    for extent in shape:
        count *= extent
    code = {"F32": "f", "F64": "d", "F16": "e"}[kind]
    return kind, list(shape), struct.pack(f"<{count}{code}", *map(element, range(count)))


def integers(values, kind="I64"):
    """A vector of integers."""
    code = {"I64": "q", "I32": "i", "U8": "B", "I8": "b", "U64": "Q"}[kind]
    return kind, [len(values)], struct.pack(f"<{len(values)}{code}", *values)


def layers(*shapes, names="fc{}"):
    """The tensors of a chain of layers [outputs, inputs]."""
    tensors = {}
    for place, (outputs, inputs) in enumerate(shapes):
        name = names.format(place + 1)
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = floats([outputs, inputs]), floats([outputs])
    return tensors


def idx(elements, *extents, kind=0x08):
    """An IDX file."""
    return bytes([0, 0, kind, len(extents)]) + struct.pack(f">{len(extents)}I", *extents) + bytes(elements)


def network(place, name="net.safetensors", metadata=None, **tensors):
    """Two layers, 4 to 6 to 3, unless there are others. A tensor of None is left out."""
    contents = {**layers((6, 4), (3, 6)), **{key.replace("__", "."): value for key, value in tensors.items()}}
    place.write(name, safetensors({key: value for key, value in contents.items() if value}, metadata))
    return name


def data(place, name="data.safetensors", count=12, width=4, labels=lambda sample: sample % 3, **tensors):
    """Samples and labels that fit the network, unless there are others."""
    contents = {"x": floats([count, width]), "y": integers([labels(sample) for sample in range(count)]), **tensors}
    place.write(name, safetensors({key: value for key, value in contents.items() if value}))
    return name


def evaluate(place, *arguments, network="net.safetensors", data="data.safetensors", words=()):
    """The network or the data must be refused in one line, with nothing left behind."""
    before = left(place)
    line = place.refuses("evaluate", network, "--data", data, *arguments, words=words)
    assert left(place) == before, f"found {left(place)}, expected {before}"
    return line


@oddity
def networks_that_are_evaluated(place):
    """networks in several names, types and activations are evaluated on data in several formats"""
    data(place)
    place.write("x-images-idx2-ubyte", idx(range(48), 12, 4))
    place.write("x-labels-idx1-ubyte", idx([sample % 3 for sample in range(12)], 12))
    place.write("packed-images-idx3-ubyte.gz", gzip.compress(idx(range(48), 12, 2, 2)))
    place.write("packed-labels-idx1-ubyte.gz", gzip.compress(idx([0] * 12, 12)))
    files = ["data.safetensors", "x-images-idx2-ubyte", "packed-images-idx3-ubyte.gz"]
    for names in ["fc{}", "layers.{}", "{}", "blöck.{}.linear"]:
        place.write("net.safetensors", safetensors(layers((6, 4), (5, 6), (3, 5), names=names)))
        for activation, file in zip(["relu", "tanh", "gelu", "sigmoid", "identity"], files + files):
            assert "accuracy" in place.accepts(
                "evaluate", "net.safetensors", "--data", file, "--activation", activation, "--no-timing")
    for kind in ["F64", "F16"]:
        data(place, x=floats([12, 4], kind=kind), y=integers([0] * 12, "I32"))
        network(place, fc1__weight=floats([6, 4], kind=kind), fc1__bias=None)
        assert "12 samples" in place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", "--no-timing")


@oddity
def outputs_of_networks(place):
    """all files that evaluate writes are written, and threads and AVX-512 change no bit of them"""
    network(place), data(place, count=300)
    seen = set()
    for threads in "12":
        for avx512 in (None, "0"):
            place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", "--csv", "c.csv", "--figure", "c.svg",
                          "--json", "c.json", "--logits", "l.safetensors", "--no-timing", "--threads", threads,
                          environment={"LOWRANK_AVX512": avx512})
            seen.add(tuple((place.folder / name).read_bytes() for name in ["c.csv", "c.svg", "c.json", "l.safetensors"]))
    assert len(seen) == 1, f"found {len(seen)} different outputs"
    assert (place.folder / "c.csv").read_text().startswith("true,0,1,2\n0,")
    report = json.loads((place.folder / "c.json").read_text())
    assert sum(map(sum, report["network"]["confusion"])) == 300


@oddity
def networks_that_do_not_chain(place):
    """networks whose layers do not chain are refused, with both layers and their shapes"""
    data(place)
    network(place, fc2__weight=floats([3, 5]))
    evaluate(place, words=["'fc2' [3, 5]", "'fc1' [6, 4]", "expected 6 inputs"])
    network(place, fc1__weight=floats([4, 6]), fc1__bias=floats([4]), fc2__weight=floats([6, 3]), fc2__bias=floats([6]))
    evaluate(place, words=["'fc2' [6, 3]", "'fc1' [4, 6]"])
    network(place)
    evaluate(place, "--layers", "fc2,fc1", words=["'fc1' [6, 4]", "'fc2' [3, 6]", "expected 3 inputs"])


@oddity
def transposed_networks(place):
    """a network with transposed weights is refused, and the line says that they would fit"""
    data(place)
    place.write("net.safetensors", safetensors({
        "fc1.weight": floats([4, 6]), "fc2.weight": floats([6, 5]), "fc3.weight": floats([5, 3])}))
    evaluate(place, words=["transposed or in reverse order they would fit", "[outputs, inputs]"])
    network(place, fc1__weight=floats([4, 6]))
    evaluate(place, words=["fc1.bias", "[6]", "[4]"])


@oddity
def biases_of_other_lengths(place):
    """a bias of another length or shape is refused"""
    data(place)
    for bias, found in [(floats([5]), "[5]"), (floats([6, 1]), "[6, 1]"), (floats([]), "[]"), (floats([0]), "[0]")]:
        network(place, fc1__bias=bias)
        evaluate(place, words=["fc1.bias", f"found the shape {found}", "expected [6]"])
    network(place, fc1__bias=integers([1] * 6))
    evaluate(place, words=["fc1.bias", "type I64"])


@oddity
def tensors_of_other_layers(place):
    """convolutions, normalisation and other tensors are refused by name, unless --layers leaves them out"""
    data(place)
    network(place, conv__weight=floats([2, 1, 3, 3]))
    evaluate(place, words=["conv.weight", "[2, 1, 3, 3]"])
    network(place, bn__weight=floats([6]), bn__running_mean=floats([6]), bn__num_batches_tracked=("I64", [], bytes(8)))
    evaluate(place, words=["bn.", "--layers"])
    assert "accuracy" in place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", "--layers", "fc1,fc2")
    evaluate(place, "--layers", "fc1,fc3", words=["no layer 'fc3'", "fc1, fc2"])
    evaluate(place, "--layers", "fc1,,fc2", words=["--layers", "names with commas"])
    evaluate(place, "--layers", "fc1,fc1", words=["'fc1'"])


@oddity
def networks_that_are_not_finite(place):
    """a weight or bias that is NaN or infinite is refused, with its place"""
    data(place)
    network(place, fc2__weight=floats([3, 6], lambda place: float("nan") if place == 8 else 1))
    evaluate(place, words=["fc2.weight", "nan in row 1, column 2"])
    network(place, fc1__bias=floats([6], lambda place: float("-inf") if place == 4 else 1))
    evaluate(place, words=["fc1.bias", "-inf"])


@oddity
def logits_that_overflow(place):
    """finite weights whose logits are not are evaluated with a warning"""
    network(place, fc1__weight=floats([6, 4], lambda place: 3e38), fc2__weight=floats([3, 6], lambda place: (-1) ** place * 3e38))
    data(place, x=floats([12, 4], lambda place: 3e38))
    result = place.run("evaluate", "net.safetensors", "--data", "data.safetensors", "--no-timing", "--json", "r.json", "--csv", "r.csv")
    assert result.returncode == 0 and "NaN for 12 samples" in result.stderr, result.stderr
    report = json.loads((place.folder / "r.json").read_text())["network"]
    assert report["unanswered"] == 12 and report["loss"] is None and report["accuracy"] == 0
    assert (place.folder / "r.csv").read_text().splitlines()[0] == "true,0,1,2,none"


@oddity
def other_activations(place):
    """an activation that there is not is refused, on the command line and in the metadata"""
    network(place), data(place)
    evaluate(place, "--activation", "swish", words=["--activation", "swish", "relu", "gelu"])
    for value in ['{"activation":"swish"}', '{"activation":3}', "{}", '{"activation":"relu","mean":1}',
                  '{"activation":"relu","mean":0,"deviation":0}', '{"activation":"relu","layers":"fc1"}']:
        network(place, metadata={"lowrank": f'{{"version":1,"layers":{{}},"network":{value}}}'})
        evaluate(place, words=["metadata 'lowrank'", "activation"])
    network(place, metadata={"lowrank": '{"version":1,"layers":{},"network":{"activation":"tanh","layers":["fc1","fc9"]}}'})
    evaluate(place, words=["no layer 'fc9'"])


@oddity
def files_that_are_no_network(place):
    """files that hold no network are refused"""
    data(place)
    for name, contents, words in [
        ("empty.safetensors", b"", ["empty.safetensors"]),
        ("none.safetensors", safetensors({}), [".weight"]),
        ("vectors.safetensors", safetensors({"a.bias": floats([3])}), [".weight"]),
        ("cut.safetensors", safetensors(layers((6, 4), (3, 6)))[:-5], ["cut.safetensors"]),
        ("net.pt", b"PK\x03\x04" + bytes(60), ["net.pt"]), ("noise.safetensors", bytes(range(200)), ["noise.safetensors"]),
        ("hollow.safetensors", safetensors({"fc.weight": floats([0, 4])}), ["fc.weight", "[0, 4]"]),
        ("whole.safetensors", safetensors({"fc.weight": integers([1, 2])}), [".weight"]),
        ("bytes.safetensors", safetensors({"fc.weight": ("U8", [3, 4], bytes(12))}), ["fc.weight", "U8"]),
        ("newline\n.safetensors", b"x", ["newline"]),
    ]:
        place.write(name, contents)
        evaluate(place, network=name, words=words)
    evaluate(place, network="missing.safetensors", words=["missing.safetensors", "no such file"])
    (place.folder / "folder").mkdir()
    evaluate(place, network="folder", words=["folder"])


@oddity
def inputs_that_do_not_fit(place):
    """inputs of another size than the first layer's are refused, with both sizes"""
    network(place)
    data(place, width=5)
    evaluate(place, words=["samples of 5 elements", "expected 4, the inputs of 'fc1'"])
    place.write("a-images-idx3-ubyte", idx(bytes(18), 2, 3, 3))
    evaluate(place, data="a-images-idx3-ubyte", words=["images of 3×3, 9 elements", "expected 4"])
    data(place)
    network(place, "other.safetensors", fc1__weight=floats([6, 9]))
    evaluate(place, "--against", "other.safetensors", words=["expected 9", "other.safetensors"])


@oddity
def labels_that_do_not_fit(place):
    """labels out of range, of another number or type are refused, with file, sample and number of outputs"""
    network(place)
    data(place, labels=lambda sample: 3 if sample == 7 else 0)
    evaluate(place, words=["data.safetensors", "the label 3 for sample 7", "0 to 2", "'fc2'", "3 outputs"])
    for label in [-1, 256, 2**40]:
        data(place, labels=lambda sample: label if sample == 5 else 0)
        evaluate(place, words=["data.safetensors: y", f"the label {label} for sample 5", "0 to 255"])
    data(place, y=integers([2**64 - 1] + [0] * 11, "U64"))
    evaluate(place, words=["y", "the label", "sample 0"])
    data(place, y=floats([12], lambda place: 1))
    evaluate(place, words=["y", "F32", "integer"])
    data(place, y=integers([0] * 11))
    evaluate(place, words=["11 labels", "12"])
    data(place, y=("I64", [12, 3], bytes(288)))
    evaluate(place, words=["y", "[12, 3]"])
    place.write("a-images-idx3-ubyte", idx(bytes(8), 2, 2, 2))
    place.write("a-labels-idx1-ubyte", idx([0, 1, 2], 3))
    evaluate(place, data="a-images-idx3-ubyte", words=["a-labels-idx1-ubyte", "3 labels", "expected 2"])
    place.write("a-labels-idx1-ubyte", idx([0, 9], 2))
    evaluate(place, data="a-images-idx3-ubyte", words=["a-labels-idx1-ubyte", "the label 9 for sample 1", "3 outputs"])
    place.write("a-labels-idx1-ubyte", idx([0, 1], 1, 2))
    evaluate(place, data="a-images-idx3-ubyte", words=["a-labels-idx1-ubyte", "2 dimensions"])
    evaluate(place, "--labels", "none", data="a-images-idx3-ubyte", words=["none", "no such file"])
    evaluate(place, "--labels", "a-labels-idx1-ubyte", words=["--labels"])


@oddity
def samples_that_are_wrong(place):
    """samples with NaN, of another type, of one dimension or none are refused"""
    network(place)
    data(place, x=floats([12, 4], lambda place: float("nan") if place == 9 else 0))
    evaluate(place, words=["x", "nan in sample 2, element 1"])
    for x, words in [(floats([48]), ["[48]"]), (("I64", [12, 4], bytes(384)), ["I64"]), (floats([0, 4]), ["no element"]),
                     (floats([12, 0]), ["no element"]), (None, ["expected x"])]:
        data(place, x=x)
        evaluate(place, words=["data.safetensors", *words])
    place.write("none.safetensors", safetensors({}))
    evaluate(place, data="none.safetensors", words=["no tensor", "expected x"])
    evaluate(place, data="missing", words=["missing", "no such file"])
    evaluate(place, data="", words=["--data"])


@oddity
def idx_files_that_are_wrong(place):
    """IDX files of floats, cut short, or of another format are refused"""
    network(place)
    whole = idx(range(8), 2, 2, 2)
    packed = gzip.compress(whole)
    for name, contents, words in [
        ("floats", idx(bytes(32), 2, 2, 2, kind=0x0D), ["floating point", "bytes"]),
        ("words", idx(bytes(32), 2, 2, 2, kind=0x0C), ["integers", "bytes"]),
        ("cut", whole[:-1], ["7 bytes"]), ("head", whole[:6], ["header"]), ("long", whole + b"\0", ["9 bytes"]),
        ("empty", b"", ["an empty file"]), ("text", b"hello, world", ["IDX"]), ("flat", idx(bytes(8), 8), ["one dimension"]),
        ("vast", idx(b"", *[2**32 - 1] * 3), ["more than can be"]), ("none", idx(b"", 0, 2, 2), ["no element"]),
        ("cut.gz", packed[:-9], ["ends early"]), ("bad.gz", packed[:12] + b"\xff\xff" + packed[14:], ["bad.gz"]),
    ]:
        place.write(name, contents)
        evaluate(place, data=name, words=[name, *words])


@oddity
def folders_of_data(place):
    """folders without data, and those with several datasets, are refused"""
    network(place)
    (place.folder / "empty").mkdir()
    evaluate(place, data="empty", words=["empty", "no data", "train-images"])
    for prefix in ["emnist-letters-", "emnist-digits-"]:
        place.write(f"both/{prefix}test-images-idx3-ubyte", idx(bytes(8), 2, 2, 2))
        place.write(f"both/{prefix}test-labels-idx1-ubyte", idx([0, 1], 2))
    evaluate(place, data="both", words=["both", "several datasets", "emnist-digits-", "emnist-letters-"])
    evaluate(place, "--labels", "both/emnist-digits-test-labels-idx1-ubyte", data="both", words=["--labels"])
    text = place.accepts("evaluate", "net.safetensors", "--data", "both/emnist-digits-test-images-idx3-ubyte", "--no-timing")
    assert "2 samples of 2×2" in text


@oddity
def data_without_labels(place):
    """data without labels give no accuracy, and what needs labels is refused"""
    network(place), network(place, "other.safetensors", fc2__bias=floats([3], lambda place: place))
    data(place, y=None)
    text = place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", "--against", "other.safetensors", "--no-timing")
    assert "no labels" in text and "interval" not in text and "different classes for" in text
    for option in [["--csv", "c.csv"], ["--figure", "c.svg"], ["--against", "other.safetensors", "--no-worse-than", "1"]]:
        evaluate(place, *option, words=["no labels", option[-2]])


@oddity
def classes_that_are_missing(place):
    """classes that no sample has are warned of"""
    network(place), data(place, labels=lambda sample: 1)
    result = place.run("evaluate", "net.safetensors", "--data", "data.safetensors", "--no-timing")
    assert result.returncode == 0 and "no sample of 2 of the 3 classes: 0, 2" in result.stderr, result.stderr


@oddity
def verdicts(place):
    """--no-worse-than ends with 0 only if it holds, and says why otherwise"""
    network(place), network(place, "bad.safetensors", fc2__bias=floats([3], lambda place: 50 * (place == 2)))
    data(place, count=1000)
    data(place, count=1000)
    logits = place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", "--no-timing", "--logits", "l.safetensors")
    assert "accuracy" in logits
    # The network's own classes are the labels.
    contents = (place.folder / "l.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", contents[:8])[0]
    values = struct.unpack("<3000f", contents[start:])
    answers = [max(range(3), key=values[3 * sample:3 * sample + 3].__getitem__) for sample in range(1000)]
    data(place, count=1000, labels=answers.__getitem__)
    against = ["--no-timing", "--against"]
    text = place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", *against, "bad.safetensors", "--no-worse-than", "0")
    assert "no worse than 0.0 points: holds" in text
    text = place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", *against, "net.safetensors", "--no-worse-than", "0.5")
    assert "different classes for 0 of 1000" in text
    evaluate(place, *against, "net.safetensors", "--no-worse-than", "0", words=["--no-worse-than", "undecided"])
    line = evaluate(place, *against, "net.safetensors", "--no-worse-than", "5", network="bad.safetensors",
                    words=["--no-worse-than", "fails", "expected"])
    evaluate(place, "--no-worse-than", "1", words=["--no-worse-than", "--against"])
    for points in ["-1", "101", "nan", "a"]:
        evaluate(place, *against, "net.safetensors", "--no-worse-than", points, words=["--no-worse-than"])
    return line


@oddity
def outputs_on_inputs(place):
    """outputs on an input, on each other, with another ending or in a place that cannot be are refused"""
    network(place, "net.csv"), data(place)
    place.write("y.json", idx([sample % 3 for sample in range(12)], 12))
    place.write("x", idx(range(48), 12, 4))
    network(place)
    evaluate(place, "--logits", "net.safetensors", words=["--logits", "net.safetensors", "another file"])
    evaluate(place, "--logits", "data.safetensors", words=["--logits", "data", "another file"])
    evaluate(place, "--csv", "net.csv", network="net.csv", words=["--csv", "another file"])
    evaluate(place, "--csv", "net.csv", "--against", "net.csv", words=["--csv", "another file"])
    evaluate(place, "--json", "y.json", "--labels", "y.json", data="x", words=["--json", "another file"])
    os.symlink("net.safetensors", place.folder / "link.safetensors")
    evaluate(place, "--logits", "link.safetensors", words=["--logits", "another file"])
    evaluate(place, "--csv", "a.svg.csv", "--figure", "./a.svg.csv", words=["a.svg.csv"])
    evaluate(place, "--figure", "a.jpg", words=["a.jpg", ".svg, .png or .pdf"])
    evaluate(place, "--csv", "a.txt", words=["--csv", ".csv"])
    evaluate(place, "--json", "a.txt", words=["--json", ".json"])
    evaluate(place, "--logits", "a.npz", words=["--logits", ".safetensors"])
    for option, name in [("--csv", "c.csv"), ("--figure", "c.svg"), ("--json", "c.json"), ("--logits", "c.safetensors")]:
        evaluate(place, option, f"net.safetensors/{name}", words=["net.safetensors"])
        place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", "--no-timing", option, f"new/{name}")
        assert (place.folder / "new" / name).exists(), f"found no new/{name}: a missing folder is made"


@oddity
def odd_normalisations(place):
    """a normalisation that is no normalisation is refused, and one that contradicts the file is warned of"""
    data(place)
    network(place, metadata={"lowrank": '{"version":1,"layers":{},"network":{"activation":"tanh","mean":0.5,"deviation":2}}'})
    for option, value in [("--deviation", "0"), ("--deviation", "-1"), ("--deviation", "inf"), ("--mean", "nan"), ("--mean", "x")]:
        evaluate(place, option, value, words=[option])
    text = place.accepts("evaluate", "net.safetensors", "--data", "data.safetensors", "--no-timing")
    assert "tanh between them (by its metadata); inputs (x − 0.5) / 2.0 (by its metadata)" in text, text
    result = place.run("evaluate", "net.safetensors", "--data", "data.safetensors", "--no-timing", "--mean", "0.25")
    assert result.returncode == 0 and "warning: --mean, --deviation: found 0.25" in result.stderr
    assert "(x − 0.25) / 2.0 (by option)" in result.stdout


def fitted(place, name="wide.safetensors", count=60):
    """A network and data that compress takes; their names."""
    data(place, count=count, width=20, x=floats([count, 20], lambda n: (n * n * 7 % 23 - 11) / 9))
    place.write(name, safetensors(layers((24, 20), (16, 24), (3, 16))))
    return name, "data.safetensors"


@oddity
def compressed_by_data(place):
    """a network is compressed by its data in each type, and verified; threads, AVX-512 and labels change no bit of it"""
    net, file = fitted(place)
    for store in ["same", "f16", "bf16", "int8", "int4"]:
        seen = set()
        for threads, avx512 in ["1", None], ["2", None], ["2", "0"]:
            place.accepts("compress", net, "--data", file, "--rank", "3", "--store", store, "-o", "small.safetensors",
                          "--threads", threads, environment={"LOWRANK_AVX512": avx512})
            seen.add((place.folder / "small.safetensors").read_bytes())
        place.accepts("verify", "small.safetensors", "--against", net)
        data(place, count=60, width=20, x=floats([60, 20], lambda n: (n * n * 7 % 23 - 11) / 9), y=None)
        place.accepts("compress", net, "--data", file, "--rank", "3", "--store", store, "-o", "small.safetensors")
        seen.add((place.folder / "small.safetensors").read_bytes())
        assert len(seen) == 1, f"{store}: found {len(seen)} different files"


@oddity
def data_that_are_not_overwritten(place):
    """no file of the data is overwritten by compress or evaluate, whether it is read or not"""
    net, file = fitted(place)
    (place.folder / "folder").mkdir()
    for part in ["train", "test"]:
        (place.folder / f"folder/{part}.safetensors").write_bytes((place.folder / file).read_bytes())
    before = left(place)
    for folder, out in [(file, file), ("folder", "folder/train.safetensors"), ("folder", "folder/test.safetensors")]:
        place.refuses("compress", net, "--data", folder, "--rank", "3", "-o", out, words=["that of --data"])
        place.refuses("evaluate", net, "--data", folder, "--logits", out, words=["a file of the data"])
    place.refuses("compress", net, "--data", "folder", "--test", file, "--rank", "3", "-o", file, words=["that of --test"])
    assert left(place) == before


@oddity
def compressions_that_are_refused(place):
    """what cannot be compressed by data is refused in one line, and leaves nothing"""
    net, file = fitted(place)
    place.write("twice.safetensors", safetensors(layers((20, 20), (3, 20))))
    place.write("other.safetensors", safetensors({**layers((24, 20), (16, 24), (3, 16)), "norm": floats([3])}))
    data(place, "narrow.safetensors")
    data(place, "few.safetensors", count=5, width=20)
    data(place, "same.safetensors", width=20, x=floats([12, 20], lambda n: 0.5))
    place.accepts("compress", net, "--data", file, "--rank", "3", "-o", "before.safetensors")
    kept = left(place)
    for network, by, options, words in [
            ("twice.safetensors", file, ["--layers", "fc1,fc1"], ["'fc1' twice"]),
            ("other.safetensors", file, [], ["the tensor 'norm'"]),
            ("other.safetensors", file, ["--layers", "fc1,fc2,fc3", "--store", "int4"], ["beside the layers"]),
            ("before.safetensors", file, [], ["a factor already"]),
            (net, "narrow.safetensors", [], ["4 elements", "expected 20"]),
            (net, "few.safetensors", [], ["5 samples", "10 or more"]),
            (net, "same.safetensors", [], ["fc1", "the same outputs"]),
            (net, file, ["--test", "narrow.safetensors"], ["narrow.safetensors", "4 elements"]),
            (net, file, ["--deviation", "1e-320"], ["--mean, --deviation"]),
            (net, file, ["--energy", "0.9"], ["--rank and --energy"]),
            (net, file, ["--spectra", "s.safetensors"], ["--spectra"]),
            (net, file, ["--store", "int4", "--naming", "lora"], ["--naming"]),
            (net, file, ["--multiple-of", "2", "--allocation", "exchanged"], ["--multiple-of"]),
            (net, file, ["--allocation", "listed"], ["listed"]),
    ]:
        place.refuses("compress", network, "--data", by, "--rank", "3", *options, "-o", "out.safetensors", words=words)
    place.refuses("compress", net, "--data", file, "--size", "1%", "-o", "out.safetensors", words=["--size", "at least"])
    for option in ["--labels", "--mean", "--layers", "--activation", "--samples", "--test"]:
        value = {"--mean": "1", "--samples": "9", "--activation": "tanh"}.get(option, "fc1")
        place.refuses("compress", net, "--rank", "3", option, value, "-o", "out.safetensors", words=["without --data"])
    place.refuses("compress", net, "--rank", "3", "--store", "int8", "-o", "out.safetensors", words=["without --data"])
    assert left(place) == kept, f"found {left(place)}, expected {kept}"


@oddity
def shapes_that_overflow(place):
    """extents whose product is too large beside one that is 0 are refused"""
    network(place)
    place.write("x-images-idx4-ubyte", idx([], 0, 2**32 - 1, 2**32 - 1, 2**32 - 1))
    evaluate(place, data="x-images-idx4-ubyte", words=["no element"])
    data(place, x=("F32", [0, 2**62, 4], b""), y=None)
    evaluate(place, words=["no element"])
    data(place)
    place.write("net.safetensors", safetensors({
        "a.0.weight": ("F32", [0, 2**63 - 1], b""), "a.1.weight": ("F32", [2**63 - 1, 0], b""), "a.1.bias": ("F32", [0], b"")}))
    evaluate(place)


@oddity
def one_output(place):
    """a network with one output is compressed by the error of that, and evaluate says that it has no classes"""
    data(place, count=60, width=20, x=floats([60, 20], lambda n: (n * n * 7 % 23 - 11) / 9), labels=lambda sample: 0)
    place.write("net.safetensors", safetensors(layers((24, 20), (16, 24), (1, 16))))
    text = place.accepts("compress", "net.safetensors", "--data", "data.safetensors", "--rank", "4", "-o", "small.safetensors")
    ranks = [line.split()[1] for line in text.splitlines() if line.startswith("fc1.weight ")]
    assert "no labels" in text and int(ranks[-1]) > 1, f"found the ranks {ranks}"
    assert "found one output" in place.run("evaluate", "small.safetensors", "--data", "data.safetensors").stderr
