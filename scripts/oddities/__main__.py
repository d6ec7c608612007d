"""Odd input and odd surroundings, given to the built program: what it must read, and what it must refuse in one line.

Prints a line for each oddity. The status is 0 if the program behaved well in all of them.
"""
import argparse
import pathlib
import sys
import tempfile
import time

import figures, files, models, studies, threads, weights  # noqa: E401, F401: they list their oddities
from oddity import ODDITIES, Place, Skipped

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    parser = argparse.ArgumentParser(prog="oddities", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="word", help="only oddities whose line has this word")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/lowrank")
    options = parser.parse_args()
    began, failed, skipped = time.monotonic(), 0, 0
    chosen = [(title, check) for title, check in ODDITIES if all(word in title for word in options.words)]
    for title, check in chosen:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="lowrank-oddity-") as folder:
            try:
                check(Place(pathlib.Path(folder), options.program.resolve()))
                word, detail = "ok  ", ""
            except Skipped as reason:
                word, detail, skipped = "skip", f": {reason}", skipped + 1
            except Exception as error:  # A fault of the program or of the check: the next ones run all the same.
                word, detail, failed = "FAIL", f": {type(error).__name__}: {error}", failed + 1
        print(f"{word} {title} ({time.monotonic() - start:.1f} s){detail}", flush=True)
    print(f"{len(chosen) - failed - skipped} oddities passed, {failed} failed, {skipped} skipped, "
          f"{time.monotonic() - began:.0f} s")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
