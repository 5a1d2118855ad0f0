"""scripts/compare_flops.py: what PyTorch does not count is left out, by hand; networks need what is not always there."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import compare_flops  # noqa: E402


def event(operation, input_shape, output_shape, kind="x", **more):
    said = {"op": operation} if operation else {}
    return {"type": kind, "input_shape": input_shape, "output_shape": output_shape, **said, **more}


class Counting(unittest.TestCase):
    def test_biases_and_routers_are_left_out(self):
        for operation, left in (("product format=activations bias router", "product format=activations"),
                                ("convolution groups=2 bias transposed", "convolution groups=2 transposed"),
                                ("recurrent cell=gru bias", "recurrent cell=gru"),
                                ("norm kind=layer", "norm kind=layer")):
            self.assertEqual(compare_flops._without_bias(event(operation, [1], [1]))["op"], left)

    def test_every_query_sees_every_key(self):
        counted = compare_flops._counted(event("attention mask=window window=4 cache_heads=2 softcap", [1, 2, 8, 4],
                                               [1, 4, 8, 4], kv_length=5))
        self.assertEqual(counted["op"], "attention mask=full both_ways uncached cache_heads=2")
        self.assertIs(counted["causal"], False)
        self.assertNotIn("kv_length", counted)
        by_type = compare_flops._counted(event("", [1, 2, 8, 4], [1, 4, 8, 4], "scaled_dot_product_attention"))
        self.assertEqual(by_type["op"], "attention mask=full both_ways uncached")
        self.assertEqual(compare_flops._counted(event("norm", [2], [2]))["op"], "norm")

    def test_what_is_beside_products(self):
        # 1 · 4 heads · 8 queries, 6 keys each, 5 flop a pair.
        self.assertEqual(compare_flops._beside_products(event("attention both_ways", [1, 2, 6, 4], [1, 4, 8, 4])),
                         5 * 4 * 8 * 6)
        self.assertEqual(compare_flops._beside_products(event("attention part=scores", [1, 2, 6, 4], [1, 2, 6, 6])), 0)
        # 20 · 3 rows, 2 layers of 2 directions of 64.
        lstm = event("recurrent hidden=64 layers=2 directions=2", [20, 3, 48], [20, 3, 128])
        self.assertEqual(compare_flops._beside_products(lstm), 22 * 60 * 64 * 4)
        gru = event("recurrent cell=gru step", [3, 48], [3, 64])
        self.assertEqual(compare_flops._beside_products(gru), 17 * 3 * 64)
        self.assertEqual(compare_flops._beside_products(event("", [3], [3])), 0)

    def test_the_table(self):
        good = dict.fromkeys(compare_flops._COLUMNS, "") | {
            "library": "timm", "network": "a", "events": 3, "pytorch_flop": 2e6, "simulated_flop": 2.01e6,
            "difference_percent": 0.5, "all_flop": 3e6, "masked_flop": 1e5}
        bad = good | {"network": "b", "problem": "no rule"}
        lines = compare_flops._markdown([good, bad]).splitlines()
        self.assertEqual(lines[2:], ["| **timm** | | | | | | |", "| a | 3 | 2.00 | 2.01 | 0.50 | 0.10 | 3.00 |",
                                     "| b | no rule | | | | | |"])


def has_libraries():
    return bool(os.environ.get("UPMEM_DES")) and importlib.util.find_spec("torch") is not None and \
        importlib.util.find_spec("torch.utils.flop_counter") is not None


@unittest.skipUnless(has_libraries(), "needs the program, and torch 2 with torch.utils.flop_counter")
class Networks(unittest.TestCase):
    def test_layers_of_torch(self):
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder, "table.csv")
            command = [sys.executable, str(SCRIPTS / "compare_flops.py"), "--program", os.environ["UPMEM_DES"],
                       "--only", "torch", "--csv", str(table)]
            run = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            for line in table.read_text(encoding="utf-8").splitlines()[1:]:
                self.assertLess(abs(float(line.split(",")[5])), 1, line)


if __name__ == "__main__":
    unittest.main()
