"""Runs tests until one fails."""
import os
import pathlib
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SECONDS = 300  # after which the tests count as hung


def first_failure(folder, filter=".", **variables):
    """None if the tests of the built package in `folder` that match `filter` pass; else what noticed: a test, a crash, or that
    they do not end. The tests are started as `swift test` starts them, which itself takes seconds."""
    program, = (folder / ".build" / "debug").glob("*PackageTests.xctest")
    tests = subprocess.Popen(
        [program, "--testing-library", "swift-testing", "--filter", filter], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True, env={**os.environ, **variables})
    hung = []

    def stop():
        hung.append(True)
        end(tests)

    clock = threading.Timer(SECONDS, stop)
    clock.start()
    found, passed = None, False
    for line in tests.stdout:
        if " recorded an issue" in line and found is None:
            found = line.split("Test ", 1)[-1].split(" recorded", 1)[0]
            end(tests)
        passed = passed or "Test run with" in line and " 0 tests" not in line
    status = tests.wait()
    clock.cancel()
    if hung and found is None:
        return f"hung ({SECONDS} s)"
    if not found and not status and not passed:
        raise SystemExit(f"mutation: no test matches {filter}")
    return found or ("crash" if status else None)


def end(tests):
    """Ends the tests and what they have started: all of their session, as `swift test` gives the tests a group of their own."""
    subprocess.run(["pkill", "-KILL", "-s", str(tests.pid)])
