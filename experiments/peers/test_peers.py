"""Tests of what needs no PyTorch: `python3 -m unittest discover experiments/peers`."""
import json
import pathlib
import tempfile
import unittest

import record
from agreement import difference, failures


def row(work="dense_epoch", ours=2.0, spread=0.1):
    def times(median):
        half = spread / 2 * median
        return {"median": median, "lower_quartile": median - half, "upper_quartile": median + half}

    return {
        "work": work, "peer": "pytorch", "ours": times(ours), "theirs": times(6.0), "ratio": 6 / ours, "unit": "seconds", "runs": 11}


def machine(processor, *rows):
    return {"ours": {"processor": processor}, "rows": list(rows)}


class RecordTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name) / "results" / "compare.csv"

    def processors_and_times(self):
        return [(r["processor"], r["work"], float(r["ours"])) for r in record.stored_rows(self.path)]

    def test_a_run_replaces_its_own_processor_and_keeps_the_others(self):
        record.save(self.path, machine("A, \"quoted\"", row(ours=1.0), row("full_svd_five_layers", 1.5)))
        record.save(self.path, machine("B", row(ours=2.0)))
        record.save(self.path, machine("A, \"quoted\"", row(ours=3.0)))
        self.assertEqual(
            self.processors_and_times(), [("B", "dense_epoch", 2.0), ("A, \"quoted\"", "dense_epoch", 3.0)])
        manifest = json.loads(self.path.with_suffix(".json").read_text())
        self.assertEqual([m["ours"]["processor"] for m in manifest["machines"]], ["B", "A, \"quoted\""])
        self.assertEqual(manifest["format"], record.FORMAT)
        self.assertEqual(sorted(p.name for p in self.path.parent.iterdir()), ["compare.csv", "compare.json"])

    def test_quartiles_and_ratio_are_those_of_the_row(self):
        record.save(self.path, machine("A", row(ours=2.0)))
        (stored,) = record.stored_rows(self.path)
        expected = {
            "ours": 2.0, "ours_lower_quartile": 1.9, "ours_upper_quartile": 2.1, "theirs": 6.0,
            "theirs_lower_quartile": 5.7, "theirs_upper_quartile": 6.3, "ratio": 3.0, "runs": 11}
        for name, value in expected.items():
            self.assertAlmostEqual(float(stored[name]), value, msg=name)

    def test_an_earlier_format_is_not_kept(self):
        self.path.parent.mkdir()
        self.path.write_text("work,peer,ours\ndense_epoch,pytorch,1\n")
        self.path.with_suffix(".json").write_text('{"format": 1, "rows": []}')
        record.save(self.path, machine("A", row()))
        self.assertEqual(self.processors_and_times(), [("A", "dense_epoch", 2.0)])

    def test_noise(self):
        self.assertEqual(record.noise(row(spread=0.149)), {})
        self.assertEqual(list(record.noise(row(spread=0.151))), ["ours", "theirs"])
        self.assertIn("noisy", record.sentence(row(spread=0.2)))
        self.assertNotIn("noisy", record.sentence(row()))
        self.assertIn("3 (noisy) |", record.markdown([row(spread=0.2)]))
        self.assertIn("| 2 (1.9 – 2.1) s | 6 (5.7 – 6.3) s | 3 |", record.markdown([row()]))


class AgreementTests(unittest.TestCase):
    @staticmethod
    def record(losses, others, limits=(1e-3, 1e-1)):
        return {
            "case": "dense", "precision": "float32", "steps": len(losses), "limits": dict(zip(("early", "all"), limits)),
            "difference": difference(losses, others)}

    def test_differences(self):
        ours = [1.0] * 20
        self.assertEqual(difference(ours, ours), {"early": 0, "all": 0})
        self.assertEqual(difference(ours, ours[:9] + [1.5] + ours[10:]), {"early": 0.5, "all": 0.5})
        self.assertEqual(difference(ours, ours[:10] + [1.5] + ours[11:]), {"early": 0, "all": 0.5})

    def test_what_parts_further_than_its_limit_fails(self):
        ours = [1.0] * 20
        self.assertEqual(failures([self.record(ours, ours)]), [])
        self.assertEqual(failures([self.record(ours, ours[:15] + [1.09] * 5)]), [])
        self.assertEqual(len(failures([self.record(ours, ours[:15] + [1.11] * 5)])), 1)
        self.assertEqual(len(failures([self.record(ours, [1.002] + ours[1:])])), 1)
        self.assertEqual(len(failures([self.record(ours, [float("nan")] + ours[1:])])), 2)
        self.assertIn("dense in float32", failures([self.record(ours, [2.0] * 20)])[0])


if __name__ == "__main__":
    unittest.main()
