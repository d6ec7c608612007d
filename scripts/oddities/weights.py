"""Weight files that are odd, or something else."""
import gzip
import json
import os
import pickle
import resource
import struct
import zipfile

from oddity import oddity


def safetensors(tensors, metadata=None):
    """The bytes of a file. `tensors`: by name a type, a shape and the bytes."""
    header, data = {"__metadata__": metadata} if metadata is not None else {}, b""
    for name, (kind, shape, contents) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(contents)]}
        data += contents
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def matrix(rows=6, columns=4):
    """A tensor of F32 with full rank."""
    values = [1.0 / (1 + row + column) for row in range(rows) for column in range(columns)]
    return "F32", [rows, columns], struct.pack(f"<{len(values)}f", *values)


def sparse(place, tensors):
    """A file of zeros without blocks on the disk. `tensors`: by name a type, a shape, and the size in bytes."""
    header, end = {}, 0
    for name, (kind, shape, size) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    path = place.write("sparse.safetensors", struct.pack("<Q", len(text)) + text)
    os.truncate(path, 8 + len(text) + end)


def limited(megabytes):
    """To be called in a new process: it may have this much address space."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


@oddity
def plain(place):
    """a plain file of one matrix is decomposed"""
    place.write("w.safetensors", safetensors({"w": matrix()}))
    assert "6 × 4, F32" in place.accepts("svd", "w.safetensors")


@oddity
def small_tensor_of_a_large_file(place):
    """a small tensor of a file of 3 GiB takes neither its memory nor its time"""
    sparse(place, {"large": ("F32", [3, 2**28], 3 * 2**30), "w": ("F32", [6, 4], 96)})
    assert "6 × 4, F32" in place.accepts("svd", "sparse.safetensors", "--tensor", "w", before=limited(500), timeout=5)


@oddity
def too_little_memory(place):
    """a matrix that does not fit in memory is an error of one line, whatever the limit of the process"""
    sparse(place, {"w": ("F32", [200_000, 200_000], 4 * 200_000**2), "v": ("F32", [2000, 2000], 16 * 10**6)})
    for algorithm in ["lapack", "subspace", "jacobi", "krylov"]:
        place.refuses("svd", "sparse.safetensors", "--tensor", "w", "--algorithm", algorithm,
                      words=["'w'", "too little memory", "GB"])
    refused = 0
    for megabytes in range(460, 760, 30):
        arguments = ["svd", "sparse.safetensors", "--tensor", "v"]
        if place.run(*arguments, before=limited(megabytes), timeout=10).returncode != 0:
            place.refuses(*arguments, words=["'v'", "too little memory", "MB"], before=limited(megabytes), timeout=10)
            refused += 1
    assert 0 < refused < 10, f"found {refused} of 10 limits to be too low"


@oddity
def header_of_an_absurd_length(place):
    """a header that claims to be long takes no memory"""
    for length in [10**8, 10**8 + 1, 2**40, 2**63, 2**64 - 1]:
        place.write("w.safetensors", struct.pack("<Q", length) + b"{}")
        place.refuses("svd", "w.safetensors", words=["w.safetensors"], before=limited(460))


@oddity
def newer_types(place):
    """tensors of every type lie beside a matrix, and only one that is asked for must be of floating point"""
    bits = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
            "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "C64": 64,
            "F64": 64, "I64": 64, "U64": 64}
    tensors = {kind: (kind, [2, 4], bytes(size)) for kind, size in bits.items()}
    place.write("w.safetensors", safetensors({"w": matrix(), **tensors}))
    assert "6 × 4, F32" in place.accepts("svd", "w.safetensors", "--tensor", "w")
    for kind in bits:
        if kind in ["F16", "BF16", "F64"]:
            place.accepts("svd", "w.safetensors", "--tensor", kind)
        else:
            place.refuses("svd", "w.safetensors", "--tensor", kind, words=[f"elements of type {kind},"])
    place.write("w.safetensors", safetensors({"w": matrix(), "v": ("F4", [3], b"\0\0")}))
    place.refuses("svd", "w.safetensors", "--tensor", "w", words=["'v'", "whole bytes"])


@oddity
def headers_of_other_writers(place):
    """a header with null metadata, other fields or a name twice is read as the reference library reads it"""
    entry = '{"dtype":"F32","shape":[6,4],"data_offsets":[0,96]}'
    for header in ['{"__metadata__":null,"w":%s}', '\n {"w":%s}  ',
                   '{"w":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":%s}']:
        text = (header % entry).encode()
        place.write("w.safetensors", struct.pack("<Q", len(text)) + text + matrix()[2])
        assert "6 × 4, F32" in place.accepts("svd", "w.safetensors")


@oddity
def names_that_look_alike(place):
    """names that differ only by Unicode normalisation are two names"""
    place.write("w.safetensors", safetensors({"\u00e9": matrix(6, 4), "e\u0301": matrix(5, 3)}))
    assert "6 × 4" in place.accepts("svd", "w.safetensors", "--tensor", "\u00e9")
    assert "5 × 3" in place.accepts("svd", "w.safetensors", "--tensor", "e\u0301")


@oddity
def wrong_files(place):
    """a file of another kind is called by its name, with what to do"""
    with zipfile.ZipFile(place.folder / "model.pt", "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps({"w": 1}))
    with zipfile.ZipFile(place.folder / "w.npz", "w") as archive:
        archive.writestr("w.npy", b"\x93NUMPY\x01\x00")
    whole = safetensors({"w": matrix()})
    for name, contents, words in [
            ("pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
             ["Git LFS pointer", "git lfs pull"]),
            ("page", "<!DOCTYPE html><html>", ["web page"]), ("small page", "\r\n<HTML>", ["web page"]),
            ("w.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'}", ["NumPy array", "numpy.load", "save_file"]),
            ("w.npz", None, ["NumPy arrays"]),
            ("w.gz", gzip.compress(whole, mtime=0), ["gzip", "gunzip w.gz"]),
            ("model.pt", None, ["zip", "torch.load", "model.pt"]),
            ("old.pt", pickle.dumps({"w": 1}, protocol=2), ["pickle", "weights_only=True", "old.pt"]),
            ("it's.pt", pickle.dumps(1, protocol=4), [r"'it'\''s.pt'"]), ("w.json", "{}", ["JSON"]),
            ("w.gguf", "GGUF\3\0\0\0", ["GGUF"]),
            ("empty", b"", ["0 bytes"]), ("text", "hello, this is text", ["not a safetensors file"]),
            ("random", bytes(range(200, 255)), ["not a"])]:
        if contents is not None:
            place.write(name, contents)
        place.refuses("svd", name, words=words)
    for count in range(8, len(whole), 8):
        place.write("cut", whole[:count])
        place.refuses("svd", "cut", words=[f"found {count} bytes", "cut short"])
    place.write("long", whole + b"\0")
    place.refuses("svd", "long", words=["97 bytes after the header", "96"])


@oddity
def shard_index(place):
    """an index of shards names the shard that holds the tensor"""
    index = {"metadata": {"total_size": 96}, "weight_map": {"v": "model-1.safetensors", "w": "model-2.safetensors"}}
    place.write("model.safetensors.index.json", json.dumps(index, indent=2))
    arguments = ["svd", "model.safetensors.index.json"]
    place.refuses(*arguments, "--tensor", "w", words=["index of shards", "'w'", "model-2.safetensors"])
    place.refuses(*arguments, "--tensor", "x", words=["index of shards", "'x'"])
    place.refuses(*arguments, words=["model-1.safetensors", "model-2.safetensors", "name of a tensor"])


@oddity
def same_signs(place):
    """the same input gives the same bytes of singular vectors, on one processor and on all"""
    place.write("w.safetensors", safetensors({"w": matrix(30, 20)}))
    for algorithm in ["lapack", "jacobi", "subspace", "krylov"]:
        outputs = set()
        for count in [1, len(os.sched_getaffinity(0))]:
            place.accepts("svd", "w.safetensors", "--algorithm", algorithm, "--rank", "5", "--output", "f.safetensors",
                          before=lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count]),
                          environment={"OPENBLAS_NUM_THREADS": str(count)})
            outputs.add((place.folder / "f.safetensors").read_bytes())
        assert len(outputs) == 1, f"{algorithm}: found {len(outputs)} files"


@oddity
def not_a_regular_file(place):
    """a device or a folder is no file of weights, and standard input from a file is one"""
    place.refuses("svd", "/dev/null", words=["a device", "regular file"])
    place.refuses("svd", ".", words=["a folder"])
    place.write("w.safetensors", safetensors({"w": matrix()}))
    with open(place.folder / "w.safetensors", "rb") as file:
        assert "6 × 4" in place.accepts("svd", "/dev/stdin", stdin=file)
