"""How far the losses of two trainings part, and whether that is too far."""

EARLY = 10


def difference(losses, others):
    """The largest difference of a step's losses, in the first steps and in all. NaN is infinitely far from everything."""
    apart = [abs(a - b) if a == a and b == b else float("inf") for a, b in zip(losses, others)]
    return {"early": max(apart[:EARLY]), "all": max(apart)}


def failures(records):
    """A line for each training whose losses part further than its limit."""
    return [
        f"parity: {r['case']} in {r['precision']}: losses differ by {r['difference'][part]:.2g} in the first "
        f"{min(EARLY, r['steps']) if part == 'early' else r['steps']} steps, expected at most {r['limits'][part]:g}"
        for r in records for part in ("early", "all") if not r["difference"][part] <= r["limits"][part]
    ]
