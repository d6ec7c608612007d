"""The files of a comparison: rows and manifests by processor. A run replaces those of its own processor."""
import csv
import io
import json
import os

KEY = "processor"
COLUMNS = [
    KEY, "work", "peer", "ours", "ours_lower_quartile", "ours_upper_quartile", "theirs", "theirs_lower_quartile",
    "theirs_upper_quartile", "ratio", "unit", "runs",
]
FORMAT = 2
# Of the quartiles, relative to the median: what is more than this says so. As `CompareRow.largestSpread`.
LARGEST_SPREAD = 0.15


def save(path, machine):
    """Writes `machine`, a run on one processor, to the table at `path` and to the .json file beside it."""
    processor = machine["ours"][KEY]
    table = [r for r in stored_rows(path) if r[KEY] != processor] + [fields(processor, r) for r in machine["rows"]]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    manifest = path.with_suffix(".json")
    machines = [m for m in stored_machines(manifest) if m["ours"][KEY] != processor] + [machine]
    write(manifest, json.dumps({"format": FORMAT, "machines": machines}, indent=1) + "\n")
    write(path, text.getvalue())


def stored_rows(path):
    """The rows of a table in this format; another format's are not kept."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        return list(reader) if reader.fieldnames == COLUMNS else []


def stored_machines(path):
    if not path.exists():
        return []
    manifest = json.loads(path.read_text())
    return manifest["machines"] if manifest.get("format") == FORMAT else []


def fields(processor, row):
    """A row of the table; the columns of a side are its median and quartiles."""
    times = {}
    for side in ("ours", "theirs"):
        times[side] = row[side]["median"]
        for quartile in ("lower_quartile", "upper_quartile"):
            times[f"{side}_{quartile}"] = row[side][quartile]
    return {KEY: processor, **{name: row[name] for name in ("work", "peer", "ratio", "unit", "runs")}, **times}


def noise(row):
    """The sides of a row whose quartiles are too far apart, with how far they are."""
    spreads = {s: (row[s]["upper_quartile"] - row[s]["lower_quartile"]) / row[s]["median"] for s in ("ours", "theirs")}
    return {side: spread for side, spread in spreads.items() if spread > LARGEST_SPREAD}


def sentence(row):
    """A row for a person."""
    noisy = ", ".join(f"{side} {spread:.0%} apart" for side, spread in noise(row).items())
    return "{work}: ours {0:.4g}, {peer} {1:.4g} {unit}: {ratio:.3g} times ours{2}".format(
        row["ours"]["median"], row["theirs"]["median"], f" (noisy: quartiles {noisy})" if noisy else "", **row)


def markdown(rows):
    """The rows as a table for docs/speed.md, which a test compares with the file."""
    def times(side):
        return "{median:.3g} ({lower_quartile:.3g} – {upper_quartile:.3g}) s".format(**side)

    lines = ["| work | peer | ours | theirs | ratio |", "| --- | --- | ---: | ---: | ---: |"]
    for row in rows:
        ratio = f"{row['ratio']:.3g}{' (noisy)' if noise(row) else ''}"
        lines.append(f"| `{row['work']}` | `{row['peer']}` | {times(row['ours'])} | {times(row['theirs'])} | {ratio} |")
    return "\n".join(lines)


def write(path, text):
    """Under a temporary name first, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    temporary.write_text(text)
    temporary.rename(path)
