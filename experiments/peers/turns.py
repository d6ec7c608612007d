"""Timing in turns: ours, theirs, ours, theirs, … so that what slows the machine down slows both."""
import statistics
import sys
import time


def seconds(body, count):
    """The time that `count` calls of `body` take."""
    start = time.perf_counter()
    for _ in range(count):
        body()
    return time.perf_counter() - start


def alternate(work, peer, ours, theirs, turns):
    """The times of each side's turns, after one of each that does not count: memory, caches, threads."""
    times = []
    for turn in range(turns + 1):
        say(f"{work}: {peer}: turn {turn} of {turns}", lasting=False)
        times.append((ours(), theirs()))
    return [pair[0] for pair in times[1:]], [pair[1] for pair in times[1:]]


def fastest(ways, count):
    """Tries each of some ways to do the same, twice and briefly.

    Returns the name of the fastest, and the seconds of each for one call, the better of its two tries.
    """
    tried = {}
    for name, body in ways.items():
        seconds(body, 2)
        tried[name] = min(seconds(body, count) for _ in range(2)) / count
    return min(tried, key=tried.get), tried


def spread(values):
    """Least, quartiles and greatest."""
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return {
        "minimum": min(values), "lower_quartile": lower, "median": median, "upper_quartile": upper, "maximum": max(values),
    }


def say(text, lasting=True):
    """Prints a status line. Unless `lasting`, it is overwritten, and omitted if the output is not a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text + ("\n" if lasting else ""))
    elif lasting:
        sys.stderr.write(text + "\n")
    sys.stderr.flush()
