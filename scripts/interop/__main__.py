"""Compresses and exports files of other writers with the built program, and reads the results with other readers.

Each check takes files that another library or a hand has written, compresses them, and compares the result with the input
tensor by tensor, and its errors with NumPy's; or exports networks, and compares what they compute in ONNX Runtime and in
PyTorch with what they compute here and in NumPy. Prints a line for each check. The status is 0 if all agree. Where there is no
PyTorch, its checks are left out, and their lines say so.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path += [str(ROOT / "scripts/oddities"), str(ROOT / "python")]

# They list their checks.
import by_numpy, by_hand, by_option, by_export, by_page  # noqa: E401, E402, F401
import by_torch, by_torch_network, transformer  # noqa: E401, E402, F401
from oddity import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main("interop", __doc__.splitlines()[0], "checks"))
