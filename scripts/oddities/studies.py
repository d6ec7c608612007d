"""Study files, tables and data that are odd, and studies that go wrong."""
import json
import resource

from oddity import oddity

PLAN = {"epochs": 1, "batch_size": 50, "learning_rate": 0.05, "warmup_epochs": 0, "momentum": 0.9, "weight_decay": 5e-4,
        "dropout": 0}


def study(**changes):
    """A study that takes a tenth of a second, as lines of YAML; `changes` by key, with `__` for each dot."""
    values = {
        "dataset": "digits", "seed": 1, "validation_images": 50, "normalisation": {"mean": 0.1307, "deviation": 0.3081},
        "digits": {"training": 450, "test": 100, "seed": 1}, "network": {"hidden": [16, 12]}, "baseline": dict(PLAN),
        "part1": {"ranks": [2, "full"]}, "part2": {"ranks": [3], **PLAN},
        "part3": {"ranks": [3], "epoch": dict(PLAN), "step": {"oversampling": 4, **PLAN}},
    }
    for key, value in changes.items():
        *path, last = key.split("__")
        section = values
        for name in path:
            section = section[name]
        section[last] = value

    def text(value):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {text(item)}" for key, item in value.items()) + "}"
        return "[" + ", ".join(map(text, value)) + "]" if isinstance(value, list) else str(value)

    return "".join(f"{key}: {text(value)}\n" for key, value in values.items())


def results(place, name):
    return place.folder / "experiments/results/digits/s" / name


def rows(place, name="results.csv"):
    return results(place, name).read_text().splitlines()[1:]


@oddity
def blown_up(place):
    """a learning rate of 10 stops with a line, and the corrected study runs from the start"""
    words = ["baseline (digits, s, seed 1): epoch 1, step 8", "expected one below 230", "baseline.learning_rate"]
    place.write("s.yaml", study(network__hidden=[64, 64], baseline__learning_rate=10))
    for arguments in [["--checkpoint-seconds", "0"], [], ["--fresh"]]:
        place.refuses("run", "s.yaml", *arguments, words=words)
        left = [path for path in (place.folder / "experiments").rglob("*") if path.is_file() and path.name[0] != "."]
        assert not left, f"found {left}, expected no file"
    place.write("s.yaml", study(network__hidden=[64, 64]))
    warnings = place.run("run", "s.yaml").stderr
    assert "warning" not in warnings and len(rows(place)) == 6, warnings


@oddity
def blown_up_parts(place):
    """rates that are too large in part 2 and part 3 are named by their keys, and earlier rows stay"""
    for key, network in [("part2", "part2 D = 3 "), ("part3__epoch", "part3 D = 3, SVD each epoch "),
                         ("part3__step", "part3 D = 3, SVD each step ")]:
        place.write("s.yaml", study(**{key + "__epochs": 3, key + "__learning_rate": 10}))
        place.refuses("run", "s.yaml", words=[network, key.replace("__", ".") + ".learning_rate of the study file"])
    assert [row.split(",")[3] for row in rows(place)] == ["baseline", "part1", "part1", "part2"]


@oddity
def huge_values(place):
    """tables with huge values are read and replaced"""
    place.write("s.yaml", study())
    place.accepts("run", "s.yaml", "--only", "baseline")
    spectra = results(place, "spectra.csv")
    head, *values = spectra.read_text().splitlines()
    huge = [",".join([*row.split(",")[:9], "3.5206126586094525e+20", *row.split(",")[10:]]) for row in values]
    spectra.write_text("\n".join([head, *huge]) + "\n")
    place.accepts("run", "s.yaml", "--only", "baseline")
    assert "e+20" not in spectra.read_text()


@oddity
def unreadable_results(place):
    """result files that cannot be read are found before any training, and --fresh replaces them"""
    place.write("s.yaml", study())
    place.accepts("run", "s.yaml", "--only", "part1")
    for name, contents in [("results.csv", b"\xFF\x00"), ("manifest.json", b"{"), ("spectra.csv", b"a,b\n1,2\n"),
                           ("costs.csv", b"")]:
        results(place, name).write_bytes(contents)
        trained = place.run("run", "s.yaml", "--seeds", "2")
        assert trained.returncode and "training" not in trained.stderr and name in trained.stderr, trained.stderr
        result = place.run("run", "s.yaml", "--only", "part1", "--fresh")
        assert result.returncode == 0, result.stderr[-300:]
        warnings = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
        assert len(warnings) == 1 and name in warnings[0] and "will be replaced" in warnings[0], result.stderr
        assert len(rows(place)) == 3


@oddity
def seeds(place):
    """a seed has one spelling, decided before any work"""
    place.write("s.yaml", study())
    largest = str(1 << 53)
    commands = [["run", "s.yaml", "--seeds"], ["baseline", "--study", "s.yaml", "--seed"], ["svd-sizes", "--seed"],
                ["verify", "--study", "s.yaml", "--seeds"]]
    odd = ["01", "+1", "1_000", "0x10", " 1", "1e3", "1.0", "", str((1 << 53) + 1), str(1 << 64)]
    for number, text in enumerate(odd):
        place.refuses(*commands[number % 4], text, words=[f"'{text}'", "without a leading zero"])
    for text in ["1-05", "1--5", "1-"]:
        place.refuses("run", "s.yaml", "--seeds", text, words=[text, "without a leading zero"])
    place.refuses("baseline", "--study", "s.yaml", "--seed", "-1", words=["'-1'", "expected a whole number from 0"])
    for text in ["+1", "1_000", "0x10", "1e3", "1.0", "0o10", "'1'", str(1 << 64)]:
        place.write("odd.yaml", study(seed=text))
        place.refuses("run", "odd.yaml", words=["odd.yaml:2: seed"])
    place.write("odd.yaml", study(seed="010"))
    place.refuses("run", "odd.yaml", words=["found '010', written with a leading zero"])
    assert not (place.folder / "experiments").exists()
    place.accepts("run", "s.yaml", "--only", "baseline", "--seeds", "0", largest)
    assert [row.split(",")[2] for row in rows(place)] == ["0", largest]
    place.accepts("verify", "--study", "s.yaml", "--seeds", largest)


@oddity
def numbers(place):
    """numbers that are not written in decimal, and numbers too large, are refused with their line"""
    for key, line, texts in [
            ("baseline__learning_rate", 7, ["1e400", ".inf", "nan", "0x1p-3", "true", "00.5", "'0.05'"]),
            ("baseline__epochs", 7, ["01", "1.0", "9223372036854775808"]),
            ("part1__ranks", 8, [[9223372036854775807], [16385], ["08"], ["'5'"]]),
            ("network__hidden", 6, [["010"]]), ("validation_images", 3, ["1e2"])]:
        for text in texts:
            place.write("s.yaml", study(**{key: text}))
            place.refuses("run", "s.yaml", words=[f"s.yaml:{line}: " + key.replace("__", ".")])
    for text in [".05", "5.E-2"]:
        place.write("s.yaml", study(baseline__learning_rate=text))
        place.refuses("report", "--study", "s.yaml", words=["results.csv"])
    place.write("s.yaml", study(part2__ranks=[16384]))
    place.accepts("run", "s.yaml", "--only", "part2")
    place.accepts("verify", "--study", "s.yaml")
    runs = json.loads(results(place, "manifest.json").read_text())["runs"]
    assert {run["configuration"]["part2"]["ranks"][0] for run in runs} == {16384}


@oddity
def too_few_images(place):
    """more validation images than training images are found before any work, in the last study too"""
    place.write("s.yaml", study())
    place.write("few.yaml", study(validation_images=450))
    words = ["few: validation_images: found 450, expected fewer than the 450"]
    place.refuses("run", "s.yaml", "few.yaml", words=words)
    assert not (place.folder / "experiments").exists()


CALIBRATION = {"images": 200, "held_out": 100, "allocation": "exchanged"}
PART4 = {"ranks": [2, 3], "bits": [32, 4]}


@oddity
def ranks_a_layer(place):
    """ranks that cannot be allocated, or do not fit the layers, are refused in a line, and layers that grow are warned of"""
    for ranks, words in [(["allocated 3"], ["'allocated 3' without the section calibration"]),
                         (["best 3"], ["'best 3'", "energy, output, gradient"]), ([[3]], ["1 rank (3), expected 2"]),
                         ([[3, 0]], ["a list"]), ([["full", 3]], ["a list"])]:
        place.write("s.yaml", study(part3__ranks=ranks))
        place.refuses("run", "s.yaml", words=["part3.ranks: found ", *words])
    place.write("s.yaml", study(calibration=CALIBRATION, part2__ranks=["allocated 400"]))
    place.refuses("run", "s.yaml", words=["part2.ranks: found the budget 400", "expected at most"])
    place.write("s.yaml", study(part2__ranks=[[16, 3]]))
    result = place.run("run", "s.yaml", "--only", "part2")
    warnings = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert result.returncode == 0 and len(warnings) == 1, result.stderr[-300:]
    assert "part2.ranks: found 16 for W1 (full rank 16, no smaller than dense from 16 on)" in warnings[0], warnings
    assert [row.split(",")[-3:] for row in rows(place)][-1] == ["16-3", "", "listed"]


@oddity
def calibration(place):
    """calibration images that there are not, and bits that nothing is stored with, are refused before any work"""
    for key, value, words in [
            ("calibration__images", 0, ["s.yaml:11: calibration.images: found '0'"]),
            ("calibration__images", 301, ["calibration.images: found 301, expected at most 300", "the 100 held out"]),
            ("calibration__held_out", 0, ["calibration.held_out: found 0, expected 2 or more"]),
            ("calibration__allocation", "best", ["calibration.allocation: found 'best'", "energy or output"]),
            ("part4__bits", [32, 5], ["part4.bits: found '5'", "32, 16, 8, 4, 3, 2"]),
            ("part4__ranks", [0], ["part4.ranks: found '0'"]), ("part4__ranks", [99], ["part4.ranks: found the budget 99"])]:
        place.write("s.yaml", study(calibration=dict(CALIBRATION), part4=dict(PART4), **{key: value}))
        place.refuses("run", "s.yaml", words=words)
    place.write("s.yaml", study(part4=PART4))
    place.refuses("run", "s.yaml", words=["part4: found this section without the section calibration"])
    assert not (place.folder / "experiments").exists()


@oddity
def without_training(place):
    """part 4 is refused where the study file does not have it, warns of few images, and is made again to the bit"""
    place.write("s.yaml", study())
    for command in [["run", "s.yaml", "--only", "part4"], ["part4", "--study", "s.yaml"]]:
        place.refuses(*command, words=["s.yaml: found no section part4", "as in experiments/beyond.yaml"])
    assert not (place.folder / "experiments").exists()
    place.write("s.yaml", study(calibration=CALIBRATION, part4=PART4))
    result = place.run("run", "s.yaml", "--only", "part4", "--threads", "1")
    assert result.returncode == 0, result.stderr[-300:]
    assert "calibration.images: found 200, expected 784 or more" in result.stderr, result.stderr
    made = [row.split(",") for row in rows(place)][1:]
    assert [(row[4], row[5], row[-4]) for row in made] == [("matched", rank, bits) for rank in "23" for bits in ["32", "4"]], made
    for row in made:
        name = f"part4-matched-exchanged-{row[5]}-images-200{'-bits-4' if row[-4] == '4' else ''}.safetensors"
        assert int(row[11]) == (results(place, "weights/seed-1") / name).stat().st_size
    place.accepts("verify", "part4", "--study", "s.yaml", "--threads", "2")


@oddity
def older_tables(place):
    """tables of an earlier version are refused in a line that says what helps"""
    place.write("s.yaml", study())
    place.accepts("run", "s.yaml", "--only", "baseline")
    table = results(place, "results.csv")
    table.write_text("".join(",".join(line.split(",")[:18]) + "\n" for line in table.read_text().splitlines()))
    place.refuses("run", "s.yaml", words=["results.csv:1: column 19", "no further column", "--fresh"])
    place.accepts("run", "s.yaml", "--only", "baseline", "--fresh")
    assert len(rows(place)) == 1


@oddity
def banners_and_marks(place):
    """banners of asterisks, asterisks in quotes, byte order marks, CR LF and eight aliases are read"""
    banner = "# " + "*" * 60 + "\n# *a *b *c *d *e *f *g *h *i &j <<: ---\n" + study() + "#***" * 9 + "\n"
    crlf = study().replace("\n", "\r\n")
    aliases = study(part1__ranks="&r [2, full]", part2__ranks="*r", part3__ranks="*r")
    for text in [banner, "\uFEFF" + banner, crlf, "\uFEFF" + crlf, "---\n" + study(), aliases]:
        place.write("s.yaml", text)
        place.refuses("report", "--study", "s.yaml", words=["results.csv"])


@oddity
def not_yaml(place):
    """study files that are no study are refused in one line with the line of the file"""
    def check(text, *words):
        place.write("s.yaml", text)
        line = place.refuses("run", "s.yaml", words=words)
        assert "found found" not in line and "found did not" not in line, line

    good = study()
    merge = good.replace("baseline: {", "baseline: &p {").replace("part2: {", "part2: {<<: *p, ")
    check(merge, "s.yaml:9: part2: found a merge key (<<)")
    check(good.replace("seed: 1\n", 'seed: "5"\n', 1), "s.yaml:2: seed: found '5' in quotes, which is text")
    check(good + "seed: 2\n", "s.yaml:2: found the key 'seed' twice, expected each key once")
    check(good.replace("seed:", "sed:", 1), "s.yaml:2: found the unknown key 'sed'", "seed")
    check(good.replace("baseline: {epochs", "baseline: {epoch"), "s.yaml:7: baseline: found the unknown key 'epoch'")
    check(good.replace("seed: 1\n", "", 1), "s.yaml:1: seed: found no such key")
    check(good.replace("[2, full]", "[2, full"),
          "not YAML: did not find expected ',' or ']', while parsing a flow sequence from line 8")
    check("network:\n\thidden: 3\n", "s.yaml:2: found a tab")
    for text in ["", "# nothing\n# at all\n", "\uFEFF"]:
        check(text, "s.yaml: found nothing, expected a study in YAML")
    check("---\n", "found nothing")
    check(good + "---\n" + good, "s.yaml:11: found a second document (---), expected one study in a file")
    check("- 1\n- 2\n", "s.yaml:1: found a list, expected keys and values")
    check("text\n", "s.yaml:1: found 'text', expected keys and values")
    check(good.replace("[2, full]", "*r"), "s.yaml:8: found an alias (*) without its anchor (&)")
    bomb = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 30))
    check(bomb + good, "s.yaml:6: found alias number 9 (*), expected at most 8")
    check(f'"# " : 1\n{bomb}? *a29\n: 1\n', "s.yaml:7: found alias number 9 (*)")
    for encoding in ["utf-16", "utf-16-le", "utf-16-be"]:
        check(good.encode(encoding), "s.yaml: found text in UTF-16, expected text in UTF-8")
    check(("# caf\u00e9\n" + good).encode("latin-1"), "s.yaml:1: found bytes that are not UTF-8")
    check(good.replace("seed: 1\n", "seed: 1 # \0\n", 1), "s.yaml:2: not YAML: control characters")


@oddity
def short_of_addresses(place):
    """a study for which there is too little memory ends with a line that says so, and does not wait for ever"""
    place.write("s.yaml", study())
    ends = set()
    for megabytes in [200, 290, 300, 460, 600, 2000]:
        limit = (megabytes << 20, megabytes << 20)
        result = place.run(
            "run", "s.yaml", "--threads", "2", "--results", f"r{megabytes}", before=lambda: resource.setrlimit(resource.RLIMIT_AS, limit))
        ends.add(result.returncode)
        if result.returncode:
            assert "error: study s: found too little memory" in result.stderr or "ulimit -v: found" in result.stderr, result.stderr[-300:]
    assert ends == {0, 1, 64}, f"found the statuses {ends}"
