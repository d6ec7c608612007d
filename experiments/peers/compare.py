#!/usr/bin/env python3
"""Compares this package with PyTorch and NumPy at the same work, in turns; see README.md beside this file.

Writes `compare.csv`, a row a work and peer, and `compare.json`, which says how it was measured.
"""
import argparse
import csv
import io
import json
import os
import pathlib
import tempfile
import time

COLUMNS = ["work", "peer", "ours", "theirs", "ratio", "unit", "runs"]


def main():
    options = parsed()
    # Read when the libraries are loaded. Our program sets its own.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    os.environ.pop("OPENBLAS_CORETYPE", None)
    import numpy
    import torch

    from ours import Ours
    from parity import parity
    from peers import facts
    from turns import say
    from works import Works

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    began, started = time.perf_counter(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    ours = Ours([options.program, options.study, options.data, options.weights, str(options.threads)])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        recipe = ours.ask("recipe")
        ours.ask("export", folder)
        pixels = numpy.fromfile(folder / "pixels.u8", dtype=numpy.uint8).reshape(-1, recipe["widths"][0])
        labels = torch.from_numpy(numpy.fromfile(folder / "labels.u8", dtype=numpy.uint8)).long()

        agreement = {p: parity(ours, folder, recipe, pixels, labels, p) for p in ("float64", "float32")}
        say(sentence(agreement))
        rows = []
        for row in Works(ours, folder, recipe, pixels, labels).all():
            rows.append(row)
            say("{work}: ours {0:.4g}, {peer} {1:.4g} {unit}: {ratio:.2f} times ours".format(
                row["ours"]["median"], row["theirs"]["median"], **row))
    ours.close()
    write(options.output.with_suffix(".json"), json.dumps({
        "format": 1, "started": started, "seconds": round(time.perf_counter() - began, 1), "dataset": recipe["dataset"],
        "images": recipe["images"], "widths": recipe["widths"], "weights": options.weights, "rows": rows,
        "parity": agreement, "ours": recipe["environment"], "peers": facts(),
    }, indent=1) + "\n")
    write(options.output, table(rows))


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="our side: peer-work of Benchmarks/Compare")
    parser.add_argument("--study", required=True, help="the study file")
    parser.add_argument("--data", required=True, choices=["mnist", "digits"], help="the images")
    parser.add_argument("--weights", required=True, help="the trained baseline")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="on each side")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the table, a .csv")
    return parser.parse_args()


def sentence(agreement):
    """How far the losses part, for a person."""
    double, single = agreement["float64"]["difference"], agreement["float32"]["difference"]
    text = (f"parity: the same {agreement['float64']['steps']} steps of training from the same weights: losses differ by at "
            f"most {double['largest']:.1g} in double and {single['largest']:.1g} in single precision")
    alone = agreement["float32"]["difference_of_theirs"]
    return text + (f" (PyTorch with one thread from itself with more: {alone['largest']:.1g})" if alone else "")


def table(rows):
    """The CSV's text. Medians stand for the turns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        medians = dict(row, ours=row["ours"]["median"], theirs=row["theirs"]["median"])
        writer.writerow([medians[column] for column in COLUMNS])
    return text.getvalue()


def write(path, text):
    """Under a temporary name first, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    temporary.write_text(text)
    temporary.rename(path)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
