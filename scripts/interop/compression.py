"""What must hold for each compressed file, whatever it was made from and how."""
import csv
import hashlib
import json
import math

import numpy
import safetensors

import container

TABLE = ["tensor", "rows", "columns", "type", "stored", "rank", "predicted_error", "measured_error", "parameters_before",
         "parameters", "bytes_before", "bytes", "macs_before", "macs", "output_error"]
# A rank-r approximation may be this much worse than the best one, relative to its error.
SLACK = 1e-4
# Errors are computed in the type of the matrix.
ROUNDING = {"F64": 1e-12, "F32": 2e-6, "F16": 2e-6, "BF16": 2e-6}


class Compressed:
    """The result of a compression that agrees with its input in all respects."""

    def __init__(self, place, model, *options, out="small.safetensors", selected=None, naming="sequential", store="same"):
        """Compresses the file, index or folder `model` of the place. `selected`: the names of the matrices that must be
        selected; none for those that have a break-even rank of 8 or more and are no embeddings."""
        self.place, self.model, self.out = place, place.folder / model, place.folder / out
        settings = [] if naming == "sequential" else ["--naming", naming]
        settings += [] if store == "same" else ["--store", store]
        self.text = place.accepts("compress", model, "-o", out, *options, *settings, timeout=600)
        self.former_metadata, self.former = container.read_model(self.model)
        self.metadata, self.tensors = container.read(self.out)
        self.layers = json.loads(self.metadata.get("lowrank", '{"layers": {}}'))["layers"]
        with open(self.out.with_suffix(".lowrank.csv"), newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            self.rows = {row["tensor"]: row for row in reader}
        self.report = json.loads(self.out.with_suffix(".lowrank.json").read_text(encoding="utf-8"))
        assert reader.fieldnames == TABLE, f"found the columns {reader.fieldnames}"
        expected = set(selected) if selected is not None else {n for n, t in self.former.items() if chosen(n, t)}
        differ(self.rows.keys(), expected, "selected")
        self._names(naming)
        for name, layer in self.layers.items():
            self._factors(name, layer, store)
        self._container()
        self._report()
        self._verified()

    def _names(self, naming):
        """Each tensor is there as it was, or its factors are; the metadata are there."""
        assert {k: v for k, v in self.metadata.items() if k != "lowrank"} == self.former_metadata, self.metadata
        factored = {name for name, row in self.rows.items() if row["rank"]}
        differ(self.layers, factored, "factored")
        endings = {"sequential": "01", "lora": ["lora_A", "lora_B"]}[naming]
        copies = {name: name for name in self.former if name not in factored}
        factors = []
        for name, layer in self.layers.items():
            stem = "" if name == "weight" else name.removesuffix("weight") if name.endswith(".weight") else f"{name}."
            assert layer["factors"] == [f"{stem}{ending}.weight" for ending in endings], layer
            factors += layer["factors"]
            bias = self.former.get(f"{stem}bias") if stem != f"{name}." else None
            if bias and bias.shape == layer["shape"][:1]:
                copies[f"{stem}bias"] = layer["bias"]
                assert layer["bias"] == f"{stem}{'1.' if naming == 'sequential' else ''}bias", layer
            else:
                assert "bias" not in layer, layer
        differ(self.tensors, {*copies.values(), *factors}, "in the file")
        assert len(self.tensors) == len(copies) + len(factors)
        for before, after in copies.items():
            assert self.former[before].same(self.tensors[after]), f"'{after}' is not a copy of '{before}'"

    def _factors(self, name, layer, store):
        """Shapes, types, numbers and errors of a factored matrix."""
        matrix, row = self.former[name], self.rows[name]
        inner, outer = (self.tensors[factor] for factor in layer["factors"])
        (m, n), rank, kind = matrix.shape, layer["rank"], {"same": matrix.type}.get(store, store.upper())
        assert (layer["shape"], layer["type"], int(row["rank"])) == ([m, n], matrix.type, rank), (layer, row)
        assert [inner[:2], outer[:2]] == [(kind, [rank, n]), (kind, [m, rank])], (name, inner[:2], outer[:2])
        counts = {"rows": m, "columns": n, "parameters_before": m * n, "parameters": rank * (m + n),
                  "bytes_before": len(matrix.contents), "bytes": len(inner.contents) + len(outer.contents),
                  "macs_before": m * n, "macs": rank * (m + n)}
        assert counts == {column: int(row[column]) for column in counts}, (counts, row)
        assert (row["type"], row["stored"]) == (matrix.type, kind), row
        assert rank * (m + n) < m * n, f"'{name}' has grown: rank {rank}"

        w = matrix.values()
        error = relative(w - outer.values() @ inner.values(), w)
        best = math.sqrt(dropped(matrix)[rank])
        measured, predicted, rounding = float(row["measured_error"]), float(row["predicted_error"]), ROUNDING[matrix.type]
        limit = math.hypot((1 + SLACK) * best, 2 * container.EPSILON[kind]) + rounding
        assert abs(measured - error) <= rounding + 1e-5 * error, f"'{name}': the error is {error}, the report has {measured}"
        assert best - rounding <= error <= limit, f"'{name}', rank {rank}: the error is {error}, the best one {best}"
        assert abs(predicted - best) <= SLACK * best + rounding, f"'{name}': the best error is {best}, predicted {predicted}"

    def _container(self):
        """The safetensors library reads the same; tensors are aligned."""
        with safetensors.safe_open(self.out, "np") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}
            theirs = {name: (part.get_dtype(), part.get_shape()) for name, part in slices.items()}
            assert (file.metadata() or {}) == self.metadata
        assert theirs == {name: tensor[:2] for name, tensor in self.tensors.items()}
        for name, tensor in self.tensors.items():
            assert tensor.offset % max(1, container.BITS[tensor.type] // 8) == 0, f"'{name}' begins at byte {tensor.offset}"

    def _report(self):
        """The sums of the report are those of the files."""
        for side, files, tensors, macs in [("before", container.files(self.model), self.former, "macs_before"),
                                           ("after", [self.out], self.tensors, "macs")]:
            sums = {"bytes": sum(path.stat().st_size for path in files),
                    "parameters": sum(math.prod(tensor.shape) for tensor in tensors.values()),
                    "macs": sum(int(row[macs]) for row in self.rows.values())}
            assert self.report[side] == sums, (side, self.report[side], sums)

    def _verified(self):
        """`lowrank verify` accepts the file, and none with another byte: in the header; in a factor or in a copy, even if the
        report then has its digest."""
        command = "verify", self.out.name, "--against", self.model.relative_to(self.place.folder)
        self.place.accepts(*command, timeout=600)
        factors = {factor for layer in self.layers.values() for factor in layer["factors"]}
        # The last byte of an element has its sign and most of its exponent.
        ends = [[tensor.offset + len(tensor.contents) - 1 for name, tensor in self.tensors.items()
                 if tensor.contents and (name in factors) == wanted] for wanted in (True, False)]
        report, contents = self.out.with_suffix(".lowrank.json"), self.out.read_bytes()
        text = report.read_text(encoding="utf-8")
        header = min(tensor.offset for tensor in self.tensors.values())
        for offset in [header // 2, *(found[len(found) // 2] for found in ends if found)]:
            changed = contents[:offset] + bytes([contents[offset] ^ 0x55]) + contents[offset + 1:]
            self.out.write_bytes(changed)
            if offset >= header:
                own, other = (hashlib.sha256(bytes).hexdigest() for bytes in (contents, changed))
                assert own in text, "the report does not have the digest of the file"
                report.write_text(text.replace(own, other), encoding="utf-8")
            result = self.place.run(*command, timeout=600)
            assert 0 < result.returncode < 128, f"verify accepts another byte at {offset} of {len(contents)}"
        self.out.write_bytes(contents)
        report.write_text(text, encoding="utf-8")

    @property
    def ranks(self):
        return {name: int(row["rank"]) if row["rank"] else None for name, row in self.rows.items()}


def chosen(name, tensor):
    """Whether a tensor is factored without being named."""
    if len(tensor.shape) != 2 or 0 in tensor.shape or tensor.type not in container.EPSILON:
        return False
    (m, n), parts = tensor.shape, name.lower().split(".")
    embedding = any("embed" in part or part in ("emb", "wte", "wpe", "shared") for part in parts)
    return (m * n - 1) // (m + n) >= 8 and not embedding


def singular_values(w):
    return numpy.linalg.svd(w, compute_uv=False)


SPECTRA = {}


def dropped(matrix):
    """Σ_{i>r} σᵢ² / Σ σᵢ² for r = 0, 1, … by NumPy's SVD; kept, as a matrix is compressed several times."""
    key = matrix.type, *matrix.shape, hash(matrix.contents)
    if key not in SPECTRA:
        squares = singular_values(matrix.values())**2
        sums = numpy.append(numpy.cumsum(squares[::-1])[::-1], 0)
        SPECTRA[key] = sums / sums[0] if sums[0] else sums
    return SPECTRA[key]


def relative(difference, w):
    norm = numpy.linalg.norm(w)
    return numpy.linalg.norm(difference) / norm if norm else numpy.linalg.norm(difference)


def differ(found, expected, what):
    found, expected = set(found), set(expected)
    assert found == expected, f"{what}: {sorted(found - expected)[:5]} too many, {sorted(expected - found)[:5]} missing"
