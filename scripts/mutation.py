#!/usr/bin/env python3
"""Plants faults in the linear algebra, one at a time, and shows whether its tests notice.

Works in a copy below .build/mutation, with the linear algebra and its tests alone. A fault is caught if a test fails, the
tests crash, or they do not end. Numbers as arguments choose faults; the status is 0 if all are caught.
"""
import pathlib
import shutil
import subprocess
import sys
import threading
import time

from faults import FAULTS

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / ".build" / "mutation"
PARTS = ["Sources/COpenBLAS", "Sources/CKernels", "Sources/LinearAlgebra", "Tests/TestSupport/Matrices", "Tests/LinearAlgebraTests"]
PACKAGE = """// swift-tools-version: 6.1
import PackageDescription
#if arch(x86_64)
let vectors = ["-Xcc", "-march=x86-64-v3"]
#else
let vectors: [String] = []
#endif
let numeric: [SwiftSetting] = [.unsafeFlags(["-O"])]
let whole = ["-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"]
let package = Package(name: "mutation", targets: [
  .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas lapacke"),
  .target(name: "CKernels"),
  .target(
    name: "LinearAlgebra", dependencies: ["COpenBLAS", "CKernels"], exclude: ["Panels/README.md"],
    swiftSettings: [.unsafeFlags(["-O"] + whole + vectors)]),
  .target(name: "TestSupport", dependencies: ["LinearAlgebra"], path: "Tests/TestSupport", swiftSettings: numeric),
  .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "TestSupport"], swiftSettings: numeric),
])
"""
SECONDS = 300  # after which the tests count as hung


def copy():
    for part in PARTS:
        for source in (ROOT / part).rglob("*"):
            target = COPY / source.relative_to(ROOT)
            # Only what has changed, so that the next build has little to do.
            if source.is_file() and not (target.exists() and target.read_bytes() == source.read_bytes()):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        for target in (COPY / part).rglob("*"):
            if target.is_file() and not (ROOT / target.relative_to(COPY)).exists():
                target.unlink()
    if not (COPY / "Package.swift").exists() or (COPY / "Package.swift").read_text() != PACKAGE:
        (COPY / "Package.swift").write_text(PACKAGE)


def verdict():
    """None if all tests pass; else what noticed. The tests are stopped at the first that fails."""
    build = subprocess.run(
        ["swift", "build", "--build-tests"], cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if build.returncode:
        raise SystemExit("mutation: a fault does not compile, which shows nothing:\n" + build.stdout)
    tests = subprocess.Popen(
        ["swift", "test", "--skip-build"], cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True)
    hung = []

    def stop():
        hung.append(True)
        end(tests)

    clock = threading.Timer(SECONDS, stop)
    clock.start()
    found = None
    for line in tests.stdout:
        if " recorded an issue" in line and found is None:
            found = line.split("Test ", 1)[-1].split(" recorded", 1)[0]
            end(tests)
    status = tests.wait()
    clock.cancel()
    if hung and found is None:
        return f"hung ({SECONDS} s)"
    return found or ("crash" if status else None)


def end(tests):
    """Ends the tests and what they have started: all of their session, as `swift test` gives the tests a group of their own."""
    subprocess.run(["pkill", "-KILL", "-s", str(tests.pid)])


def main():
    chosen = [int(word) for word in sys.argv[1:]] or range(1, len(FAULTS) + 1)
    for file, what, old, new in FAULTS:
        count = (ROOT / "Sources/LinearAlgebra" / file).read_text().count(old)
        if count != 1:
            raise SystemExit(f"mutation: {file}: {what}: found the text {count} times, expected it once:\n{old}")
    copy()
    print("without a fault: ", end="", flush=True)
    if noticed := verdict():
        raise SystemExit(f"{noticed} fails; there is nothing to compare with")
    print("the tests pass\n\n| # | file | fault | caught | seconds | by |\n|--:|---|---|---|--:|---|", flush=True)
    missed = 0
    for number in chosen:
        file, what, old, new = FAULTS[number - 1]
        path, began = COPY / "Sources/LinearAlgebra" / file, time.time()
        right = path.read_text()
        path.write_text(right.replace(old, new))
        try:
            noticed = verdict()
        finally:
            path.write_text(right)
        missed += noticed is None
        print(
            f"| {number} | {file} | {what} | {'yes' if noticed else '**no**'} | {time.time() - began:.0f} | {noticed or ''} |",
            flush=True)
    print(f"\n{len(chosen) - missed} of {len(chosen)} faults caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
