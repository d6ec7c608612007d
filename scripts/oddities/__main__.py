"""Odd input and odd surroundings, given to the built program: what it must read, and what it must refuse in one line.

Prints a line for each oddity. The status is 0 if the program behaved well in all of them.
"""
import sys

import exports, figures, files, models, networks, own, studies, threads, weights  # noqa: E401, F401: they list their oddities
from oddity import main

if __name__ == "__main__":
    sys.exit(main("oddities", __doc__.splitlines()[0], "oddities"))
