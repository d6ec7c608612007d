"""Files that safetensors.numpy has written."""
import itertools
import json

import container
import numpy
from compression import Compressed
from networks import chain, forward, matrix
from oddity import oddity
from safetensors.numpy import load_file, save_file


@oddity
def network(place):
    """a network of NumPy: the compressed one computes what its products compute"""
    save_file(chain(numpy.float64), place.folder / "model.safetensors", {"format": "np", "author": "é \"\n"})
    small = Compressed(place, "model.safetensors", "--rank", "12")
    assert small.ranks == {"fc0.weight": 12, "fc1.weight": 12, "fc2.weight": 12}, small.ranks
    tensors = load_file(small.out)
    products = dict(tensors)
    for name, layer in small.layers.items():
        inner, outer = (products.pop(factor) for factor in layer["factors"])
        products[name] = outer @ inner
        if "bias" in layer:
            products[name.replace("weight", "bias")] = products.pop(layer["bias"])
    x = numpy.random.default_rng(2).standard_normal((5, 100))
    assert numpy.allclose(forward(tensors, x), forward(products, x), rtol=1e-12)


@oddity
def types(place):
    """matrices of F64, F32, F16 and BF16, stored as they were or in another type; names of LoRA"""
    for kind, store in itertools.product(["F64", "F32", "F16", "BF16"], ["same", "f32", "f16", "bf16"]):
        tensors = {name: container.stored(values, kind) for name, values in chain().items()}
        container.write(place.folder / "model.safetensors", tensors)
        Compressed(place, "model.safetensors", "--rank", "7", store=store)
    Compressed(place, "model.safetensors", "--rank", "7", naming="lora")


@oddity
def beside(place):
    """kernels of four dimensions, tables, integers, scalars and empty tensors are copied"""
    generator = numpy.random.default_rng(3)
    tensors = {
        "conv.weight": generator.standard_normal((32, 16, 5, 5)).astype("f4"),
        "conv.bias": generator.standard_normal(32).astype("f4"),
        "words.embedding.weight": matrix(generator, 200, 64).astype("f4"),
        "wte.weight": matrix(generator, 90, 64).astype("f4"),
        "fc.weight": matrix(generator, 64, 96).astype("f4"),
        "in_proj_weight": matrix(generator, 192, 64).astype("f4"),
        "in_proj_bias": generator.standard_normal(192).astype("f4"),
        "half": generator.standard_normal((3, 5)).astype("f2"),
        "bytes.weight": generator.integers(0, 255, (64, 96)).astype("u1"),
        "mask.weight": generator.standard_normal((64, 96)) > 0,
        "steps": numpy.array(7, "i8"), "scalar": numpy.array(3.5, "f4"), "empty": numpy.zeros((0, 64), "f4")}
    save_file(tensors, place.folder / "model.safetensors")
    small = Compressed(place, "model.safetensors", "--rank", "9")
    assert list(small.ranks.values()) == [9, 9], small.ranks
    Compressed(place, "model.safetensors", "--rank", "9", "--include", "words*", selected=["words.embedding.weight"])


@oddity
def shards(place):
    """shards with an index, and a folder of them, give the tensors of the single file"""
    tensors = chain()
    save_file(tensors, place.folder / "model.safetensors", {"format": "np"})
    whole = Compressed(place, "model.safetensors", "--rank", "10")
    names = list(tensors)
    for folder, index in (("sharded", True), ("folder", False)):
        (place.folder / folder).mkdir()
        weight_map = {}
        for number, part in enumerate([names[:2], names[2:5], names[5:]], 1):
            file = f"model-{number:05}-of-00003.safetensors"
            save_file({name: tensors[name] for name in part}, place.folder / folder / file, {"format": "np"})
            weight_map |= dict.fromkeys(part, file)
        if index:
            total = sum(values.nbytes for values in tensors.values())
            (place.folder / folder / "model.safetensors.index.json").write_text(
                json.dumps({"metadata": {"total_size": total}, "weight_map": weight_map}, indent=2))
        for model in [folder, f"{folder}/model.safetensors.index.json"][:2 if index else 1]:
            parts = Compressed(place, model, "--rank", "10")
            assert parts.tensors.keys() == whole.tensors.keys() and parts.layers == whole.layers
            assert all(parts.tensors[name].same(tensor) for name, tensor in whole.tensors.items())


@oddity
def spectra(place):
    """matrices that are zero, of rank 1, orthogonal, very large, very small, wide and tall"""
    generator = numpy.random.default_rng(4)
    tensors = {
        "zero.weight": numpy.zeros((40, 50)),
        "one.weight": numpy.outer(generator.standard_normal(60), generator.standard_normal(40)),
        "orthogonal.weight": numpy.linalg.qr(generator.standard_normal((64, 64)))[0],
        "noise.weight": generator.standard_normal((70, 90)),
        "large.weight": 1e30 * matrix(generator, 50, 40), "small.weight": 1e-30 * matrix(generator, 50, 40),
        "wide.weight": matrix(generator, 17, 3000), "tall.weight": matrix(generator, 2000, 18)}
    for kind in ["F32", "F64"]:
        model = {name: container.stored(values, kind) for name, values in tensors.items()}
        container.write(place.folder / "model.safetensors", model)
        for options in [["--rank", "6"], ["--energy", "0.8"], ["--size", "30%"]]:
            Compressed(place, "model.safetensors", *options)
