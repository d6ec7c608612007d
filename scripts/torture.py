#!/usr/bin/env python3
"""Interrupts the program in many ways, and compares the results with those of an undisturbed run.

Each part is a function that returns a list of complaints. Names as arguments choose parts; the status is 0 if none complains.
The random choices come from --seed, which is printed.
"""
import argparse
import csv
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMANDS = ["baseline", "part1", "part2", "part3"]


class Study:
    """A study with a folder of its own, and the program that runs it."""

    def __init__(self, options, folder, program=None, **environment):
        self.options, self.folder, self.program = options, folder, program or options.program
        # Beside the folder: there may be no room in it.
        self.path = folder.parent / (folder.name + ".log")
        self.environment = {**os.environ, **environment}

    def start(self, command, *arguments, before=None):
        """Begins a command; its process. What it prints is kept in `log`."""
        words = [self.program, command, "--study", self.options.study, "--data", "digits", "--results", "results"]
        with open(self.path, "a") as log:
            return subprocess.Popen(
                [*map(str, words), *arguments], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=log,
                preexec_fn=before)

    def run(self, command, *arguments):
        """Runs a command to its end, which must be a good one; the seconds that it took."""
        began = time.monotonic()
        if status := self.start(command, *arguments).wait():
            raise SystemExit(f"torture: {command} ended with status {status}:\n" + self.log[-2000:])
        return time.monotonic() - began

    @property
    def log(self):
        return self.path.read_text()

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


def settings(options, folder):
    """The same study again, with other thread counts, OpenBLAS settings, register widths and builds."""
    whole, _ = in_one_piece(options, folder / "whole")
    others = [("repeated", [2], {}, None)] * 2 + [(f"{count} threads", [count], {}, None) for count in [1, 3, 4, 8]]
    others += [(f"{name}={value}", [2], {name: value}, None) for name, value in [
        ("OPENBLAS_CORETYPE", "Haswell"), ("OPENBLAS_CORETYPE", "Zen"), ("OPENBLAS_CORETYPE", "SkylakeX"),
        ("OPENBLAS_NUM_THREADS", "1"), ("OPENBLAS_NUM_THREADS", "64"), ("OMP_NUM_THREADS", "64"), ("LOWRANK_AVX512", "0")]]
    others.append(("the debug build", [2], {}, options.debug))
    found = []
    for number, (title, [threads], environment, program) in enumerate(others):
        if program and not program.exists():
            found.append(f"{title}: found no {program}, expected what `swift build --product lowrank` makes")
            continue
        place = folder / f"again-{number}"
        place.mkdir()
        study = Study(options, place, program, **environment)
        for command in COMMANDS:
            study.run(command, "--threads", str(threads))
        study.run("figures")
        wrong = complaints(study, whole)
        print(f"settings: {title}: {'other bytes' if wrong else 'the same bytes'}", flush=True)
        found += [f"{title}: {line}" for line in wrong]
    return found


def disk(options, folder):
    """A disk that fills at random moments: a small file system, or where that may not be mounted, a limit of a file's size.
    Then there is room again, and the study goes on."""
    whole, _ = in_one_piece(options, folder / "whole")
    sizes = [path.stat().st_size for path in whole.folder.rglob("*") if path.is_file()]
    chance, found = random.Random(options.seed), []
    for number in range(options.disks):
        place = folder / f"full-{number}"
        place.mkdir()
        study, full = Study(options, place), 0
        mounted = mount(place, round(chance.uniform(0.02, 1) * sum(sizes)))
        limit = round(chance.uniform(0.02, 1) * max(sizes))
        before = None if mounted else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            for command in [*COMMANDS, "figures"]:
                arguments = [] if command == "figures" else ["--checkpoint-seconds", str(chance.choice([0, 60]))]
                kept = tables(study)
                if study.start(command, *arguments, before=before).wait():
                    full += 1
                    last = study.log.splitlines()[-1]
                    if not last.startswith("error: "):
                        found.append(f"{place.name}: {command}: the last line is {last}")
                    if tables(study) != kept:
                        found.append(f"{place.name}: {command}: earlier results were changed")
                    # Room again.
                    if mounted:
                        subprocess.run(["mount", "-o", "remount,size=1g", str(place)], check=True)
                    before = None
                    study.run(command, *arguments)
            wrong = complaints(study, whole)
        finally:
            if mounted:
                subprocess.run(["umount", str(place)], check=True)
        kind = "a small file system" if mounted else "a limit of a file's size"
        print(f"disk: {kind}, full in {full} commands: {'other bytes' if wrong else 'the same bytes'}", flush=True)
        found += [f"{place.name}: {line}" for line in wrong]
    return found


def mount(place, size):
    """Mounts a file system of `size` bytes in memory. Returns whether that was allowed."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    return shutil.which("mount") and not subprocess.run(words, stderr=subprocess.DEVNULL).returncode


def tables(study):
    """Results that are complete: what a later failure must leave as it is."""
    return {path: path.read_bytes() for path in study.folder.rglob("*") if path.suffix in [".csv", ".json"]}


PARTS = {"kills": kills, "settings": settings, "disk": disk}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/lowrank")
    parser.add_argument("--study", type=pathlib.Path, default=ROOT / "experiments/quick.yaml")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--disks", type=int, default=10)
    parser.add_argument("--debug", type=pathlib.Path, default=ROOT / ".build/debug/lowrank")
    options = parser.parse_args()
    options.program, options.study = options.program.resolve(), options.study.resolve()
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"found the part {unknown[0]}, expected {', '.join(PARTS)}")
    found = []
    for name in options.parts or PARTS:
        print(f"torture: {name}, seed {options.seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="lowrank-torture-") as folder:
            found += [f"{name}: {line}" for line in PARTS[name](options, pathlib.Path(folder))]
    print("\n".join(found) if found else "torture: no differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
