"""Studies of somebody's own data and network: the example of the repository, and what is refused."""
import gzip
import shutil
import struct

from oddity import ROOT, oddity
from studies import PLAN
from weights import safetensors

CLASSES, WIDTH = 3, 6


def samples(count, shift=0, classes=CLASSES):
    """`count` samples of bytes that differ by class, and their labels."""
    labels = bytes(index * 7 % classes for index in range(count))
    pixels = bytes((90 * (column % classes == label) + 13 * (index + shift) * (column + 3)) % 256
                   for index, label in enumerate(labels) for column in range(WIDTH))
    return pixels, labels


def data(place, name, count=200, width=WIDTH, labels=None):
    pixels, known = samples(count)
    known = known if labels is None else labels
    place.write(name, safetensors({"x": ("U8", [len(pixels) // width, width], pixels), "y": ("U8", [len(known)], known)}))


def network(place, widths=(WIDTH, 5, CLASSES), names=("fc1", "fc2"), metadata=None):
    tensors = {}
    for name, columns, rows in zip(names, widths, widths[1:]):
        values = [((3 * i) % 11 - 5) / 8 for i in range(rows * columns)]
        tensors[f"{name}.weight"] = ("F32", [rows, columns], struct.pack(f"<{len(values)}f", *values))
        tensors[f"{name}.bias"] = ("F32", [rows], bytes(4 * rows))
    place.write("net.safetensors", safetensors(tensors, metadata))


def study(**changes):
    """Lines of YAML by key; None leaves a key out."""
    values = {
        "dataset": "{name: mine, training: train.safetensors, test: test.safetensors}", "seed": 1, "validation_images": 50,
        "network": "{file: net.safetensors}", "normalisation": "{mean: 0.3, deviation: 0.3}",
        "calibration": "{images: 100, held_out: 40, allocation: gradient}", "part1": "{ranks: [2, full]}",
        "part4": "{ranks: [1], bits: [32, 4]}",
    } | changes
    return "".join(f"{key}: {value}\n" for key, value in values.items() if value is not None)


def files(place):
    data(place, "train.safetensors")
    data(place, "test.safetensors", 80)
    network(place)


@oddity
def example(place):
    """experiments/own.yaml runs as it is in the repository, to the bit whatever the number of threads"""
    shutil.copytree(ROOT / "experiments/own", place.folder / "experiments/own")
    shutil.copy(ROOT / "experiments/own.yaml", place.folder / "experiments")
    place.accepts("run", "experiments/own.yaml", "--threads", "2")
    folder = place.folder / "experiments/results/shapes/own"
    report = (folder / "REPORT.md").read_text()
    assert report.startswith("# Network Compression Using SVD: study `own` on shapes\n") and "NOT MNIST" not in report
    rows = [row.split(",") for row in (folder / "results.csv").read_text().splitlines()[1:]]
    assert {row[3] for row in rows} == {"baseline", "part1", "part2", "part3", "part4"} and float(rows[0][7]) > 90, rows[0]
    assert len(list((place.folder / "figures/shapes/own").glob("*.png"))) == 10
    place.accepts("verify", "--study", "experiments/own.yaml", "--threads", "1")
    for word in ["mnist", "digits"]:
        place.refuses("run", "experiments/own.yaml", "--data", word,
                      words=[f"--data: found {word}, expected auto: study own names its own data, shapes"])


@oddity
def idx_folder(place):
    """a folder in MNIST's format with gzipped files of another size, below a folder with a space"""
    files(place)
    for prefix, count in [("train", 200), ("t10k", 80)]:
        pixels, labels = samples(count)
        place.write(f"a b/fashion/{prefix}-images-idx3-ubyte.gz",
                    gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, count, 2, 3) + pixels))
        place.write(f"a b/fashion/{prefix}-labels-idx1-ubyte.gz", gzip.compress(struct.pack(">4BI", 0, 0, 8, 1, count) + labels))
    place.write("a b/s.yaml", study(dataset="{name: fashion-mnist, folder: fashion}", network="{file: ../net.safetensors}"))
    place.accepts("run", "a b/s.yaml")
    assert "fashion-mnist, study s" in (place.folder / "figures/fashion-mnist/s/bytes.svg").read_text()
    place.accepts("verify", "--study", "a b/s.yaml")


@oddity
def wrong_files(place):
    """files of a study that do not fit each other are refused in one line before anything is run"""
    def refuses(text, *words):
        place.write("s.yaml", text)
        place.refuses("run", "s.yaml", words=words)
        assert not (place.folder / "experiments").exists()

    files(place)
    refuses(study(dataset="{name: mine, folder: nowhere}"), "nowhere: found no such folder, expected the folder of mine")
    refuses(study(dataset="{name: Mine, folder: .}"), "s.yaml:1: dataset.name: found 'Mine'")
    refuses(study(dataset="{name: mine, training: none.safetensors, test: test.safetensors}"), "none.safetensors: found no such file")
    refuses(study(network="{file: net.safetensors, activation: tanh}", part2="{ranks: [1], " + ", ".join(
        f"{key}: {value}" for key, value in PLAN.items()) + "}"), "s: part2: found this section with a network of tanh")
    refuses(study(baseline="{}"), "s.yaml:9: baseline: found it beside network.file")
    refuses(study(normalisation=None), "s: normalisation: found no such key", "net.safetensors does not say it")
    refuses(study(validation_images=200), "s: validation_images: found 200, expected fewer than the 200 training images")
    network(place, (WIDTH + 1, 5, CLASSES))
    refuses(study(), "net.safetensors: found a network of 7 inputs, expected 6, the elements of a sample of mine")
    network(place, (WIDTH, 5, CLASSES - 1))
    refuses(study(), "train.safetensors: found the label 2, expected 0 to 1, the outputs of the network")
    network(place, (WIDTH, CLASSES), ["fc1"])
    refuses(study(), "net.safetensors: found one layer, expected two or more")
    network(place, (WIDTH, 5, CLASSES), metadata={"lowrank": '{"version": 1, "layers": {}, "network": {"activation": "swish"}}'})
    refuses(study(), "net.safetensors: metadata 'lowrank': found a 'network' whose activation")
    network(place)
    data(place, "test.safetensors", 80, width=5)
    refuses(study(), "test.safetensors: found 80 labels, expected 96")
    data(place, "test.safetensors", 80, labels=bytes([255]) + samples(79)[1])
    refuses(study(), "test.safetensors: found the label 255, expected 0 to 2")


@oddity
def sorted_by_class(place):
    """samples that are sorted by class: a warning names the class that is for validation alone"""
    files(place)
    pixels, labels = samples(200)
    data(place, "train.safetensors", labels=bytes(sorted(label if label < 2 or index > 140 else 0 for index, label in enumerate(labels))))
    place.write("s.yaml", study())
    result = place.run("run", "s.yaml")
    assert result.returncode == 0, result.stderr[-300:]
    assert "warning: s: found no training sample of class 2, expected some of each" in result.stderr, result.stderr[-300:]
