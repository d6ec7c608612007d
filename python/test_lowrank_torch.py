"""Tests of lowrank_torch on files written here: `python3 -m unittest discover python`. Skipped where there is no PyTorch."""
import copy
import json
import pathlib
import tempfile
import unittest
import warnings

try:
    import torch
    from safetensors.torch import load_file, save_file, save_model
    from torch import nn

    import lowrank_torch
except ImportError as error:
    raise unittest.SkipTest(str(error))
try:
    import transformers
except ImportError:
    transformers = None

NAMES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def compress(path, tensors, rank, names, naming="sequential", store=None, metadata=None):
    """Writes what `lowrank compress` writes: the matrices `names` as factors of `rank`, in the type `store`."""
    tensors, layers = dict(tensors), {}
    for weight in names:
        value = tensors.pop(weight)
        stem = weight.removesuffix(".weight")
        u, s, vt = torch.linalg.svd(value.double(), full_matrices=False)
        root = s[:rank].sqrt()
        factors = [f"{stem}.lora_A.weight", f"{stem}.lora_B.weight"] if naming == "lora" else [
            f"{stem}.0.weight", f"{stem}.1.weight"]
        for name, factor in zip(factors, (root[:, None] * vt[:rank], u[:, :rank] * root)):
            tensors[name] = factor.to(store or value.dtype).contiguous()
        layers[weight] = {"rank": rank, "shape": list(value.shape), "type": NAMES[value.dtype], "factors": factors}
        if stem != weight and f"{stem}.bias" in tensors and len(tensors[f"{stem}.bias"]) == len(value):
            layers[weight]["bias"] = f"{stem}.bias" if naming == "lora" else f"{stem}.1.bias"
            tensors[layers[weight]["bias"]] = tensors.pop(f"{stem}.bias")
    save_file(tensors, path, {**(metadata or {}), "lowrank": json.dumps({"version": 1, "layers": layers})})


def network():
    """A chain with a layer without a bias and a buffer."""
    return nn.Sequential(nn.Linear(20, 30), nn.ReLU(), nn.BatchNorm1d(30), nn.Linear(30, 24, bias=False), nn.Linear(24, 10))


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "small.safetensors"
        torch.manual_seed(1)

    def loads(self, model, warns=(), **options):
        """Loads the file into a new model like `model`. The warnings must be one for each of `warns`, with its words."""
        fresh = copy.deepcopy(model)
        with torch.no_grad():
            for value in [*fresh.parameters(), *fresh.buffers()]:
                value.fill_(7)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fresh = lowrank_torch.load(fresh, self.path, **options)
        self.assertEqual(len(caught), len(warns), [str(w.message) for w in caught])
        for warning, words in zip(caught, warns):
            for word in words:
                self.assertIn(word, str(warning.message))
            self.assertEqual(warning.filename, __file__)
        return fresh

    def reference(self, model, **options):
        """The dense model with the products in the place of its weights."""
        dense = copy.deepcopy(model)
        dense.load_state_dict(lowrank_torch.state_dict(self.path, **options))
        return dense

    def assert_equal_outputs(self, one, other, *inputs, tolerance=1e-5, **more):
        with torch.no_grad():
            a, b = one(*inputs, **more), other(*inputs, **more)
        a, b = (y[0] if isinstance(y, tuple) else y for y in (a, b))
        self.assertLessEqual((a - b).abs().max().item(), tolerance * b.abs().max().item())
        self.assertGreater(b.abs().max().item(), 0)


class LinearTests(Case):
    def test_layers_become_pairs_in_both_namings(self):
        model, x = network().eval(), torch.randn(5, 20)
        for naming in ("sequential", "lora"):
            compress(self.path, model.state_dict(), 6, ["0.weight", "3.weight"], naming)
            small = self.loads(model)
            self.assertEqual([(m.in_features, m.out_features, m.bias is None) for m in [*small[0], *small[3]]],
                             [(20, 6, True), (6, 30, False), (30, 6, True), (6, 24, True)])
            self.assertIs(type(small[4]), nn.Linear)
            self.assert_equal_outputs(small, self.reference(model), x)
            self.assertEqual(sum(p.numel() for p in small.parameters()), 6 * (20 + 30 + 30 + 24) + 30 + 60 + 24 * 10 + 10)
            stored = load_file(self.path)
            names = [("0.0.weight", "0.lora_A.weight"), ("3.1.weight", "3.lora_B.weight"), ("0.1.bias", "0.bias")]
            for name, lora in names:
                self.assertTrue(torch.equal(small.state_dict()[name], stored[lora if naming == "lora" else name]), name)

    def test_full_rank_is_the_dense_model(self):
        model = network().double().eval()
        compress(self.path, model.state_dict(), 20, ["0.weight"])
        self.assert_equal_outputs(self.loads(model), model, torch.randn(5, 20).double(), tolerance=1e-12)

    def test_a_model_that_is_a_single_layer(self):
        model = nn.Linear(20, 30)
        compress(self.path, {"weight": model.weight.data}, 4, ["weight"])
        small = self.loads(model, strict=False, warns=[["missing: bias"]])
        self.assertIs(type(small), lowrank_torch.LowRankLinear)
        self.assertTrue(torch.equal(small.bias, torch.full([30], 7.0)))

    def test_type_device_mode_and_gradients_are_those_of_the_replaced_module(self):
        model = network().to(torch.bfloat16).eval()
        model[3].requires_grad_(False)
        compress(self.path, network().state_dict(), 6, ["0.weight", "3.weight"], store=torch.float16)
        small = self.loads(model)
        self.assertEqual({p.dtype for p in small.parameters()}, {torch.bfloat16})
        self.assertFalse(any(m.training for m in small.modules()))
        self.assertEqual([p.requires_grad for p in small.parameters()], [True] * 5 + [False] * 2 + [True] * 2)
        self.assertEqual(lowrank_torch.state_dict(self.path)["0.weight"].dtype, torch.float32)

    def test_the_random_generator_is_not_used(self):
        model = network()
        compress(self.path, model.state_dict(), 6, ["0.weight", "3.weight"])
        before = torch.get_rng_state()
        self.loads(model)
        self.assertTrue(torch.equal(before, torch.get_rng_state()))

    def test_factors_are_trained_through_weight_too(self):
        """Models read `fc.weight.dtype`, and some compute with `fc.weight`."""
        model = network()
        compress(self.path, model.state_dict(), 6, ["0.weight"])
        small = self.loads(model)
        self.assertTrue(torch.equal(small[0].weight, lowrank_torch.state_dict(self.path)["0.weight"]))
        small[0].weight.sum().backward()
        self.assertGreater(small[0][0].weight.grad.abs().max().item(), 0)

    def test_a_subclass_keeps_its_weight(self):
        class Cosine(nn.Linear):
            def forward(self, x):
                return nn.functional.normalize(x) @ nn.functional.normalize(self.weight).T

        model = nn.Sequential(Cosine(20, 30, bias=False), nn.Linear(30, 20))
        compress(self.path, model.state_dict(), 6, ["0.weight", "1.weight"])
        small = self.loads(model, warns=[["full size", "0.weight"]])
        self.assertIs(type(small[0]), Cosine)
        self.assert_equal_outputs(small, self.reference(model), torch.randn(5, 20))

    def test_embeddings_and_recurrent_layers_keep_their_weights(self):
        model = nn.ModuleDict({"words": nn.Embedding(40, 20), "lstm": nn.LSTM(20, 16), "head": nn.Linear(16, 12)})
        compress(self.path, model.state_dict(), 6, ["words.weight", "lstm.weight_ih_l0", "head.weight"])
        small = self.loads(model, warns=[["full size", "words.weight", "lstm.weight_ih_l0"]])
        reference = self.reference(model)
        self.assertIs(type(small["head"]), lowrank_torch.LowRankLinear)
        self.assert_equal_outputs(small["lstm"], reference["lstm"], small["words"](torch.arange(9)))
        self.assertTrue(torch.equal(small["words"].weight, reference["words"].weight))


class ErrorTests(Case):
    def assert_raises(self, error, words, model, **options):
        before = copy.deepcopy(model)
        with self.assertRaises(error) as caught:
            lowrank_torch.load(model, self.path, **options)
        for word in [str(self.path), *words]:
            self.assertIn(word, str(caught.exception))
        self.assertEqual(str(model), str(before))
        for name, value in before.state_dict().items():
            self.assertTrue(torch.equal(value, model.state_dict()[name]), name)

    def test_a_file_of_another_kind(self):
        save_file(network().state_dict(), self.path)
        self.assert_raises(ValueError, ["no metadata of lowrank", "lowrank compress"], network())
        with self.assertRaisesRegex(ValueError, "no metadata of lowrank"):
            lowrank_torch.state_dict(self.path)
        save_file(network().state_dict(), self.path, {"lowrank": '{"version": 2, "layers": {}}'})
        self.assert_raises(ValueError, ["version 2", "expected 1"], network())

    def test_missing_and_unexpected_names_are_listed_under_their_dense_names(self):
        model = network()
        compress(self.path, model.state_dict(), 6, ["0.weight", "3.weight"])
        self.assert_raises(RuntimeError, ["missing: 5.weight, 5.bias"], nn.Sequential(*model, nn.Linear(10, 10)))
        self.assert_raises(RuntimeError, ["unexpected: 3.weight"], nn.Sequential(*model[:3], nn.ReLU(), model[4]))
        without_bias = copy.deepcopy(model)
        without_bias[0].bias = None
        self.assert_raises(RuntimeError, ["unexpected: 0.bias"], without_bias)
        with_bias = copy.deepcopy(model)
        with_bias[3] = nn.Linear(30, 24)
        self.assert_raises(RuntimeError, ["missing: 3.bias"], with_bias)
        self.assert_raises(RuntimeError, ["missing: 0.weight, 0.bias", "unexpected: bias, weight"], model, prefix="0.")

    def test_what_is_not_strict_warns(self):
        model = network()
        compress(self.path, model.state_dict(), 6, ["0.weight", "3.weight"])
        larger = nn.Sequential(*model, nn.Linear(10, 10))
        small = self.loads(larger, strict=False, warns=[["missing: 5.weight, 5.bias"]])
        self.assertTrue((small[5].weight == 7).all())
        self.assert_equal_outputs(small[:5].eval(), self.reference(model).eval(), torch.randn(5, 20))
        smaller = nn.Sequential(*model[:3], nn.ReLU(), model[4])
        self.assertIs(type(self.loads(smaller, strict=False, warns=[["unexpected: 3.weight"]])[3]), nn.ReLU)

    def test_another_shape_is_an_error_even_if_not_strict(self):
        model = network()
        compress(self.path, model.state_dict(), 6, ["0.weight"])
        for index, layer, words in [(0, nn.Linear(21, 30), "0.weight (found [30, 20], expected [30, 21])"),
                                    (4, nn.Linear(24, 11), "4.bias (found [10], expected [11])")]:
            other = copy.deepcopy(model)
            other[index] = layer
            for strict in (True, False):
                self.assert_raises(RuntimeError, [words], other, strict=strict)


class NameTests(Case):
    def test_prefix(self):
        model = nn.ModuleDict({"bert": network(), "cls": nn.Linear(20, 30)})
        compress(self.path, model.state_dict(), 6, ["bert.0.weight", "bert.3.weight", "cls.weight"])
        inner = self.loads(model["bert"], prefix="bert.").eval()
        self.assert_equal_outputs(inner, self.reference(model["bert"], prefix="bert.").eval(), torch.randn(5, 20))
        with self.assertRaisesRegex(ValueError, "no tensor whose name begins with 'gpt.'"):
            lowrank_torch.load(network(), self.path, prefix="gpt.")
        with self.assertRaisesRegex(RuntimeError, "unexpected: bert.2.bias.*bert.0.weight"):
            lowrank_torch.load(model["bert"], self.path)

    def test_a_buffer_that_is_no_longer_stored_may_be_in_the_file(self):
        model = network()
        model.register_buffer("positions", torch.arange(5), persistent=False)
        compress(self.path, {**model.state_dict(), "positions": torch.arange(5)}, 6, ["0.weight"])
        self.loads(model)

    def test_tied_weights(self):
        """The second name is not in the file; the metadata of `save_model` has it, that of other writers does not."""
        class Tied(nn.Module):
            def __init__(self, tied=True):
                super().__init__()
                self.words, self.fc, self.head = nn.Embedding(40, 20), nn.Linear(20, 20), nn.Linear(20, 40)
                if tied:
                    self.head.weight = self.words.weight

            def forward(self, x):
                return self.head(self.fc(self.words(x)))

        model, x = Tied(), torch.arange(6)
        save_model(model, self.path)
        tensors = load_file(self.path)
        kept, = {"words.weight", "head.weight"} & tensors.keys()
        removed, = {"words.weight", "head.weight"} - tensors.keys()
        for metadata, factored in [({removed: kept}, ["fc.weight"]), ({}, ["fc.weight"]),
                                   ({removed: kept}, ["fc.weight", kept]), ({}, ["fc.weight", kept])]:
            compress(self.path, tensors, 6, factored, metadata={**metadata, "format": "pt"})
            small = self.loads(model, warns=[["full size", kept]] if kept in factored else [])
            self.assertIs(small.words.weight, small.head.weight)
            self.assertIs(type(small.fc), lowrank_torch.LowRankLinear)
            reference = copy.deepcopy(model)
            reference.load_state_dict(lowrank_torch.state_dict(self.path), strict=bool(metadata))
            self.assert_equal_outputs(small, reference, x)
        compress(self.path, tensors, 6, ["fc.weight", kept], metadata={removed: kept})
        untied = self.loads(Tied(tied=False), warns=[["full size", kept]])
        self.assert_equal_outputs(untied, self.reference(model), x)

    def test_a_module_with_two_names(self):
        model = nn.Sequential(nn.Linear(20, 20), nn.ReLU())
        model.append(model[0])
        save_model(model, self.path)
        tensors = load_file(self.path)
        kept, = {"0.weight", "2.weight"} & tensors.keys()
        other = {"0": "2", "2": "0"}[kept[0]]
        metadata = {f"{other}.{part}": f"{kept[0]}.{part}" for part in ("weight", "bias")}
        for metadata in (metadata, {}):
            compress(self.path, tensors, 6, [kept], metadata=metadata)
            small = self.loads(model, warns=[["full size", kept]])
            self.assertIs(small[0], small[2])
            reference = copy.deepcopy(model)
            reference.load_state_dict(lowrank_torch.state_dict(self.path), strict=bool(metadata))
            self.assert_equal_outputs(small, reference, torch.randn(5, 20))

    def test_a_bias_that_two_layers_share(self):
        model = nn.Sequential(nn.Linear(20, 30), nn.Linear(30, 30))
        model[1].bias = model[0].bias
        save_model(model, self.path)
        tensors, names = load_file(self.path), ["0.weight", "1.weight"]
        kept, = {"0.bias", "1.bias"} & tensors.keys()
        removed, = {"0.bias", "1.bias"} - tensors.keys()
        for metadata, warns in (({removed: kept}, [["full size", f"{kept[0]}.weight"]]), ({}, [])):
            compress(self.path, tensors, 6, names, metadata=metadata)
            small = self.loads(model, warns=warns)
            self.assertIs(small[0].bias, small[1].bias)
            reference = copy.deepcopy(model)
            reference.load_state_dict(lowrank_torch.state_dict(self.path), strict=bool(metadata))
            self.assert_equal_outputs(small, reference, torch.randn(5, 20))


class AttentionTests(Case):
    def test_projections_of_attention_are_multiplied_out(self):
        model, x = nn.MultiheadAttention(32, 4, batch_first=True).eval(), torch.randn(2, 7, 32)
        compress(self.path, model.state_dict(), 6, ["in_proj_weight", "out_proj.weight"])
        small = self.loads(model, warns=[["full size", "in_proj_weight", "out_proj.weight"]])
        self.assert_equal_outputs(small, self.reference(model), x, x, x)
        self.assert_equal_outputs(small.train(), self.reference(model).train(), x, x, x)

    def test_transformer_encoder(self):
        """Its fast path reads the weights of linear1 and linear2, and makes nested tensors of padded input."""
        layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=0, batch_first=True)
        model, x = nn.TransformerEncoder(layer, 2), torch.randn(2, 7, 32)
        padding = torch.arange(7)[None, :] >= torch.tensor([[7], [4]])
        names = [f"layers.{i}.{name}" for i in range(2) for name in
                 ("linear1.weight", "linear2.weight", "self_attn.in_proj_weight", "self_attn.out_proj.weight")]
        compress(self.path, model.state_dict(), 6, names[1:])  # layers.0.linear1 stays dense
        small = self.loads(model, warns=[["full size", *(n for n in names if "self_attn" in n)]])
        self.assertIs(type(small.layers[1].linear1), lowrank_torch.LowRankLinear)
        calls = []
        small.layers[1].linear1[0].forward = lambda x: calls.append(x) or nn.Linear.forward(small.layers[1].linear1[0], x)
        self.addCleanup(torch.backends.mha.set_fastpath_enabled, torch.backends.mha.get_fastpath_enabled())
        warnings.filterwarnings("ignore", "The PyTorch API of nested tensors")
        for training in (False, True):
            for fast in (False, True):
                torch.backends.mha.set_fastpath_enabled(fast)
                for options in ({}, {"src_key_padding_mask": padding}):
                    ours, reference = small.train(training), self.reference(model).train(training)
                    self.assert_equal_outputs(ours, reference, x, **options)
        self.assertEqual(len(calls), 8, "the factors were not used each time")
        for layer in small.layers:  # right on the fast path too
            layer.activation_relu_or_gelu = 1
        self.assert_equal_outputs(small.eval(), self.reference(model).eval(), x, src_key_padding_mask=padding)
        self.assertEqual(len(calls), 8)

    @unittest.skipUnless(transformers, "needs transformers")
    def test_gpt2(self):
        """Its Conv1D computes y = x W + b; its lm_head shares the weight of the embedding."""
        configuration = transformers.GPT2Config(
            vocab_size=40, n_positions=16, n_embd=32, n_layer=2, n_head=4, bos_token_id=None, eos_token_id=None)
        model = transformers.GPT2LMHeadModel(configuration).eval()
        tensors = {name: value for name, value in model.state_dict().items() if name != "lm_head.weight"}
        names = [name for name, value in tensors.items() if ".h." in name and value.dim() == 2]
        compress(self.path, tensors, 6, names)
        small = self.loads(model)
        reference = copy.deepcopy(model)
        reference.load_state_dict(lowrank_torch.state_dict(self.path), strict=False)
        self.assertEqual([m.weight.shape for m in small.transformer.h[0].mlp.c_fc], [(6, 32), (128, 6)])
        x = torch.arange(10)[None]
        self.assert_equal_outputs(lambda x: small(x).logits, lambda x: reference(x).logits, x)
        self.assertIs(small.lm_head.weight, small.transformer.wte.weight)

    @unittest.skipUnless(transformers, "needs transformers")
    def test_t5(self):
        """It reads the type of a layer's weight."""
        configuration = transformers.T5Config(vocab_size=40, d_model=32, d_kv=8, d_ff=64, num_layers=1, num_heads=4)
        model = transformers.T5EncoderModel(configuration).eval()
        names = [name for name in model.state_dict() if ".layer." in name and name.endswith(("q.weight", "wo.weight"))]
        tensors = {name: value for name, value in model.state_dict().items() if name != "encoder.embed_tokens.weight"}
        compress(self.path, tensors, 6, names)
        small = self.loads(model)
        reference = copy.deepcopy(model)
        reference.load_state_dict(lowrank_torch.state_dict(self.path), strict=False)
        x = torch.arange(10)[None]
        self.assert_equal_outputs(lambda x: small(x).last_hidden_state, lambda x: reference(x).last_hidden_state, x)


if __name__ == "__main__":
    unittest.main()
