#!/usr/bin/env python3
"""Treats the program badly, and compares what comes out with a run that was left in peace.

Each part is a function that returns a list of complaints. Names as arguments choose parts; the status is 0 if none complains.
The random choices come from --seed, which is printed.
"""
import argparse
import csv
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMANDS = ["baseline", "part1", "part2", "part3"]


class Study:
    """A study with a folder of its own, and the program that runs it."""

    def __init__(self, options, folder, **environment):
        self.options, self.folder = options, folder
        self.environment = {**os.environ, **environment}

    def start(self, command, *arguments):
        """Begins a command; its process. What it prints is kept in `log`."""
        words = [self.options.program, command, "--study", self.options.study, "--data", "digits", "--results", "results"]
        with open(self.folder / "log", "a") as log:
            return subprocess.Popen(
                [*map(str, words), *arguments], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=log)

    def run(self, command, *arguments):
        """Runs a command to its end, which must be a good one; the seconds that it took."""
        began = time.monotonic()
        if status := self.start(command, *arguments).wait():
            raise SystemExit(f"torture: {command} ended with status {status}:\n" + self.log[-2000:])
        return time.monotonic() - began

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def contents(self):
        """What does not depend on time: weights, tables without their seconds, figures; by name."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            if path.suffix in [".safetensors", ".svg", ".png"] or ".tmp-" in name:
                found[name] = path.read_bytes()
            elif path.suffix == ".csv":
                with open(path, newline="") as table:
                    rows = list(csv.DictReader(table))
                found[name] = [{key: text for key, text in row.items() if key != "seconds"} for row in rows]
        return found


def complaints(study, whole):
    """How the files of a study differ from those of one in one piece."""
    here, there = study.contents(), whole.contents()
    return [
        f"{name}: {'missing' if name not in here else 'left over' if name not in there else 'differs'}"
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name)
    ]


def in_one_piece(options, folder):
    """The study, left in peace, and the seconds of each command."""
    folder.mkdir()
    whole = Study(options, folder)
    seconds = {command: whole.run(command, "--threads", "2") for command in COMMANDS}
    whole.run("figures")
    return whole, seconds


def kills(options, folder):
    """kill -9 at random moments, each followed by a new start, as often as it takes for the study to end; in a new folder
    until there were enough."""
    whole, seconds = in_one_piece(options, folder / "whole")
    chance, found, killed, studies = random.Random(options.seed), [], 0, 0
    while killed < options.kills:
        studies += 1
        place = folder / f"killed-{studies}"
        place.mkdir()
        study, here = Study(options, place), 0
        for command in COMMANDS:
            while True:
                # At any moment of the command, its beginning and its last writes included. So many threads as it happens.
                moment = chance.uniform(0, 1.1 * seconds[command])
                threads = str(chance.choice([1, 2, 3]))
                process = study.start(command, "--threads", threads, "--checkpoint-seconds", str(chance.choice([0, 0.1, 60])))
                try:
                    status = process.wait(moment if killed < options.kills else None)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    killed, here = killed + 1, here + 1
                    print(f"kills: {killed}: {command} killed after {moment:.2f} s", flush=True)
                    continue
                if status:
                    return found + [f"{place.name}: {command} ended with status {status}: {study.log[-500:]}"]
                break
        study.run("figures")
        resumed = study.log.count("goes on from a checkpoint")
        wrong = complaints(study, whole) + [line for line in study.log.splitlines() if line.startswith("warning: ")]
        print(f"kills: a study that was killed {here} times, and went on from a checkpoint {resumed} times: "
              + ("other bytes" if wrong else "the same bytes"), flush=True)
        found += [f"{place.name}: {line}" for line in wrong]
        shutil.rmtree(place)
    return found


PARTS = {"kills": kills}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/lowrank")
    parser.add_argument("--study", type=pathlib.Path, default=ROOT / "experiments/quick.yaml")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--kills", type=int, default=25)
    options = parser.parse_args()
    options.program, options.study = options.program.resolve(), options.study.resolve()
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"found the part {unknown[0]}, expected {', '.join(PARTS)}")
    found = []
    for name in options.parts or PARTS:
        print(f"torture: {name}, seed {options.seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="lowrank-torture-") as folder:
            found += [f"{name}: {line}" for line in PARTS[name](options, pathlib.Path(folder))]
    print("\n".join(found) if found else "torture: nothing to complain of")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
