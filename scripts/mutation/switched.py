"""Faults outside the linear algebra: one build has them all, each behind a switch.

Works in a copy of the checkout below .build/mutants. There, an expression or statement becomes `wrong` where the environment
variable LOWRANK_FAULT has the fault's number, and stays `right` elsewhere. The program itself has no such switch.
"""
import re
import shutil
import subprocess

from tests import ROOT, first_failure

COPY = ROOT / ".build" / "mutants"
# A private global of each file that has faults.
SWITCH = """
import func Glibc.atoi
import func Glibc.getenv
private let plantedFault = getenv("LOWRANK_FAULT").map { atoi($0) } ?? 0
"""


class Fault:
    """A fault in a file below Sources: what is wrong, the text that is right, and the wrong one.

    `then` is what follows the right text, where that alone occurs more than once.
    """

    def __init__(self, file, what, right, wrong, then=""):
        self.file, self.what, self.right, self.wrong, self.then = file, what, right, wrong, then

    @property
    def place(self):
        return self.right + self.then

    @property
    def is_statement(self):
        """Whether the texts are whole statements; else they are expressions."""
        return self.right.endswith("\n")

    def planted(self, number):
        if self.is_statement:
            return f"if plantedFault == {number} {{\n{self.wrong}}} else {{\n{self.right}}}\n"
        return f"(plantedFault == {number} ? ({self.wrong}) : ({self.right}))"


def is_balanced(text):
    """Whether the brackets of an expression match: it can be put in parentheses."""
    opened = []
    for character in text:
        if character in "([{":
            opened.append(character)
        elif character in ")]}":
            if not opened or opened.pop() + character not in ("()", "[]", "{}"):
                return False
    return not opened


def copy(faults):
    """Copies the files of the checkout, with the switches of all `faults`."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True,
        check=True).stdout.split("\0")
    planted = {}
    for number, fault in enumerate(faults, 1):
        path = f"Sources/{fault.file}"
        right = (ROOT / path).read_text()
        if right.count(fault.place) != 1:
            raise SystemExit(f"mutation: {fault.file}: {fault.what}: found the text {right.count(fault.place)} times, expected "
                             f"it once:\n{fault.place}")
        if not fault.is_statement and not is_balanced(fault.right):
            raise SystemExit(f"mutation: {fault.file}: {fault.what}: found brackets that do not match, expected an expression, or "
                             f"statements that end with a line feed:\n{fault.right}")
        text = planted.get(path, right)
        if text.count(fault.place) != 1:
            raise SystemExit(f"mutation: {fault.file}: {fault.what}: its text overlaps that of another fault:\n{fault.place}")
        planted[path] = text.replace(fault.place, fault.planted(number) + fault.then)
    for name in filter(None, names):
        if not (ROOT / name).is_file():
            continue
        wanted = (planted[name] + SWITCH).encode() if name in planted else (ROOT / name).read_bytes()
        target = COPY / name
        # Only what has changed, so that the next build has little to do.
        if not (target.exists() and target.read_bytes() == wanted):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(wanted)
            shutil.copymode(ROOT / name, target)
    kept = set(names)
    for part in ["Sources", "Tests"]:
        for target in (COPY / part).rglob("*"):
            if target.is_file() and str(target.relative_to(COPY)) not in kept:
                target.unlink()


def begin(faults, areas):
    """Builds all faults, and checks that the tests of each area pass without any."""
    copy(faults)
    build = subprocess.run(
        ["swift", "build", "--build-tests"], cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if build.returncode:
        errors = [line for line in build.stdout.splitlines() if re.search("error:", line)]
        raise SystemExit("mutation: a fault does not compile, which shows nothing:\n" + "\n".join(errors[:20]))
    for area in areas:
        if noticed := notice(area, 0):
            return noticed
    return None


def notice(area, number):
    """What notices fault `number` among the tests of `area`, a test target; None if nothing does."""
    return first_failure(COPY, f"^{area}\\.", LOWRANK_FAULT=str(number))
