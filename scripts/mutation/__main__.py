"""Plants faults, one at a time, and shows whether the tests of the area that they are in notice.

A fault is caught if a test fails, the tests crash, or they do not end. Arguments choose areas, such as `study`, or faults,
such as `study:3`. The status is 0 if at least 95 % of the chosen faults are caught in each area.
"""
import argparse
import time

import rebuilt
import switched
from faults import AREAS
from faults.linear_algebra import FAULTS as LINEAR_ALGEBRA


def main():
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__.splitlines()[0])
    names = ["linear_algebra", *AREAS]
    parser.add_argument("chosen", nargs="*", metavar="area", help=f"{', '.join(names)}; or a fault, such as study:3")
    chosen = parser.parse_args().chosen or names
    for word in chosen:
        if word.split(":")[0] not in names:
            parser.error(f"found the area {word}, expected {', '.join(names)}")
    shares = []
    print("| area | # | file | fault | caught | seconds | by |\n|---|--:|---|---|---|--:|---|", flush=True)
    if numbers := numbers_of("linear_algebra", len(LINEAR_ALGEBRA), chosen):
        require_clean(rebuilt.begin())
        shares.append(run("linear_algebra", numbers, lambda number: LINEAR_ALGEBRA[number - 1][:2], rebuilt.notice))
    # All faults are built, whichever are chosen, so that the next run has nothing to build.
    faults = [fault for area in AREAS.values() for fault in area.faults]
    areas = {name: numbers for name, area in AREAS.items() if (numbers := numbers_of(name, len(area.faults), chosen))}
    if areas:
        require_clean(switched.begin(faults, [AREAS[name].tests for name in areas]))
    for name, numbers in areas.items():
        area = AREAS[name]
        first = faults.index(area.faults[0])
        shares.append(run(
            name, numbers, lambda number: (area.faults[number - 1].file, area.faults[number - 1].what),
            lambda number: switched.notice(area.tests, first + number)))
    print("\n| area | caught | of | share |\n|---|--:|--:|--:|")
    for name, caught, count in shares:
        print(f"| {name} | {caught} | {count} | {100 * caught / count:.0f} % |")
    caught, count = sum(share[1] for share in shares), sum(share[2] for share in shares)
    print(f"| all | {caught} | {count} | {100 * caught / count:.0f} % |")
    return 0 if all(caught >= 0.95 * count for _, caught, count in shares) else 1


def numbers_of(area, count, chosen):
    """The numbers, from 1, of the faults of an area that are chosen."""
    if area in chosen:
        return list(range(1, count + 1))
    return [int(word.split(":")[1]) for word in chosen if word.split(":")[0] == area]


def run(area, numbers, fault, notice):
    """Plants the faults of one area; its name, how many were caught, and of how many."""
    caught = 0
    for number in numbers:
        began, (file, what) = time.time(), fault(number)
        noticed = notice(number)
        caught += noticed is not None
        print(f"| {area} | {number} | {file} | {what} | {'yes' if noticed else '**no**'} | {time.time() - began:.0f} "
              f"| {noticed or ''} |", flush=True)
    return area, caught, len(numbers)


def require_clean(noticed):
    if noticed:
        raise SystemExit(f"mutation: {noticed} fails without a fault; there is nothing to compare with")


if __name__ == "__main__":
    raise SystemExit(main())
