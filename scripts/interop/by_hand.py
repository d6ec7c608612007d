"""Files that no library writes, but that the format allows."""
import container
import numpy
from compression import Compressed
from container import Stored, stored
from networks import matrix
from oddity import oddity

STEMS = ["", ".", "..", " ", "a b.", "a/b.", "../up.", "a\\b.", 'a"b.', "a'b.", "a,b;c.", "a\nb.", "a\r\nb.", "a\tb.", "\0.",
         "\x7f.", "\u2028.", "\ufeff.", "\u202ew.", "é.", "e\u0301.", "重み.", "\U0001f600.", "%41.", "*.", "[a].", "?.",
         "-o.", "=1+1.", "weight.", "a.weight.", "__proto__.", "a." * 5000, "重" * 3000 + "."]
NAMES = [f"{stem}weight" for stem in STEMS] + ["Weight", "a.Weight", "a.weight ", "weights", "a_weight", "\u212a", "K"]


def numbers(seed, rows=20, columns=24, kind="F32"):
    return stored(matrix(numpy.random.default_rng(seed), rows, columns), kind)


@oddity
def names(place):
    """names with spaces, quotes, line feeds, slashes, dots, NUL, Unicode or thousands of characters"""
    tensors = {name: numbers(seed) for seed, name in enumerate(NAMES)}
    tensors |= {f"{stem}bias": stored(numpy.arange(20)) for stem in STEMS}
    container.write(place.folder / "model.safetensors", tensors, {"": "", "é\n\"\\": "\0\u2028"})
    for naming in ["sequential", "lora"]:
        small = Compressed(place, "model.safetensors", "--rank", "3", naming=naming)
        assert set(small.ranks.values()) == {3}


@oddity
def empty_name(place):
    """a tensor without a name is copied or factored"""
    container.write(place.folder / "model.safetensors", {"": stored([[1.5]]), "fc.weight": numbers(1)})
    Compressed(place, "model.safetensors", "--rank", "3")
    container.write(place.folder / "model.safetensors", {"": numbers(1), "bias": stored(numpy.arange(20))})
    Compressed(place, "model.safetensors", "--rank", "3")


@oddity
def strange_headers(place):
    """spaces before and behind the header, line feeds and other fields in it, metadata at the end or null"""
    tensors = {"fc.weight": numbers(1), "fc.bias": stored(numpy.arange(20))}
    for metadata, change in [({"a": "b"}, lambda text: "   " + text), ({"a": "b"}, lambda text: text + " " * 1001),
                             (None, lambda text: text.replace(",", ",\n\t ")),
                             ({}, lambda text: text.replace('"dtype"', '"x":null,"dtype"')),
                             (None, lambda text: text[:-1] + ',"__metadata__":{"z":"1"}}'),
                             (None, lambda text: '{"__metadata__":null,' + text[1:])]:
        container.write(place.folder / "model.safetensors", tensors, metadata, change)
        Compressed(place, "model.safetensors", "--rank", "3")


@oddity
def other_order(place):
    """a header in another order than the data"""
    tensors = {"b.weight": numbers(1), "c": stored([1]), "a.weight": numbers(2)}
    container.write(place.folder / "model.safetensors", tensors, None,
                    lambda text: "{" + ", ".join(reversed(text[1:-1].replace("}, ", "}|").split("|"))) + "}")
    Compressed(place, "model.safetensors", "--rank", "3")


@oddity
def all_types(place):
    """tensors of every type are copied, and come to lie at multiples of their element's size"""
    generator = numpy.random.default_rng(5)
    tensors = {"byte": Stored("U8", [1], b"\x07"), "fc.weight": numbers(1), "half.weight": numbers(2, kind="F16")}
    for kind, bits in container.BITS.items():
        for shape, count in (([], 1), ([3], 3), ([40, 50], 2000), ([0, 9], 0)):
            if count * bits % 8 == 0:
                contents = b"\x01\x00\x01"[:count] if kind == "BOOL" and count < 4 else generator.bytes(count * bits // 8)
                if kind in container.EPSILON and count == 2000:
                    contents = stored(matrix(generator, *shape), kind).contents
                tensors[f"{kind}{shape}"] = Stored(kind, shape, contents)
    container.write(place.folder / "model.safetensors", tensors)
    small = Compressed(place, "model.safetensors", "--rank", "4")
    assert len(small.ranks) == 6, small.ranks


@oddity
def not_aligned(place):
    """a file whose tensors begin at odd bytes"""
    tensors = {"one": Stored("U8", [1], b"\x01"), "fc.weight": numbers(1),
               "two": Stored("BOOL", [1], b"\x01"), "wide.weight": numbers(2, kind="F64"),
               "three": Stored("I8", [1], b"\xff"), "half.weight": numbers(3, kind="BF16")}
    container.write(place.folder / "model.safetensors", tensors)
    Compressed(place, "model.safetensors", "--rank", "3")


@oddity
def names_that_meet(place):
    """a factor that would get the name of another tensor is an error"""
    tensors = {"fc.weight": numbers(1), "fc.bias": stored(numpy.arange(20))}
    for name in ["fc.0.weight", "fc.1.weight", "fc.1.bias"]:
        container.write(place.folder / "model.safetensors", {**tensors, name: stored([1.0])})
        place.refuses("compress", "model.safetensors", "-o", "out.safetensors", "--rank", "3", words=[name])
        assert not (place.folder / "out.safetensors").exists()
        Compressed(place, "model.safetensors", "--rank", "3", naming="lora")
