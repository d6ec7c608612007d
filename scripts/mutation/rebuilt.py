"""Faults in the linear algebra, each built anew: its loops are compiled for their types, and a switch would change them.

Works in a copy below .build/mutation, with the linear algebra and its tests alone.
"""
import shutil
import subprocess

from faults.linear_algebra import FAULTS
from tests import ROOT, first_failure

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
    build = subprocess.run(
        ["swift", "build", "--build-tests"], cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if build.returncode:
        raise SystemExit("mutation: a fault does not compile, which shows nothing:\n" + build.stdout)
    return first_failure(COPY)


def begin():
    """Checks that each text occurs once, and that the tests pass without a fault."""
    for file, what, right, wrong in FAULTS:
        count = (ROOT / "Sources/LinearAlgebra" / file).read_text().count(right)
        if count != 1:
            raise SystemExit(f"mutation: {file}: {what}: found the text {count} times, expected it once:\n{right}")
    copy()
    return verdict()


def notice(number):
    """What notices fault `number`, counted from 1; None if nothing does."""
    file, what, right, wrong = FAULTS[number - 1]
    path = COPY / "Sources/LinearAlgebra" / file
    text = path.read_text()
    path.write_text(text.replace(right, wrong))
    try:
        return verdict()
    finally:
        path.write_text(text)
