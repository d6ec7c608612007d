"""Every option, on the network."""
import csv
import itertools
import json
import math

import container
import numpy
from compression import Compressed, dropped, singular_values
from networks import chain
from oddity import oddity
from safetensors import safe_open
from safetensors.numpy import load_file, save_file


@oddity
def energies(place):
    """--energy keeps the smallest ranks that reach it, and --multiple-of rounds them up"""
    save_file(chain(), place.folder / "model.safetensors")
    for energy, multiple in itertools.product([0.5, 0.9, 0.99], [1, 4]):
        small = Compressed(place, "model.safetensors", "--energy", str(energy), "--multiple-of", str(multiple))
        for name, rank in small.ranks.items():
            kept = 1 - dropped(small.former[name])
            m, n = small.former[name].shape
            least = multiple * math.ceil(next(r for r in range(1, n) if kept[r] >= energy) / multiple)
            assert rank == (least if least * (m + n) < m * n else None), f"'{name}': rank {rank}, expected {least}"


@oddity
def sizes(place):
    """--size is kept by the whole file, in per cent and in bytes, and nearly used"""
    save_file(chain(), place.folder / "model.safetensors")
    before = (place.folder / "model.safetensors").stat().st_size
    for text, bytes in [("40%", 0.4 * before), ("70%", 0.7 * before), ("30kB", 30_000), ("55.5 KiB", 55.5 * 1024),
                        ("64000", 64_000)]:
        small = Compressed(place, "model.safetensors", "--size", text)
        size = small.out.stat().st_size
        assert bytes - 2000 < size <= bytes, f"{text}: found {size} bytes"
    line = place.refuses("compress", "model.safetensors", "-o", "out.safetensors", "--size", "1%", words=["--size"])
    assert not (place.folder / "out.safetensors").exists(), line


@oddity
def ranks(place):
    """--ranks with the table of a run, other numbers of threads, and kept spectra give the same bytes"""
    save_file(chain(), place.folder / "model.safetensors")
    first = Compressed(place, "model.safetensors", "--size", "50%").out.read_bytes()
    table = place.folder / "small.lowrank.csv"
    table.rename(place.folder / "ranks.csv")
    for options in [["--ranks", "ranks.csv"], *(["--size", "50%", "--threads", threads] for threads in "123"),
                    *[["--size", "50%", "--spectra", "spectra.safetensors"]] * 2]:
        again = Compressed(place, "model.safetensors", *options, out="again.safetensors").out.read_bytes()
        assert again == first, f"{options}: found another file"


@oddity
def again_and_again(place):
    """sixty runs on two threads give the same bytes"""
    save_file(chain(), place.folder / "model.safetensors")
    found = set()
    for _ in range(60):
        place.accepts("compress", "model.safetensors", "-o", "small.safetensors", "--rank", "46", "--threads", "2")
        found.add((place.folder / "small.safetensors").read_bytes())
    assert len(found) == 1, f"found {len(found)} files"


@oddity
def patterns(place):
    """--include and --exclude choose matrices by name; --dry-run writes nothing"""
    save_file(chain(), place.folder / "model.safetensors")
    for options, selected in [("--include fc[01].*", "01"), ("--exclude *1*", "02"), ("--include fc3.weight", "3"),
                              ("--include *.weight --exclude fc3*", "012"), ("--include fc0* --include fc2*", "02")]:
        names = [f"fc{index}.weight" for index in selected]
        Compressed(place, "model.safetensors", "--rank", "5", *options.split(), selected=names)
    files = sorted(place.folder.iterdir())
    place.accepts("compress", "model.safetensors", "-o", "dry.safetensors", "--rank", "5", "--dry-run")
    assert sorted(place.folder.iterdir()) == files
    arguments = ["compress", "model.safetensors", "-o", "dry.safetensors", "--rank", "5"]
    place.refuses(*arguments, "--include", "fd0*", words=["fd0*", "fc0"])


@oddity
def unusable(place):
    """a matrix with NaN is refused by its name, and copied if that is asked for"""
    tensors = chain()
    tensors["fc1.weight"][3, 4] = math.nan
    save_file(tensors, place.folder / "model.safetensors")
    arguments = ["compress", "model.safetensors", "-o", "out.safetensors", "--rank", "5"]
    place.refuses(*arguments, words=["fc1.weight", "row 3, column 4"])
    small = Compressed(place, "model.safetensors", "--rank", "5", "--keep-unusable")
    assert small.ranks == {"fc0.weight": 5, "fc1.weight": None, "fc2.weight": 5}, small.ranks


@oddity
def again(place):
    """a compressed file is compressed no further, but its other matrices are"""
    save_file(chain(), place.folder / "model.safetensors")
    first = Compressed(place, "model.safetensors", "--rank", "16", "--include", "fc0*", selected=["fc0.weight"])
    first.out.rename(place.folder / "first.safetensors")
    _, former = container.read(place.folder / "first.safetensors")
    place.accepts("compress", "first.safetensors", "-o", "second.safetensors", "--rank", "5")
    metadata, tensors = container.read(place.folder / "second.safetensors")
    ranks = {name: layer["rank"] for name, layer in json.loads(metadata["lowrank"])["layers"].items()}
    assert ranks == {"fc0.weight": 16, "fc1.weight": 5, "fc2.weight": 5}, ranks
    for name in ["fc0.0.weight", "fc0.1.weight", "fc0.1.bias"]:
        assert tensors[name].same(former[name]), name
    place.accepts("verify", "second.safetensors", "--against", "first.safetensors")


@oddity
def inspected(place):
    """inspect finds NumPy's singular values, and the numbers that follow from them"""
    save_file(chain(), place.folder / "model.safetensors")
    place.accepts("inspect", "model.safetensors", "--csv", "i.csv", "--spectra", "spectra.safetensors", "--json", "i.json")
    tensors = load_file(place.folder / "model.safetensors")
    with safe_open(place.folder / "spectra.safetensors", "np") as file:
        matrices = json.loads(file.metadata()["lowrank.spectra"])["matrices"]
        spectra = {matrix["tensor"]: file.get_tensor(str(number)) for number, matrix in enumerate(matrices)}
    with open(place.folder / "i.csv", newline="") as file:
        rows = {row["tensor"]: row for row in csv.DictReader(file)}
    assert spectra.keys() == rows.keys() == {name for name in tensors if "weight" in name}, rows.keys()
    for name, row in rows.items():
        s = singular_values(tensors[name].astype("f8"))
        assert numpy.allclose(spectra[name], s, rtol=1e-5, atol=1e-7 * s[0]), name
        share, kept = s / s.sum(), numpy.cumsum(s**2) / (s**2).sum()
        expected = {"sigma_1": s[0], "stable_rank": (s**2).sum() / s[0]**2,
                    "effective_rank": numpy.exp(-(share * numpy.log(share)).sum()),
                    "rank_90": 1 + numpy.argmax(kept >= 0.9), "rank_99": 1 + numpy.argmax(kept >= 0.99)}
        for column, value in expected.items():
            assert math.isclose(float(row[column]), value, rel_tol=1e-5), f"'{name}', {column}: {row[column]}, not {value}"
