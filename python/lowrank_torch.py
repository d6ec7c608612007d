"""Loads a network that `lowrank compress` made smaller into its PyTorch model.

    import lowrank_torch

    model = MyModel()                                       # the dense architecture, as before
    model = lowrank_torch.load(model, "small.safetensors")

In the file, the weight W (m×n) of a layer is two factors, W ≈ W₁ W₀ with W₀ (r×n) and W₁ (m×r). Each such `nn.Linear`
becomes a sequence of two, which computes y = W₁ (W₀ x) + b with r (m + n) multiply–accumulates instead of m n. The metadata
of the file, under the key `lowrank`, says which layers these are. All other tensors are loaded as usual.

After `lowrank compress --data` the factors are fitted to data, and a layer may have a bias that it did not have: it is added. Codes
(`--store int8`, `int4`) are loaded as the numbers that they stand for.

A weight that the model does not use as `nn.Linear` does gets the product W₁ W₀, at its full size, and a warning names it: an
embedding, a weight that has two names, the projections of `nn.MultiheadAttention`, the weight of a subclass of `nn.Linear`.

Needs PyTorch and safetensors.
"""
import json
import os
import warnings
from typing import NamedTuple

import torch
from safetensors import safe_open
from torch import Tensor, nn

Path = str | os.PathLike[str]
Tensors = dict[str, Tensor]
TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


class Factored(NamedTuple):
    """A weight in the file: the names of W₀ (r×n), of W₁ (m×r) and of the bias, if any; and the weight's former type."""
    inner: str
    outer: str
    bias: str | None
    type: torch.dtype


def load(model: nn.Module, path: Path, strict: bool = True, prefix: str = "") -> nn.Module:
    """Loads the file into `model`, in place, and returns it; of a model that is itself a single layer, its replacement.

    The values take the type and the device of the module that they are loaded into, as in `load_state_dict`. With `prefix`,
    only tensors whose names begin with it are loaded, without it: "bert." loads the inner model of one with a head.

    Raises ValueError for a file without the metadata of lowrank, and RuntimeError for names or shapes that do not fit; the
    model is then as it was. If not `strict`, missing and unexpected names are a warning.
    """
    tensors, layers, tied, fitted = _read(path, prefix)
    modules = dict(model.named_modules())
    held = model.state_dict(keep_vars=True)
    dense = {name: tensor.to("meta") for name, tensor in tensors.items()}
    _multiply(dense, layers, tied)
    bare = [name for name in fitted if _is_linear(modules.get(name)) and modules[name].bias is None]
    for name in bare:
        dense.pop(_former_bias(f"{name}.weight" if name else "weight"), None)
    _compare(model, held, dense, strict, path)

    names = [id(value) for value in held.values()]
    replaced, multiplied = {}, {}
    for weight, layer in layers.items():
        name, _, parameter = weight.rpartition(".")
        shared = names.count(id(held.get(weight))) > 1 or not {weight, _former_bias(weight)}.isdisjoint(tied.values())
        linear = parameter == "weight" and _is_linear(modules.get(name)) and not shared
        (replaced if linear else multiplied)[weight] = layer
    _multiply(tensors, multiplied, tied)
    full = ", ".join(weight for weight in multiplied if weight in held)
    if full:
        warnings.warn(f"loaded at full size, as the model does not use them as nn.Linear does: {full}", stacklevel=2)

    for name in bare:
        place = f"{name}." if name else ""
        layer = layers.get(f"{place}weight")
        if (layer.bias if layer else f"{place}bias") in tensors:
            module = modules[name]
            rows = tensors[layer.bias if layer else f"{place}bias"].shape
            module.bias = nn.Parameter(module.weight.new_zeros(rows), module.weight.requires_grad)

    for weight, layer in replaced.items():
        name = weight.rpartition(".")[0]
        pair, inner, outer = _pair(modules[name], tensors.pop(layer.inner), tensors.pop(layer.outer))
        place = f"{name}." if name else ""
        tensors |= {f"{place}0.weight": inner, f"{place}1.weight": outer}
        if layer.bias:
            tensors[f"{place}1.bias"] = tensors.pop(layer.bias)
        if name:
            parent, _, child = name.rpartition(".")
            setattr(modules[parent], child, pair)
        else:
            model = pair
    _use_factors(model)
    model.load_state_dict(tensors, strict=False)  # `_compare` was strict
    return model


def state_dict(path: Path, prefix: str = "") -> Tensors:
    """The tensors of the file with each product W₁ W₀ multiplied out, in the weight's former type and under its former name:
    what `load_state_dict` of the dense model expects. Raises ValueError for a file without the metadata of lowrank."""
    tensors, layers, tied, _ = _read(path, prefix)
    _multiply(tensors, layers, tied)
    return tensors


class LowRankLinear(nn.Sequential):
    """y = W₁ (W₀ x) + b. A parent that reads the `weight` of its layer gets the product, computed each time."""

    @property
    def weight(self) -> Tensor:
        return self[1].weight @ self[0].weight

    @property
    def bias(self) -> Tensor | None:
        return self[1].bias


def _read(path: Path, prefix: str) -> tuple[Tensors, dict[str, Factored], dict[str, str], list[str]]:
    """The tensors; the factored weights by their former names; what `safetensors.torch.save_model` left out because the tensor
    has a second name, each with that name; and the layers that are fitted to data. All without the prefix."""
    with safe_open(path, "pt") as file:
        metadata = file.metadata() or {}
        tensors = {name.removeprefix(prefix): file.get_tensor(name) for name in file.keys() if name.startswith(prefix)}
    if "lowrank" not in metadata:
        raise ValueError(f"{path}: found no metadata of lowrank, expected a file that `lowrank compress` has written")
    contents = json.loads(metadata["lowrank"])
    if contents.get("version") != 1:
        raise ValueError(f"{path}: found version {contents.get('version')} of lowrank's metadata, expected 1")
    fitted = contents.get("network", {}).get("layers", [])
    if "codes" in tensors:
        contents["layers"] = _decode(tensors, metadata, fitted)
    if not tensors:
        raise ValueError(f"{path}: found no tensor whose name begins with '{prefix}'")
    layers, known = {}, set(tensors)
    for weight, layer in contents["layers"].items():
        if weight.startswith(prefix):
            weight = weight.removeprefix(prefix)
            inner, outer, bias = (name.removeprefix(prefix) for name in (*layer["factors"], layer.get("bias", "")))
            bias = bias or _former_bias(weight)  # that of a Conv1D has kept its name
            layers[weight] = Factored(inner, outer, bias if bias in tensors else None, TYPES[layer["type"]])
            known |= {weight, _former_bias(weight)} if layers[weight].bias else {weight}
    tied = {name.removeprefix(prefix): kept.removeprefix(prefix) for name, kept in metadata.items()}
    own = [name.removeprefix(prefix) for name in fitted if name.startswith(prefix)]
    return tensors, layers, {name: kept for name, kept in tied.items() if kept in known and name not in known}, own


def _decode(tensors: Tensors, metadata: dict[str, str], names: list[str]) -> dict[str, dict]:
    """Puts what codes stand for in their place: of b bits each, from the lowest bit of the first byte on, code c is
    (c - (2^b - 1) / 2) times the scale of its row. Gives the factored layers as the metadata of other files has them."""
    bits, widths = int(metadata["bits"]), [int(width) for width in metadata["widths"].split("-")]
    stream = tensors.pop("codes")
    ones = (stream[:, None] >> torch.arange(8, dtype=torch.uint8)) & 1
    whole = ones.flatten()[: ones.numel() // bits * bits].reshape(-1, bits).to(torch.int64)
    codes = (whole << torch.arange(bits)).sum(1).to(torch.float32) - (2**bits - 1) / 2
    scales, biases = tensors.pop("scales").to(torch.float32), tensors.pop("biases").to(torch.float32)

    def matrix(rows: int, columns: int) -> Tensor:
        nonlocal codes, scales
        taken, codes, own, scales = codes[: rows * columns], codes[rows * columns :], scales[:rows], scales[rows:]
        return taken.reshape(rows, columns) * own[:, None]

    layers = {}
    for name, rank, inputs, outputs in zip(names, metadata["ranks"].split("-"), widths[:-1], widths[1:], strict=True):
        place = f"{name}." if name else ""
        if rank == "dense":
            tensors[f"{place}weight"], bias = matrix(outputs, inputs), f"{place}bias"
        else:
            outer = matrix(outputs, int(rank))
            tensors |= {f"{place}1.weight": outer, f"{place}0.weight": matrix(int(rank), inputs)}
            bias = f"{place}1.bias"
            layers[f"{place}weight"] = {"factors": [f"{place}0.weight", f"{place}1.weight"], "bias": bias, "type": "F32"}
        tensors[bias], biases = biases[:outputs], biases[outputs:]
    return layers


def _former_bias(weight: str) -> str:
    """The bias of `fc1.weight` is `fc1.bias`, that of `in_proj_weight` is `in_proj_bias`."""
    return weight.removesuffix("weight") + "bias"


def _multiply(tensors: Tensors, layers: dict[str, Factored], tied: dict[str, str]) -> None:
    """Puts products in the place of factors, and gives back the names that were left out."""
    for weight, layer in layers.items():
        inner, outer = tensors.pop(layer.inner), tensors.pop(layer.outer)
        if layer.bias:
            tensors[_former_bias(weight)] = tensors.pop(layer.bias)
        wide = torch.promote_types(layer.type, torch.float32)
        tensors[weight] = (outer.to(wide) @ inner.to(wide)).to(layer.type)
    tensors |= {name: tensors[kept] for name, kept in tied.items()}


def _compare(model: nn.Module, held: Tensors, dense: Tensors, strict: bool, path: Path) -> None:
    """Compares names and shapes with the model's. A tensor that has two names in the model is in the file under either."""
    loaded = {id(held[name]) for name in dense if name in held}
    # Files of earlier versions of a library may have buffers that the model no longer stores, such as `position_ids`.
    known = held.keys() | {name for name, _ in model.named_buffers()}
    wrong = [f"{name} (found {[*tensor.shape]}, expected {[*held[name].shape]})"
             for name, tensor in dense.items() if name in held and tensor.shape != held[name].shape]
    found = {"missing": [name for name, value in held.items() if id(value) not in loaded],
             "unexpected": [name for name in dense if name not in known], "of another shape": wrong}
    message = f"{path} does not fit the model: " + "; ".join(f"{what}: {', '.join(n)}" for what, n in found.items() if n)
    if wrong or strict and any(found.values()):
        raise RuntimeError(message)
    if any(found.values()):
        warnings.warn(message, stacklevel=3)


def _is_conv1d(module: nn.Module | None) -> bool:
    """Whether it is the layer of GPT-2 in transformers that computes y = x W + b, with W [in, out]."""
    return f"{type(module).__module__}.{type(module).__name__}" == "transformers.pytorch_utils.Conv1D"


def _is_linear(module: nn.Module | None) -> bool:
    """Not a subclass, such as `out_proj` of nn.MultiheadAttention: what it does with its weight is not known."""
    return type(module) is nn.Linear or _is_conv1d(module)


def _pair(module: nn.Module, inner: Tensor, outer: Tensor) -> tuple[nn.Sequential, Tensor, Tensor]:
    """What replaces a linear layer, with the bias of that layer, and the values that its two weights are to get."""
    sequence = LowRankLinear
    if _is_conv1d(module):  # y = x W₁ W₀: first W₁ᵀ, then W₀ᵀ
        sequence, inner, outer = nn.Sequential, outer.T, inner.T
    like = {"bias": False, "dtype": module.weight.dtype, "device": module.weight.device}
    pair = sequence(*(nn.utils.skip_init(nn.Linear, w.shape[1], w.shape[0], **like) for w in (inner, outer)))
    pair.requires_grad_(module.weight.requires_grad)
    pair[1].bias = module.bias
    return pair.train(module.training), inner, outer


def _use_factors(model: nn.Module) -> None:
    """Takes nn.TransformerEncoderLayer off its fast path, which would read `weight`: all of them, as nn.TransformerEncoder
    prepares the input of the last layer for the path of the first one."""
    encoders = [module for module in model.modules() if isinstance(module, nn.TransformerEncoderLayer)]
    if any(isinstance(child, LowRankLinear) for encoder in encoders for child in encoder.children()):
        for encoder in encoders:
            encoder.activation_relu_or_gelu = 0
