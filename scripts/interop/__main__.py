"""Compresses files of other writers with the built program, and reads the results with other readers.

Each check takes files that another library or a hand has written, compresses them, and compares the result with the input
tensor by tensor, and its errors with NumPy's. Prints a line for each check. The status is 0 if all agree. Where there is no
PyTorch, its checks are left out, and their lines say so.
"""
import argparse
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path += [str(ROOT / "scripts/oddities"), str(ROOT / "python")]

import by_numpy, by_hand, by_option, by_torch, transformer  # noqa: E401, E402, F401: they list their checks
from oddity import ODDITIES as CHECKS, Place, Skipped  # noqa: E402


def main():
    parser = argparse.ArgumentParser(prog="interop", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="word", help="only checks whose line has this word")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/lowrank")
    options = parser.parse_args()
    began, failed, skipped = time.monotonic(), 0, 0
    chosen = [(title, check) for title, check in CHECKS if all(word in title for word in options.words)]
    for title, check in chosen:
        start, detail = time.monotonic(), ""
        with tempfile.TemporaryDirectory(prefix="lowrank-interop-") as folder:
            try:
                # What a check returns is worth a look.
                detail, word = check(Place(pathlib.Path(folder), options.program.resolve())) or "", "ok  "
            except Skipped as reason:
                word, detail, skipped = "skip", str(reason), skipped + 1
            except Exception as error:  # A fault of the program or of the check: the next ones run all the same.
                word, detail, failed = "FAIL", f"{type(error).__name__}: {error}", failed + 1
        print(f"{word} {title} ({time.monotonic() - start:.1f} s){': ' if detail else ''}{detail}", flush=True)
    print(f"{len(chosen) - failed - skipped} checks passed, {failed} failed, {skipped} skipped, "
          f"{time.monotonic() - began:.0f} s")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
