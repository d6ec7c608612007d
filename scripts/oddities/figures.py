"""Studies and surroundings that figures must survive."""
import os
import pathlib
import re

from oddity import oddity

KEY = "dataset,study,seed,experiment,method,rank,cadence"
TRAILING = "ranks,calibration_images,allocation"


def draw_study(place, name, widths, ranks, seeds):
    """Writes a study of a network of `widths` and its tables, with invented values, and draws it; the figures' paths by name."""
    networks = [("baseline", "dense", "", "")]
    networks += [("part1", "truncated", rank, "") for rank in ranks] + [("part2", "fineTuned", rank, "") for rank in ranks]
    networks += [("part3", "dynamic", rank, cadence) for cadence in ["epoch", "step"] for rank in ranks]
    results = [KEY + ",test_accuracy,validation_accuracy,parameters,parameter_ratio,bytes,byte_ratio,macs,mac_ratio,seconds,"
               f"changed_predictions,bits,{TRAILING}"]
    history = [f"{KEY},epoch,learning_rate,training_loss,validation_accuracy,seconds,{TRAILING}"]
    spectra = [f"{KEY},layer,index,singular_value,{TRAILING}"]
    sensitivity = [f"{KEY},layer,validation_accuracy,validation_loss,{TRAILING}"]
    layers = len(widths) - 1
    for seed in seeds:
        for number, (experiment, method, rank, cadence) in enumerate(networks):
            key = f"digits,{name},{seed},{experiment},{method},{rank},{cadence}"
            size = 1000 * (rank or 40)
            end = f"{'-'.join([str(rank)] * layers)},,uniform" if rank else ",,"
            results.append(f"{key},{95 + 0.1 * number},95,{size},1,{4 * size},1,{size},1,1,0,32,{end}")
            if method != "truncated":
                history += [f"{key},{epoch},0.01,{12345.6 / epoch},{90 + epoch + 0.1 * number},1,{end}" for epoch in range(1, 4)]
            if method in ["dense", "dynamic"]:
                for layer, (rows, columns) in enumerate(zip(widths, widths[1:]), 1):
                    spectra += [f"{key},{layer},{index},{(1 + 0.01 * number) / index},{end}"
                                for index in range(1, min(rows, columns) + 1)]
        for rank in ranks:
            steps = [("truncated", "uniform", 32, ""), ("whitenedKeepingBias", "uniform", 32, 20000),
                     ("whitened", "uniform", 32, 20000),
                     ("matchedUnweighted", "uniform", 32, 20000), ("matched", "uniform", 32, 20000)]
            steps += [("matched", way, 32, 20000) for way in ["energy", "output", "gradient", "sensitivity"]]
            steps += [("matched", "gradient", 32, images) for images in [200, 55000]]
            steps += [("matched", "exchanged", bits, 20000) for bits in [32, 16, 8, 4, 3, 2]]
            for number, (method, way, bits, images) in enumerate(steps):
                end = f"{'-'.join(str(rank + (layer + number) % 3) for layer in range(layers))},{images},{way}"
                results.append(f"digits,{name},{seed},part4,{method},{rank},,{90 + 0.5 * number + 0.01 * seed},95,{1000 * rank},1,"
                               f"{125 * rank * bits},1,{1000 * rank},1,1,0,{bits},{end}")
            sensitivity += [f"digits,{name},{seed},part4,whitened,{rank},,{layer},95,{layer / rank},,20000,uniform"
                            for layer in range(1, layers + 1)]
    for table, rows in [("results", results), ("history", history), ("spectra", spectra), ("sensitivity", sensitivity)]:
        place.write(f"results/digits/{name}/{table}.csv", "\n".join(rows) + "\n")
    study = (pathlib.Path(__file__).parents[2] / "experiments/quick.yaml").read_text()
    place.write(f"{name}.yaml", study)
    place.accepts("figures", "study", "--study", f"{name}.yaml", "--results", "results", "--figures", "figures")
    return figures(place, "figures")


def figures(place, folder):
    return {path.name: path for path in sorted((place.folder / folder).rglob("*.*")) if not path.name.startswith(".")}


TEXT = re.compile(
    r'<g transform="translate\(([-0-9.]+),([-0-9.]+)\)( rotate\([-0-9.]+\))?[^>]*font-size="([0-9.]+)" +text-anchor="(\w+)">'
    r"\s*<text>([^<]+)</text>")


def boxes(svg):
    """The texts of a picture with the rectangles that they take, at least: left, top, right, bottom."""
    result = {}
    for x, y, rotated, size, anchor, text in TEXT.findall(svg):
        x, y, size = float(x), float(y), float(size)
        width = size * sum(1 if ord(character) > 0x1100 and character != "…" else 0.45 for character in text)
        start = -width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        box = (x - 0.7 * size, y - start - width, x, y - start) if rotated else (x + start, y - 0.7 * size, x + start + width, y)
        result[text, box] = None  # A title is drawn again with each panel.
    return list(result)


def check_layout(path):
    """All texts lie inside the picture, and none on another."""
    svg = path.read_text()
    width, height = (float(value) for value in re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
    texts = boxes(svg)
    assert len(texts) > 4, f"found {len(texts)} texts in {path.name}"
    for index, (text, box) in enumerate(texts):
        assert 0 <= box[0] and 0 <= box[1] and box[2] <= width and box[3] <= height, f"{path.name}: {text!r} is cut off"
        for other, taken in texts[:index]:
            apart = box[2] <= taken[0] or taken[2] <= box[0] or box[3] <= taken[1] or taken[3] <= box[1]
            assert apart, f"{path.name}: {text!r} lies on {other!r}"


@oddity
def large_study(place):
    """figures have room for 12 layers, one of them of width 1, 8 ranks, 10 seeds, a large loss and a wide name"""
    name, ranks = "W" * 60, [1, 2, 3, 5, 8, 13, 21, 30]
    drawn = draw_study(place, name, [30, 1] + [30] * 11, ranks, range(1, 11))
    assert len(drawn) == 30, f"found {sorted(drawn)}"
    for path in drawn.values():
        if path.suffix == ".svg":
            check_layout(path)
    # gnuplot leaves out entries that its own key has no room for.
    dynamic = [f"dynamic, SVD every {cadence}, D = {rank}" for cadence in ["epoch", "step"] for rank in ranks]
    for figure, texts in [("spectra.svg", ["W12"] + dynamic), ("learning-curves.svg", dynamic)]:
        svg = drawn[figure].read_text()
        for text in texts:
            assert f"{text}</text>" in svg, f"no {text!r} in {figure}"


@oddity
def small_study(place):
    """figures of one layer of width 1 have numbers on their axes"""
    drawn = draw_study(place, "one", [784, 1], [1], [1])
    for path in drawn.values():
        if path.suffix == ".svg":
            check_layout(path)
    # Of the x axis and of both y axes.
    numbers = [box for text, box in boxes(drawn["spectra.svg"].read_text()) if re.fullmatch(r"[0-9.]+", text)]
    assert len(numbers) >= 6, f"found {len(numbers)} numbers on the axes of spectra.svg"


@oddity
def published(place):
    """a table of what others have published that is not one is one line that names it; without one, all figures are drawn"""
    draw_study(place, "two", [784, 20, 10], [5, 10], [1, 2])
    # Of MNIST alone: the study is of the built-in digits.
    place.write("published.csv", "no table\n")
    arguments = ["figures", "study", "--study", "two.yaml", "--results", "results", "--figures", "figures"]
    place.accepts(*arguments)
    tables = place.folder / "results/digits/two"
    for table in tables.glob("*.csv"):
        place.write(f"results/mnist/two/{table.name}", table.read_text().replace("digits,", "mnist,"))
    study = place.folder / "two.yaml"
    study.write_text(re.sub(r"(?m)^dataset: \w+", "dataset: mnist", study.read_text()))
    place.refuses(*arguments, words=["published.csv:1: column 1", "'no table'", "'who'"])
    place.write("published.csv", "who,network,parameters,bytes,accuracy,spread,source,note\nsomeone,small,500,,97.5,,a page,\n")
    place.accepts(*arguments)
    assert ">someone<" in figures(place, "figures/mnist")["accuracy-by-bytes.svg"].read_text()


@oddity
def environment(place):
    """figures have the same bytes in any environment, time zone and locale, with no warning and with standard input closed"""
    place.write("compare.csv", "processor,work,peer,ours,ours_lower_quartile,ours_upper_quartile,theirs,theirs_lower_quartile,"
                "theirs_upper_quartile,ratio,unit,runs\nAMD EPYC,dense_epoch,pytorch,9.0,8.9,9.1,18.0,17.9,18.1,2.0,"
                "seconds per epoch,5\nAMD EPYC,full_svd_five_layers,numpy,1.0,0.9,1.1,3.0,2.9,3.1,3.0,seconds,5\n")
    place.accepts("figures", "compare", "--table", "compare.csv", "--figures", "figures")
    expected = {name: path.read_bytes() for name, path in figures(place, "figures").items()}
    assert len(expected) == 3, f"found {sorted(expected)}"
    gnuplot = ["GNUTERM", "GNUHELP", "GNUPLOT_LIB", "GNUPLOT_DRIVER_DIR", "GNUPLOT_PS_DIR", "GNUPLOT_LUA_DIR", "GDFONTPATH",
               "GNUPLOT_FONTPATH", "GNUPLOT_DEFAULT_GDFONT", "FONTPATH", "FIT_LOG", "FIT_SCRIPT", "PAGER", "DISPLAY", "SHELL"]
    libraries = ["FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR",
                 "PANGO_RC_FILE", "PANGOCAIRO_BACKEND", "CAIRO_DEBUG", "FREETYPE_PROPERTIES", "SOURCE_DATE_EPOCH"]
    place.write("home/.gnuplot", "set terminal dumb\n")
    place.write("home/.config/fontconfig/fonts.conf", """<?xml version="1.0"?><fontconfig>
      <match target="pattern"><edit name="family" mode="assign_replace"><string>DejaVu Serif</string></edit></match>
      </fontconfig>""")
    surroundings = [
        {name: "/nonsense" for name in gnuplot + libraries} | {"GNUTERM": "x11 nonsense"},
        {"TZ": "Asia/Kolkata", "LC_ALL": "tr_TR.UTF-8", "HOME": str(place.folder / "home")},
        {"TZ": "EST5EDT", "LANG": None, "LC_ALL": None, "LC_CTYPE": None, "HOME": None},
        {"LC_ALL": "C", "LANG": "de_DE.ISO-8859-1"},
    ]

    def before():
        os.close(0)
        os.umask(0o077)

    for number, variables in enumerate(surroundings):
        result = place.run("figures", "compare", "--table", "compare.csv", "--figures", f"other{number}",
                           environment=variables, before=before)
        assert result.returncode == 0, f"{variables}: {result.stderr[-300:]!r}"
        assert "gnuplot" not in result.stderr and "iconv" not in result.stderr, f"{variables}: {result.stderr[-300:]!r}"
        drawn = {name: path.read_bytes() for name, path in figures(place, f"other{number}").items()}
        different = [name for name in expected if drawn.get(name) != expected[name]]
        assert not different, f"{variables}: {different} differ"
