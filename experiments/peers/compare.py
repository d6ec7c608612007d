#!/usr/bin/env python3
"""Compares this package with PyTorch and NumPy at the same work, in turns; see README.md beside this file.

Writes `compare.csv`, a row a processor, work and peer, and `compare.json`, which says how it was measured.
"""
import argparse
import importlib.util
import os
import pathlib
import tempfile
import time


def main():
    options = parsed()
    missing = [name for name in ("numpy", "safetensors", "torch") if importlib.util.find_spec(name) is None]
    if missing and options.smoke:
        print(f"comparison: skipped, this Python has no {', no '.join(missing)}")
        return
    if missing:
        raise SystemExit(f"error: compare.py: found no {', no '.join(missing)}, expected what requirements.txt lists")
    # Read when the libraries are loaded. Our program sets its own.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    os.environ.pop("OPENBLAS_CORETYPE", None)
    with tempfile.TemporaryDirectory() as folder:
        # Where torch.compile puts its programs: nothing stays, and nothing comes from an earlier run.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = f"{folder}/compiled"
        compare(options, pathlib.Path(folder))


def compare(options, folder):
    import numpy
    import torch

    import record
    from agreement import failures
    from ours import Ours
    from parity import parities
    from peers import facts
    from turns import say
    from works import Works

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    began, started = time.perf_counter(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    ours = Ours([options.program, options.study, options.data, options.weights, str(options.threads)])
    recipe = ours.ask("recipe")
    sequence_length = ours.ask("export", folder)["matrices"]
    pixels = numpy.fromfile(folder / "pixels.u8", dtype=numpy.uint8).reshape(-1, recipe["widths"][0])
    labels = torch.from_numpy(numpy.fromfile(folder / "labels.u8", dtype=numpy.uint8)).long()

    agreement = parities(ours, folder, recipe, pixels, labels, steps=5 if options.smoke else None)
    for case in agreement:
        alone = case.get("difference_of_theirs")
        say("parity: {case} in {precision}: losses of {steps} steps differ by at most {0:.2g}{1}".format(
            case["difference"]["all"],
            f"; PyTorch's on one thread from its own on more by {alone['all']:.2g}" if alone else "", **case))
    if failures(agreement):
        raise SystemExit("\n".join(f"error: {line}" for line in failures(agreement)))
    rows = []
    for row in Works(ours, folder, recipe, pixels, labels, options.smoke).all(sequence_length):
        rows.append(row)
        say(record.sentence(row))
    ours.close()
    record.save(options.output, {
        "started": started, "seconds": round(time.perf_counter() - began, 1), "dataset": recipe["dataset"],
        "images": recipe["images"], "widths": recipe["widths"], "weights": options.weights,
        "noisy": {f"{r['work']} {r['peer']}": record.noise(r) for r in rows if record.noise(r)},
        "rows": rows, "parity": agreement, "ours": recipe["environment"], "peers": facts(),
    })
    print(record.markdown(rows))


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="our side: peer-work of Benchmarks/Compare")
    parser.add_argument("--study", required=True, help="the study file")
    parser.add_argument("--data", required=True, choices=["mnist", "digits"], help="the images")
    parser.add_argument("--weights", required=True, help="the trained baseline")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="on each side")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the table, a .csv")
    parser.add_argument("--smoke", action="store_true", help="two turns of a step, to see that everything works")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
