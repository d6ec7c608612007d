"""Models that are odd, and odd demands on `lowrank inspect`, `compress` and `verify`."""
import json
import os
import resource
import signal
import struct
import subprocess

from oddity import Skipped, oddity
from weights import limited, matrix, safetensors, sparse

BIAS = ("F32", [40], bytes(160))


def values(place, name, contents):
    """A file of tensors, whose bytes are returned."""
    file = safetensors(contents)
    place.write(name, file)
    return file


def model(place, name="model.safetensors", **others):
    """Two matrices, a bias, and others."""
    return values(place, name, {"fc1.weight": matrix(40, 30), "fc1.bias": BIAS, "fc2.weight": matrix(20, 40), **others})


def compress(*arguments, model="model.safetensors", output="small.safetensors"):
    return ["compress", model, *arguments, *(["-o", output] if output else [])]


def left(place):
    """The names in the folder."""
    return sorted(path.name for path in place.folder.iterdir())


@oddity
def whole_path(place):
    """a model is inspected, compressed and verified; the input stays as it is"""
    before = model(place)
    assert "fc1.weight" in place.accepts("inspect", "model.safetensors", "--csv", "m.csv", "--json", "m.json")
    assert "fc2.weight" in place.accepts(*compress("--rank", "4"))
    assert "agree" in place.accepts("verify", "small.safetensors", "--against", "model.safetensors")
    assert (place.folder / "model.safetensors").read_bytes() == before
    assert left(place) == ["m.csv", "m.json", "model.safetensors", "small.lowrank.csv", "small.lowrank.json", "small.safetensors"]


@oddity
def report_goes_back_in(place):
    """the table of a run is a list of ranks, which gives the same bytes"""
    model(place)
    place.accepts(*compress("--size", "70%"))
    place.accepts(*compress("--ranks", "small.lowrank.csv", output="again.safetensors"))
    assert (place.folder / "small.safetensors").read_bytes() == (place.folder / "again.safetensors").read_bytes()


@oddity
def threads_and_registers(place):
    """1, 2, 3 and 8 threads, with and without AVX-512, write the same bytes"""
    values(place, "model.safetensors", {f"{i}.weight": matrix(300, 200 + i) for i in range(5)})
    files = set()
    for threads in "1238":
        for avx512 in (None, "0"):
            place.accepts(*compress("--energy", "0.9", "--threads", threads), environment={"LOWRANK_AVX512": avx512})
            files.add((place.folder / "small.safetensors").read_bytes())
    assert len(files) == 1, f"found {len(files)} different files"


@oddity
def dry_run(place):
    """a dry run writes nothing"""
    model(place)
    assert "the file:" in place.accepts(*compress("--rank", "4", "--dry-run", output=None))
    assert left(place) == ["model.safetensors"]


@oddity
def nothing_fits(place):
    """a pattern that no name fits gives the nearest names"""
    model(place)
    place.refuses(*compress("--rank", "4", "--include", "fc3.weight"), words=["fc3.weight", "'fc1.weight'", "'fc2.weight'"])
    place.refuses(*compress("--rank", "4", "--exclude", "conv*"), words=["--exclude", "conv*"])
    place.refuses(*compress("--rank", "4", "--include", "*.bias"), words=["fc1.bias", "two dimensions"])
    assert left(place) == ["model.safetensors"]


@oddity
def nothing_to_do(place):
    """a model without a matrix that can be factored is refused"""
    values(place, "model.safetensors", {"fc1.bias": BIAS, "conv.weight": ("F32", [2, 2, 3, 3], bytes(144)),
                                        "ids": ("I64", [4, 4], bytes(128)), "empty": ("F32", [0, 5], b"")})
    place.refuses(*compress("--rank", "4"), words=["no matrix"])
    values(place, "model.safetensors", {})
    place.refuses(*compress("--rank", "4"), words=["no matrix"])


@oddity
def budget(place):
    """a size that cannot be met gives the least and the most"""
    model(place)
    for size in ("1%", "100B", "100%", "1GB"):
        place.refuses(*compress("--size", size), words=["--size", "at least", "less than"])
    for size in ("", "0", "-5%", "40 cats", "nan", "1e400MB", "%"):
        place.refuses(*compress("--size", size), words=["--size"])


@oddity
def options(place):
    """options that contradict each other, or lie outside their range, are refused"""
    model(place)
    for mistake in (["--rank", "0"], ["--rank", "-3"], ["--energy", "0"], ["--energy", "1.5"], ["--energy", "nan"],
                    ["--rank", "4", "--energy", "0.5"], [], ["--rank", "4", "--multiple-of", "0"],
                    ["--rank", "4", "--store", "f8"], ["--rank", "4", "--naming", "mine"], ["--rank", "4", "--threads", "0"]):
        place.refuses(*compress(*mistake))
    place.refuses("compress", "model.safetensors", "--rank", "4", words=["--output"])
    place.refuses(*compress("--rank", "4", output="small.bin"), words=["small.bin", ".safetensors"])
    assert left(place) == ["model.safetensors"]


@oddity
def output_is_input(place):
    """an output that is the input, by whatever name, is refused"""
    before = model(place)
    (place.folder / "link.safetensors").symlink_to("model.safetensors")
    os.link(place.folder / "model.safetensors", place.folder / "hard.safetensors")
    for name in ("model.safetensors", "./model.safetensors", "link.safetensors", "hard.safetensors"):
        place.refuses(*compress("--rank", "4", output=name), words=["the model itself"])
    place.refuses(*compress("--rank", "4", "--spectra", "model.safetensors"), words=["--spectra", "the model itself"])
    place.refuses("inspect", "model.safetensors", "--spectra", "link.safetensors", words=["the model itself"])
    assert (place.folder / "model.safetensors").read_bytes() == before


@oddity
def spectra_of_another_kind(place):
    """a file that holds no spectra is not written over"""
    model(place)
    before = model(place, "other.safetensors")
    place.refuses("inspect", "model.safetensors", "--spectra", "other.safetensors", words=["without spectra"])
    assert (place.folder / "other.safetensors").read_bytes() == before


@oddity
def outputs_that_are_one(place):
    """two outputs of one name, an index of the model, and a new shard in its folder are refused"""
    model(place)
    place.refuses(*compress("--size", "70%", "--spectra", "small.safetensors"), words=["small.safetensors", "another option"])
    place.refuses("inspect", "model.safetensors", "--csv", "x.csv", "--json", "./x.json", "--spectra", "x.json",
                  words=["x.json", "another option"])
    place.write("small.lowrank.csv", "tensor,rank\nfc1.weight,4\n")
    place.refuses(*compress("--ranks", "small.lowrank.csv"), words=["that of --ranks"])
    shards(place)
    index = "s/model.safetensors.index.json"
    before = (place.folder / index).read_bytes()
    place.refuses("inspect", index, "--json", index, words=["the model itself"])
    place.refuses("inspect", "s", "--json", index, words=["the model itself"])
    assert (place.folder / index).read_bytes() == before
    place.accepts(*compress("--rank", "4", model="s", output="s/small.safetensors"))
    (place.folder / index).unlink()
    (place.folder / "s/small.safetensors").unlink()
    place.refuses(*compress("--rank", "4", model="s", output="s/small.safetensors"), words=["in the folder of the model"])


@oddity
def spectra_are_kept(place):
    """a file of spectra keeps those of other matrices and models"""
    model(place)
    values(place, "other.safetensors", {"w.weight": matrix(50, 50)})
    place.accepts("inspect", "model.safetensors", "--spectra", "s.safetensors")
    place.accepts("inspect", "other.safetensors", "--spectra", "s.safetensors")
    both = (place.folder / "s.safetensors").read_bytes()
    place.accepts(*compress("--size", "70%", "--include", "fc1.*", "--spectra", "s.safetensors"))
    assert (place.folder / "s.safetensors").read_bytes() == both and len(both) > 8 * 100


@oddity
def inspected_though_nothing_to_do(place):
    """a model of which nothing would be compressed is inspected all the same"""
    values(place, "model.safetensors", {"small.weight": matrix(10, 10), "embedding.weight": matrix(40, 30)})
    assert "an embedding" in place.accepts("inspect", "model.safetensors")
    model(place)
    place.accepts(*compress("--rank", "8"))
    assert "a factor already" in place.accepts("inspect", "small.safetensors")


@oddity
def vast_shapes(place):
    """shapes whose product overflows are those of empty tensors"""
    values(place, "model.safetensors", {"a": ("F32", [2**62, 3, 0], b""), "fc1.weight": matrix(40, 30)})
    place.accepts("inspect", "model.safetensors")
    place.accepts(*compress("--rank", "4"))
    place.accepts("verify", "small.safetensors", "--against", "model.safetensors")
    report = place.folder / "small.lowrank.json"
    text = report.read_text()
    for old, new in (('"rows" : 40', f'"rows" : {2**62}'), ('"rank" : 4', '"rank" : 0'), ('"stored" : "F32"', '"stored" : "F5"')):
        report.write_text(text.replace(old, new))
        place.refuses("verify", "small.safetensors", "--against", "model.safetensors", words=["'fc1.weight'"])


@oddity
def long_names_of_files(place):
    """a report whose name would be too long is an error before the work"""
    model(place)
    place.refuses(*compress("--rank", "4", output="x" * 243 + ".safetensors"), words=["too long"])
    assert left(place) == ["model.safetensors"]


@oddity
def full_disk(place):
    """a file that may not grow so far gives one line, and nothing stays behind"""
    values(place, "model.safetensors", {f"{i}.weight": matrix(100, 100) for i in range(20)})
    names = left(place)
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    place.refuses(*compress("--rank", "20"), words=["small.safetensors", "room for"], before=small)
    assert left(place) == names


@oddity
def folder_that_is_closed(place):
    """a folder that cannot be written gives one line"""
    model(place)
    place.write("file", "")
    place.refuses(*compress("--rank", "4", output="file/small.safetensors"), words=["file"])
    place.refuses(*compress("--rank", "4", output="/proc/small.safetensors"), words=["small.safetensors"])
    place.refuses(*compress("--rank", "4", output="/dev/null/small.safetensors"))


@oddity
def not_finite(place):
    """NaN and infinities are named, and copied on request"""
    for name, bits in (("nan", 0x7FC00000), ("inf", 0x7F800000)):
        kind, shape, data = matrix(40, 30)
        data = data[:4 * 65] + struct.pack("<I", bits) + data[4 * 66:]
        values(place, "model.safetensors", {"bad.weight": (kind, shape, data), "good.weight": matrix(40, 30)})
        place.refuses(*compress("--rank", "4"), words=["'bad.weight'", f"{name} in row 2, column 5", "--keep-unusable"])
        assert left(place) == (["model.safetensors"] if name == "nan" else
                               ["model.safetensors", "small.lowrank.csv", "small.lowrank.json", "small.safetensors"])
        assert "dense" in place.accepts(*compress("--rank", "4", "--keep-unusable"))
        assert "agree" in place.accepts("verify", "small.safetensors", "--against", "model.safetensors")
        assert name in place.accepts("inspect", "model.safetensors")


@oddity
def beyond_the_type(place):
    """factors that do not fit F16 are an error, and nothing is written"""
    kind, shape, data = matrix(40, 30)
    large = struct.pack("<1200f", *[1e30 * x for (x,) in struct.iter_unpack("<f", data)])
    values(place, "model.safetensors", {"large.weight": (kind, shape, large)})
    place.refuses(*compress("--rank", "4", "--store", "f16"), words=["'large.weight'", "F16", "--store"])
    assert left(place) == ["model.safetensors"]
    place.accepts(*compress("--rank", "4", "--store", "bf16"))


def shards(place, **index):
    values(place, "s/model-1.safetensors", {"a.weight": matrix(40, 30)})
    values(place, "s/model-2.safetensors", {"b.weight": matrix(40, 30)})
    weights = {"a.weight": "model-1.safetensors", "b.weight": "model-2.safetensors", **index}
    place.write("s/model.safetensors.index.json", json.dumps({"weight_map": weights}))


@oddity
def sharded(place):
    """shards are read through their index, or without one from their folder"""
    shards(place)
    for name in ("s", "s/", "s/model.safetensors.index.json"):
        place.accepts(*compress("--rank", "4", model=name))
        place.accepts("verify", "small.safetensors", "--against", name)
    (place.folder / "s/model.safetensors.index.json").unlink()
    place.accepts("verify", "small.safetensors", "--against", "s")


@oddity
def missing_shard(place):
    """a shard or a tensor that is missing is named"""
    shards(place)
    (place.folder / "s/model-2.safetensors").unlink()
    place.refuses(*compress("--rank", "4", model="s"), words=["model-2.safetensors"])
    shards(place, **{"c.weight": "model-2.safetensors"})
    place.refuses(*compress("--rank", "4", model="s"), words=["model-2.safetensors", "'c.weight'"])
    shards(place, **{"c.weight": "../outside.safetensors"})
    place.refuses(*compress("--rank", "4", model="s"), words=["../outside.safetensors"])
    shards(place)
    values(place, "s/model-2.safetensors", {"b.weight": matrix(40, 30), "a.weight": matrix(40, 30)})
    place.refuses(*compress("--rank", "4", model="s"), words=["'a.weight'", "model-1.safetensors"])


@oddity
def folder_without_model(place):
    """a folder without a model, a missing file and an empty one are one line each"""
    (place.folder / "empty").mkdir()
    place.write("nothing.safetensors", b"")
    for name in ("empty", "missing.safetensors", "nothing.safetensors", "/dev/null", ""):
        place.refuses(*compress("--rank", "4", model=name))
        place.refuses("inspect", name)


@oddity
def shared_memory(place):
    """tensors that share memory are refused where they overlap, and left as they are where the metadata names them"""
    header = json.dumps({name: {"dtype": "F32", "shape": [30, 40], "data_offsets": [0, 4800]} for name in ("a.weight", "b.weight")})
    place.write("model.safetensors", struct.pack("<Q", len(header)) + header.encode() + bytes(4800))
    place.refuses(*compress("--rank", "4"), words=["'a.weight'", "'b.weight'", "share memory"])
    tensors = {"a.weight": matrix(30, 40), "c.weight": matrix(30, 40)}
    place.write("model.safetensors", safetensors(tensors, {"b.weight": "a.weight"}))
    assert "shared with b.weight" in place.accepts(*compress("--rank", "4"))
    place.refuses(*compress("--rank", "4", "--include", "a.weight"), words=["shared with b.weight"])


@oddity
def pickles(place):
    """a pickle is not opened: the line that converts it is printed"""
    place.write("model.pt", b"\x80\x02cos\nsystem\n")
    place.write("folder/pytorch_model.bin", b"\x80\x02cos\nsystem\n")
    for name in ("model.pt", "folder"):
        place.refuses(*compress("--rank", "4", model=name), words=["pickle", "python3 -c", "safetensors.torch"])


@oddity
def odd_names(place):
    """names of any text keep their bytes, and print on one line"""
    names = ["", "weight", "a b", "é.weight", "e\u0301.weight", 'q"uote', "new\nline.weight", "..", "x" * 3000, "[a-z]*"]
    values(place, "model.safetensors", {name: matrix(40, 30) for name in names})
    place.accepts(*compress("--rank", "4"))
    place.accepts("verify", "small.safetensors", "--against", "model.safetensors")
    data = (place.folder / "small.safetensors").read_bytes()
    header = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])
    layers = json.loads(header["__metadata__"]["lowrank"])["layers"]
    assert set(layers) == set(names), f"found {set(names) ^ set(layers)} not in both"
    assert all(factor in header for layer in layers.values() for factor in layer["factors"])


@oddity
def name_clash(place):
    """a factor whose name a tensor has already is an error"""
    model(place, **{"fc1.0.weight": matrix(4, 4)})
    place.refuses(*compress("--rank", "4"), words=["'fc1.0.weight'"])
    place.accepts(*compress("--rank", "4", "--naming", "lora"))


@oddity
def compressed_twice(place):
    """factors of an earlier run are not factored again"""
    model(place)
    place.accepts(*compress("--rank", "8"))
    place.refuses(*compress("--rank", "2", model="small.safetensors", output="x.safetensors"), words=["a factor already"])


@oddity
def rank_lists(place):
    """a list of ranks that is wrong is refused with its line"""
    model(place)
    for text, words in (
        ("tensor,rank\nfc3.weight,4\n", ["'fc3.weight'", "'fc1.weight'"]), ("tensor\nfc1.weight\n", ["'rank'"]),
        ("tensor,rank\nfc1.weight,x\n", [":2", "'x'"]), ("tensor,rank\nfc1.weight,0\n", [":2", "'0'"]),
        ("tensor,rank\nfc1.weight,4\nfc1.weight,5\n", [":3", "again"]), ("tensor,rank\nfc1.bias,4\n", ["'fc1.bias'"]),
        ("", ["list.csv"]), ("tensor,rank\n", ["no row"]),
    ):
        place.write("list.csv", text)
        place.refuses(*compress("--ranks", "list.csv"), words=words)
    place.write("list.csv", "tensor,rank\nfc1.weight,\n")
    assert "listed as dense" in place.accepts(*compress("--ranks", "list.csv"))
    place.write("list.csv", "rank,note,tensor\n3,mine,fc1.weight\n900,,fc2.weight\n")
    assert "rank 900 would not be smaller" in place.accepts(*compress("--ranks", "list.csv"))


@oddity
def interrupted(place):
    """Ctrl-C in the middle gives one line, and nothing stays behind"""
    rows = 3000
    data = os.urandom(rows * rows)
    # BF16 between 1 and 2: all finite.
    data = b"".join(data[i:i + 1] + b"\x3f" for i in range(rows * rows))
    values(place, "model.safetensors", {f"{i}.weight": ("BF16", [rows, rows], data) for i in range(3)})
    for arguments in (compress("--rank", "400"), ["inspect", "model.safetensors"]):
        process = subprocess.Popen(
            [place.program, *arguments], cwd=place.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        try:
            process.wait(timeout=1.5)
            raise Skipped("this machine is too fast to be interrupted")
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        lines = [line for line in errors.splitlines() if line.startswith("error")]
        assert process.returncode == 130 and len(lines) == 1 and "interrupted" in lines[0], f"found {errors!r}"
        assert left(place) == ["model.safetensors"], f"found {left(place)}"


@oddity
def little_memory(place):
    """a matrix that does not fit in memory is named"""
    sparse(place, {"large.weight": ("F32", [2**15, 2**15], 2**32), "w.weight": ("F32", [40, 30], 4800)})
    words = ["'large.weight'", "too little memory"]
    place.refuses(*compress("--rank", "4", model="sparse.safetensors"), words=words, before=limited(1000))
    assert left(place) == ["sparse.safetensors"]
    place.accepts(*compress("--rank", "4", "--exclude", "large.weight", "--dry-run", model="sparse.safetensors", output=None),
                  before=limited(1000))


@oddity
def verification(place):
    """a change of the file, the report or the original is found"""
    model(place)
    place.accepts(*compress("--rank", "4"))
    verify = ["verify", "small.safetensors", "--against", "model.safetensors"]
    path = place.folder / "small.safetensors"
    before = path.read_bytes()
    for offset in (len(before) - 1, len(before) - 3000):
        path.write_bytes(before[:offset] + bytes([before[offset] ^ 1]) + before[offset + 1:])
        place.refuses(*verify, words=["small.safetensors", "differ"])
    path.write_bytes(before)
    place.accepts(*verify)
    place.refuses("verify", "small.safetensors", "--against", "small.safetensors")
    place.refuses("verify", "--against", "model.safetensors", words=["expected one"])
    place.refuses("verify", "nonsense", words=["nonsense"])
    place.refuses(*verify, "--seeds", "3", words=["--seeds"])
    report = place.folder / "small.lowrank.json"
    text = report.read_text()
    report.write_text(text.replace('"rank" : 4', '"rank" : 5', 1))
    place.refuses(*verify, words=["differ"])
    for wrong in (text[:-20], "{}", text.replace('"version" : 1', '"version" : 2')):
        report.write_text(wrong)
        place.refuses(*verify, words=["small.lowrank.json"])
    report.unlink()
    place.refuses(*verify, words=["small.lowrank.json"])


@oddity
def damaged_metadata(place):
    """metadata that say what the file does not hold are refused"""
    for text in ("", "[]", "{}", '{"version":2,"layers":{}}', '{"version":1,"layers":{"a":{}}}',
                 '{"version":1,"layers":{"a":{"rank":1,"shape":[40,30],"type":"F32","factors":["b","c"]}}}'):
        place.write("model.safetensors", safetensors({"fc1.weight": matrix(40, 30)}, {"lowrank": text}))
        place.refuses(*compress("--rank", "4"), words=["model.safetensors"])
