"""The safetensors format, read and written here: any type, any name, and bytes as they are."""
import json
import struct
from typing import NamedTuple

import numpy

BITS = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
        "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
        "C64": 64, "F64": 64, "I64": 64, "U64": 64}
# Of the types that can be factored: the distance from 1 to the next number.
EPSILON = {"F64": 2.0**-52, "F32": 2.0**-23, "F16": 2.0**-10, "BF16": 2.0**-7}


class Stored(NamedTuple):
    """A tensor as it is in a file."""
    type: str
    shape: list
    contents: bytes
    # Of its first byte, from the beginning of the file.
    offset: int = 0

    def values(self):
        """In float64; for the types that can be factored."""
        if self.type == "BF16":
            flat = (numpy.frombuffer(self.contents, "<u2").astype("<u4") << 16).view("<f4")
        else:
            flat = numpy.frombuffer(self.contents, {"F64": "<f8", "F32": "<f4", "F16": "<f2"}[self.type])
        return flat.astype(numpy.float64).reshape(self.shape)

    def same(self, other):
        return self[:3] == other[:3]


def stored(values, kind="F32"):
    """An array in a type that can be factored. BF16 is rounded towards zero, which is near enough here."""
    values = numpy.asarray(values)
    if kind == "BF16":
        contents = (values.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
    else:
        contents = values.astype({"F64": "<f8", "F32": "<f4", "F16": "<f2"}[kind]).tobytes()
    return Stored(kind, list(values.shape), contents)


def write(path, tensors, metadata=None, header=lambda text: text):
    """Writes a file of `Stored` by name. `header` changes the text of the header, in which nothing is aligned."""
    entries, data = {"__metadata__": metadata} if metadata is not None else {}, b""
    for name, tensor in tensors.items():
        begin, data = len(data), data + tensor.contents
        entries[name] = {"dtype": tensor.type, "shape": tensor.shape, "data_offsets": [begin, len(data)]}
    text = header(json.dumps(entries)).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def read(path):
    """The metadata of a file, and its tensors by name."""
    contents = path.read_bytes()
    begin = 8 + struct.unpack("<Q", contents[:8])[0]
    entries = json.loads(contents[8:begin])
    metadata, tensors = entries.pop("__metadata__", None) or {}, {}
    for name, entry in entries.items():
        first, last = (begin + offset for offset in entry["data_offsets"])
        tensors[name] = Stored(entry["dtype"], entry["shape"], contents[first:last], first)
    assert sum(len(t.contents) for t in tensors.values()) == len(contents) - begin, f"{path}: bytes that are no tensor's"
    return metadata, tensors


def files(model):
    """The files of a model: a file, an index of shards, or a folder of either."""
    if model.is_dir():
        indices = sorted(model.glob("*.index.json"))
        return files(indices[0]) if indices else sorted(model.glob("*.safetensors"))
    if model.suffix == ".json":
        return [model.parent / name for name in sorted(set(json.loads(model.read_text())["weight_map"].values()))]
    return [model]


def read_model(model):
    """The same as `read`, of a model in one file or several."""
    metadata, tensors = {}, {}
    for path in files(model):
        more, own = read(path)
        metadata, tensors = more | metadata, tensors | own
    return metadata, tensors
