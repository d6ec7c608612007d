"""What the oddities share: how the program is run, and what is expected of it."""
import argparse
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ODDITIES = []


class Skipped(Exception):
    """This machine does not have what the oddity needs; the text says what."""


def oddity(check):
    """Adds a function to the list. Its docstring is the line that is printed."""
    ODDITIES.append((check.__doc__, check))
    return check


class Place:
    """A folder for one oddity, and the program."""

    def __init__(self, folder, program):
        self.folder, self.program = folder, program

    def write(self, name, contents):
        """Makes a file of text or bytes; its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return path

    def run(self, *arguments, stdin=None, stdout=subprocess.PIPE, before=None, environment=None, timeout=60):
        """Runs the program in the folder; its `returncode`, `stdout` and `stderr`, which are text.

        `environment` changes that of this process: a value of None removes a variable. `before` is called in the new process.
        """
        variables = {**os.environ, **(environment or {})}
        return subprocess.run(
            [self.program, *arguments], cwd=self.folder, stdin=stdin or subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.PIPE, preexec_fn=before, timeout=timeout, text=True, errors="replace",
            env={name: value for name, value in variables.items() if value is not None})

    def accepts(self, *arguments, **settings):
        """The program must end well; what it printed on standard output."""
        result = self.run(*arguments, **settings)
        assert result.returncode == 0, f"found status {result.returncode}: {result.stderr[-300:]!r}"
        return result.stdout or ""

    def refuses(self, *arguments, words=(), **settings):
        """The program must end with a status that is not 0 and one line that begins with `error: ` and has all `words`; the
        line. Lines of progress may come before it."""
        result = self.run(*arguments, **settings)
        lines = result.stderr.splitlines()
        assert 0 < result.returncode < 128, f"found status {result.returncode}, expected an error: {result.stderr[-300:]!r}"
        assert lines and lines[-1].startswith("error: "), f"found {result.stderr[-300:]!r}, expected a line that says error"
        assert sum(line.startswith("error") for line in lines) == 1, f"found {lines}, expected one line of error"
        assert len(lines[-1]) <= 500, f"found a line of {len(lines[-1])} characters"
        for word in words:
            assert word in lines[-1], f"found {lines[-1]!r}, expected {word!r} in it"
        return lines[-1]


def main(prog, description, noun):
    """Runs the checks that were listed, a line each; the status of the process."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("words", nargs="*", metavar="word", help=f"only {noun} of this file, or whose line has this word")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/lowrank")
    options = parser.parse_args()
    began, failed, skipped = time.monotonic(), 0, 0
    chosen = [(title, check) for title, check in ODDITIES
              if all(word == check.__module__ or word in title for word in options.words)]
    for title, check in chosen:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=f"lowrank-{prog}-") as folder:
            try:
                # What a check returns is worth a look.
                detail, word = check(Place(pathlib.Path(folder), options.program.resolve())) or "", "ok  "
            except Skipped as reason:
                word, detail, skipped = "skip", str(reason), skipped + 1
            except Exception as error:  # A fault of the program or of the check: the next ones run all the same.
                word, detail, failed = "FAIL", f"{type(error).__name__}: {error}", failed + 1
        print(f"{word} {title} ({time.monotonic() - start:.1f} s){': ' if detail else ''}{detail}", flush=True)
    print(f"{len(chosen) - failed - skipped} {noun} passed, {failed} failed, {skipped} skipped, "
          f"{time.monotonic() - began:.0f} s")
    return 1 if failed or not chosen else 0
