"""Weight files that are odd, or something else."""
import json
import struct

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


@oddity
def plain(place):
    """a plain file of one matrix is decomposed"""
    place.write("w.safetensors", safetensors({"w": matrix()}))
    assert "6 × 4, F32" in place.accepts("svd", "w.safetensors")
