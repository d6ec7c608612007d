"""The commands of docs/own-network.md print what the page says.

    python3 scripts/interop/by_page.py     writes what they print into the page
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "scripts/oddities"))
from oddity import Skipped, oddity  # noqa: E402

PAGE = ROOT / "docs/own-network.md"
# What is printed stands right behind a block.
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def printed(kind, text, folder, program):
    """What a block prints: standard output and, as a person sees it, errors."""
    shown = ROOT / "python", program.parent
    environment = {**os.environ, "PYTHONPATH": str(shown[0]), "PATH": f"{shown[1]}:{os.environ['PATH']}"}
    command = ["bash", "-c", text] if kind == "sh" else [sys.executable, "-c", text]
    result = subprocess.run(command, cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL, timeout=300,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert result.returncode == 0 or "--no-worse-than" in text, f"{text}: {result.stdout}"
    return result.stdout


def run(folder, program):
    """The page with what its blocks print, where it shows that; and how many were run."""
    shutil.copytree(ROOT / "experiments/own", folder / "experiments/own", dirs_exist_ok=True)
    place, count = folder / "experiments/own", 0

    def rerun(match):
        nonlocal count
        kind, text, output = match.groups()
        if output is None:
            return match.group()
        count += 1
        return f"```{kind}\n{text}```\n\n```text\n{printed(kind, text, place, program)}```\n"

    return BLOCK.sub(rerun, PAGE.read_text(encoding="utf-8")), count


@oddity
def page(place):
    """the commands of docs/own-network.md print what the page says"""
    if not PAGE.exists():
        raise Skipped("no such page")
    page, count = run(place.folder, place.program)
    lines = difflib.unified_diff(PAGE.read_text(encoding="utf-8").splitlines(), page.splitlines(), lineterm="", n=0)
    assert not (changed := list(lines)), "\n".join(changed[:20])
    return f"{count} blocks"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(run(pathlib.Path(folder), ROOT / ".build/release/lowrank")[0], encoding="utf-8")
