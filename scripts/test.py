#!/usr/bin/env python3
"""Builds and runs the tests, and prints what a person wants to know: a line per two suites, the first ten failures of
each test in full, the worst ratios of the SVDs, the totals. The whole output goes to .build/test.log.

Arguments go to `swift test`, such as `--filter SVDTests`. The status is that of `swift test`; it is not zero if a test
fails, the tests crash, or no test runs.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOG = ROOT / ".build" / "test.log"
EVENTS = ROOT / ".build" / "test-events.jsonl"
# Options of `swift test` alone, and whether a value follows. All others are for the build too.
TEST_OPTIONS = {"--filter": True, "--skip": True, "--num-workers": True, "--xunit-output": True, "--parallel": False,
                "--no-parallel": False}
MOST_ISSUES = 10  # printed for a test
stopped = []  # by a signal: the status


class Terminal:
    """A line that is overwritten, on a terminal; elsewhere a plain line a minute."""

    def __init__(self):
        self.live, self.shown, self.printed = sys.stdout.isatty(), False, time.time()

    def progress(self, text):
        if self.live:
            print("\r\033[K" + text[:os.get_terminal_size().columns - 1], end="", flush=True)
            self.shown = True
        elif time.time() - self.printed > 60:
            self.line(text)

    def line(self, text=""):
        if self.shown:
            print("\r\033[K", end="")
        print(text, flush=True)
        self.shown, self.printed = False, time.time()


class Run:
    """What the event stream of Swift Testing has said so far."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.names, self.suites = {}, {}  # by identifier; a suite's tests by its identifier
        self.running, self.issues, self.skipped, self.ended = set(), {}, set(), set()
        self.row = []

    @staticmethod
    def suite(test):
        return test.split("/", 1)[0]

    def read(self, record):
        payload = record["payload"]
        if record["kind"] == "test":
            self.names[payload["id"]] = payload["name"]
            if payload["kind"] == "function":
                self.suites.setdefault(self.suite(payload["id"]), []).append(payload["id"])
            return
        kind, test = payload["kind"], payload.get("testID")
        if kind == "testStarted" and "/" in test:
            self.running.add(test)
        elif kind == "testSkipped":
            self.skipped.update([test] if "/" in test else self.suites.get(test, []))
        elif kind == "issueRecorded":
            self.issue(payload, test)
        elif kind == "testEnded" and "/" in test:
            self.running.discard(test)
            self.ended.add(test)
        elif kind == "testEnded":
            self.end(test)

    def issue(self, payload, test):
        issue = payload["issue"]
        if issue.get("isKnown") or issue.get("isFailure") is False:
            return
        issues = self.issues.setdefault(test, [])
        issues.append(issue)
        if len(issues) > MOST_ISSUES:
            return
        place = issue.get("sourceLocation") or {}
        file = place.get("_filePath", place.get("filePath", "?")).removeprefix(f"{ROOT}/")
        text = "\n".join(message["text"] for message in payload["messages"])
        # "Test name recorded an issue with 1 argument … at File.swift:1:2: what": the place stands in front already.
        text = re.sub(r"^.*?recorded an issue.*? at [^\n]*?\.swift:\d+:\d+: ", "", text, count=1, flags=re.DOTALL)
        self.terminal.line(f"FAILED {self.title(test)}")
        self.terminal.line(f"  {file}:{place.get('line', '?')}: " + text.replace("\n", "\n    "))

    def title(self, test):
        if not test:
            return "a test that is not known"
        name = self.names.get(test, test)
        suite = self.suite(test).replace("Tests.", "/", 1)
        return suite if name == suite.split("/")[-1] else f"{suite} {name}"

    def end(self, suite):
        tests = self.suites.get(suite, [])
        failed = any(test in self.issues or test in self.running for test in tests) or suite in self.issues
        more = [len(self.issues.get(test, [])) - MOST_ISSUES for test in tests]
        for test, count in zip(tests, more):
            if count > 0:
                self.terminal.line(f"FAILED {self.title(test)}: {count} more failures in the log")
        self.row.append(f"{self.title(suite):<41}{len(tests):>3} tests  " + ("FAILED" if failed else "ok"))
        if len(self.row) == 2:
            self.flush()

    def flush(self):
        if self.row:
            self.terminal.line("  ".join(cell.ljust(59) for cell in self.row).rstrip())
        self.row = []

    def sums(self):
        """How many tests passed, failed, and were skipped; a test that a crash has ended has failed."""
        failed = set(self.issues) | set(self.running)
        return len(self.ended - failed - self.skipped), len(failed), len(self.skipped)


def follow(path, run, process):
    """Gives `run` each line of the growing file `path`, until `process` has ended."""
    rest = b""
    with open(path, "rb") as file:
        while True:
            ended = process.poll() is not None
            rest += file.read()
            *lines, rest = rest.split(b"\n")
            for line in lines:
                if line.strip():
                    run.read(json.loads(line))
            if ended:
                return
            passed, failed = len(run.ended - set(run.issues)), len(run.issues)
            all = sum(map(len, run.suites.values()))
            if all:
                run.terminal.progress(f"{passed + failed} of {all} tests, {failed} failed")
            time.sleep(0.2)


def start(command, log):
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def stop(number, _):
        stopped.append(128 + number)
        # At SIGINT `swift test` also ends the process with the tests, which is in a group of its own.
        process.send_signal(signal.SIGINT)

    for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
        signal.signal(number, stop)
    lines = []

    def copy():
        for line in process.stdout:
            log.write(line)
            log.flush()
            lines.append(line.decode(errors="replace").rstrip("\n"))

    thread = threading.Thread(target=copy)
    thread.start()
    return process, lines, thread


def status(process):
    """As a shell gives it: 128 plus the number of the signal that ended this script or the process."""
    if stopped:
        return stopped[0]
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def build(arguments, log, terminal):
    """Builds the tests. Where that fails, prints what the compiler has said, and ends with the build's status."""
    terminal.line("building the tests …")
    process, lines, thread = start(["swift", "build", "--build-tests", *arguments], log)
    while process.poll() is None:
        if lines:
            terminal.progress("building: " + lines[-1])
        time.sleep(0.2)
    thread.join()
    if process.returncode or stopped:
        for line in lines:
            if not re.match(r"\[\d+/\d+\] ", line):
                terminal.line(line)
        terminal.line(f"the tests cannot be built; the whole log: {LOG.relative_to(ROOT)}")
        terminal.line("0 passed, 1 failed")
        raise SystemExit(status(process))


def print_ledger(lines, terminal):
    """The end of the ledger, which the tests print when they end: families, worst cases, their number and the seed."""
    titles = [number for number, line in enumerate(lines) if line == "The worst ratio of each family:"]
    for line in lines[titles[-1]:] if titles else []:
        if line:
            terminal.line(line.rstrip())
        if "LOWRANK_SEED=" in line:
            return


def print_end(lines, result, terminal):
    """What a crash has left in the log: its messages, the calls of its thread, the last cases; else the log's end."""
    terminal.line(f"\nThe tests did not end (status {result}):")
    messages = [line for line in lines if re.search(r"^\*\*\* |Fatal error|^error: ", line)]
    thread = next((number for number, line in enumerate(lines) if re.match(r"Thread .* crashed:", line)), None)
    calls = [re.sub(r" 0x[0-9a-f]{16}", "", line) for line in lines[thread:thread + 14]] if thread is not None else []
    for line in messages + calls or lines[-30:]:
        terminal.line("  " + line)
    cases = [line for line in lines if line.startswith("LOWRANK_CASE=")]
    terminal.line("  The last cases: " + ", ".join(cases[-2:]) if cases
                  else "  With LOWRANK_TRACE=1 the tests print each case of an SVD before they run it.")


def main():
    arguments, for_build, skip = sys.argv[1:], [], False
    for argument in arguments:
        if not skip and argument.split("=")[0] not in TEST_OPTIONS:
            for_build.append(argument)
        skip = not skip and TEST_OPTIONS.get(argument, False)
    LOG.parent.mkdir(exist_ok=True)
    terminal = Terminal()
    began = time.time()
    with open(LOG, "wb") as log:
        build(for_build, log, terminal)
        EVENTS.write_bytes(b"")
        run = Run(terminal)
        process, lines, thread = start(
            ["swift", "test", "--skip-build", *arguments, "--event-stream-output-path", str(EVENTS),
             "--event-stream-version", "0"], log)
        follow(EVENTS, run, process)
        thread.join()
    for suite in {run.suite(test) for test in run.running}:
        run.end(suite)
    run.flush()
    terminal.line()
    print_ledger(lines, terminal)
    passed, failed, skipped = run.sums()
    result = status(process)
    if run.running or result and not failed:
        result, failed = result or 1, max(failed, 1)
        print_end(lines, result, terminal)
        if run.running:
            terminal.line(f"FAILED {len(run.running)} tests that had not ended")
    elif not passed + failed:
        result, failed = result or 1, 1
        terminal.line("No test ran.")
    elif failed and not result:
        result = 1
    terminal.line(f"{time.time() - began:.0f} s; the whole log: {LOG.relative_to(ROOT)}")
    terminal.line(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return result


if __name__ == "__main__":
    sys.exit(main())
