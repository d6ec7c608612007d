"""Files that safetensors.torch has written, loaded into PyTorch modules."""
import os
import pathlib
import subprocess
import sys
import warnings

from compression import Compressed
from oddity import Skipped, oddity

try:
    import lowrank_torch
    import torch
    from safetensors.torch import load_file, save_file, save_model
    from torch import nn
except ImportError:
    torch = None
try:
    os.environ["HF_HUB_OFFLINE"] = "1"
    import transformers
    transformers.logging.disable_progress_bar()
except ImportError:
    transformers = None


def need_torch():
    if torch is None:
        raise Skipped("no PyTorch; make interop TORCH=1 installs it")
    torch.manual_seed(1)


def agree(one, other, *inputs, tolerance=1e-5):
    """Both modules give the same output, but for rounding."""
    with torch.no_grad():
        a, b = one(*inputs), other(*inputs)
    difference = ((a - b).abs().max() / b.abs().max()).item()
    assert difference <= tolerance, f"outputs are {difference} apart"


def compare(small, model, *inputs, full_size=(), **options):
    """Loads the file into a new module of `model()`, and its products into another one; both must compute the same. The
    warning must name the weights that are loaded at full size. Returns the first."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loaded = lowrank_torch.load(model(), small.out, **options).eval()
    assert bool(caught) == bool(full_size), [str(warning.message) for warning in caught]
    assert all(name in str(caught[0].message) for name in full_size)
    products = model().eval()
    products.load_state_dict(lowrank_torch.state_dict(small.out))
    agree(loaded, products, *inputs)
    return loaded


def perceptron():
    return nn.Sequential(
        nn.Linear(60, 80), nn.BatchNorm1d(80), nn.ReLU(), nn.Linear(80, 90, bias=False), nn.ReLU(), nn.Linear(90, 8))


@oddity
def tests_of_the_loader(place):
    """the tests of python/lowrank_torch.py pass"""
    need_torch()
    folder = pathlib.Path(lowrank_torch.__file__).parent
    result = subprocess.run([sys.executable, "-m", "unittest", "discover", folder], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stderr.splitlines()[-1]


@oddity
def modules(place):
    """a network of PyTorch in F32, BF16 and F64, in both namings"""
    need_torch()
    for kind in [torch.float32, torch.bfloat16, torch.float64]:
        dense = perceptron().to(kind)
        save_file(dense.state_dict(), place.folder / "model.safetensors", {"format": "pt"})
        for naming in ["sequential", "lora"]:
            small = Compressed(place, "model.safetensors", "--rank", "8", naming=naming)
            assert list(small.ranks) == ["0.weight", "3.weight"], small.ranks
            loaded = lowrank_torch.load(perceptron().to(kind), small.out).eval()
            assert [len(loaded[index]) for index in (0, 3)] == [2, 2]
            products = perceptron().to(kind).eval()
            products.load_state_dict(lowrank_torch.state_dict(small.out))
            agree(loaded, products, torch.randn(9, 60, dtype=kind), tolerance=0.05 if kind == torch.bfloat16 else 1e-5)
            for name, tensor in load_file(small.out).items():
                if "lora" not in name and naming == "sequential":
                    assert torch.equal(loaded.state_dict()[name], tensor), name


@oddity
def half_factors(place):
    """factors of F16 for a network of F32"""
    need_torch()
    save_file(perceptron().state_dict(), place.folder / "model.safetensors")
    compare(Compressed(place, "model.safetensors", "--rank", "8", store="f16"), perceptron, torch.randn(9, 60))


@oddity
def shared_tensors(place):
    """tensors that share memory, saved by save_model: the shared matrix stays dense, and both names get it"""
    need_torch()

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.outer, self.last = nn.Linear(70, 60), nn.Linear(60, 70), nn.Linear(70, 60)
            self.last.weight = self.inner.weight

        def forward(self, x):
            return self.last(self.outer(self.inner(x)).relu())

    save_model(Tied(), place.folder / "model.safetensors", {"format": "pt"})
    small = Compressed(place, "model.safetensors", "--rank", "8", selected=["outer.weight"])
    loaded = compare(small, Tied, torch.randn(9, 70))
    assert loaded.inner.weight is loaded.last.weight


@oddity
def convolutions(place):
    """a convolutional network, whose kernels are copied"""
    need_torch()

    def model():
        return nn.Sequential(nn.Conv2d(3, 32, 5, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(512, 64), nn.Linear(64, 48))

    save_file(model().state_dict(), place.folder / "model.safetensors")
    small = Compressed(place, "model.safetensors", "--energy", "0.7")
    compare(small, model, torch.randn(2, 3, 8, 8))


@oddity
def attention(place):
    """nn.TransformerEncoder: the projections of attention are loaded at full size, the other layers as two"""
    need_torch()

    def model():
        layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)
        return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    save_file(model().state_dict(), place.folder / "model.safetensors")
    small = Compressed(place, "model.safetensors", "--rank", "6")
    names = [f"layers.{i}.self_attn.{name}" for i in (0, 1) for name in ("in_proj_weight", "out_proj.weight")]
    loaded = compare(small, model, torch.randn(2, 7, 64), full_size=names)
    assert len(loaded.layers[1].linear2) == 2


@oddity
def gpt2(place):
    """GPT-2 of transformers, whose layers compute x W + b, in one file and in shards with an index"""
    need_torch()
    if transformers is None:
        raise Skipped("no transformers; make interop TORCH=1 installs it")

    def model():
        return transformers.GPT2LMHeadModel(transformers.GPT2Config(
            vocab_size=99, n_positions=16, n_embd=64, n_layer=2, n_head=4, bos_token_id=None, eos_token_id=None))

    class Logits(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, x):
            return self.inner(x).logits

    dense, x = model(), torch.arange(12)[None]
    for folder, options in [("whole", {}), ("sharded", {"max_shard_size": "200KB"})]:
        dense.save_pretrained(place.folder / folder, **options)
        assert len(list((place.folder / folder).glob("*.index.json"))) == len(options)
        small = Compressed(place, folder, "--rank", "12")
        assert len(small.layers) == 8, small.layers
        loaded, products = lowrank_torch.load(model(), small.out).eval(), model().eval()
        # The file has one tensor for the table of words and the last layer, which share it.
        products.load_state_dict(lowrank_torch.state_dict(small.out), strict=False)
        agree(Logits(loaded), Logits(products), x)
        assert loaded.transformer.h[1].mlp.c_fc[0].weight.shape == (12, 64)
