"""The notebook docs/first_study.ipynb runs from top to bottom, and its numbers are what they must be."""

import json
import os
import unittest

from module import ROOT, ModuleTest, upmem_des

try:
    import matplotlib
    import pandas  # noqa: F401
    import torch  # noqa: F401
except ImportError as missing:
    raise unittest.SkipTest(f"{missing}; Debian's packages are python3-matplotlib, python3-pandas, python3-torch") from None

matplotlib.use("Agg")
NOTEBOOK = ROOT / "docs" / "first_study.ipynb"


def run_cells(path):
    """The notebook's names after all of its cells, run as a kernel runs them."""
    names = {"__name__": "__main__"}
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec"), names)  # pylint: disable=exec-used
    return names


class FirstStudy(ModuleTest):
    def test_its_numbers(self):
        found = run_cells(NOTEBOOK)
        self.assertEqual(upmem_des.__version__, found["upmem_des"].__version__)
        # 32 layers of 4 · 4096² + 3 · 4096 · 11008 and two norms, a norm and the head, 2 bytes each.
        read_B = 2 * (32 * (4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096) + 4096 + 32000 * 4096)
        self.assertEqual(read_B, found["read_per_token_B"])
        self.assertAlmostEqual(409.6e9 / read_B, found["most_tokens_per_s"]["PIM_AI_4chip"], delta=1e-9 * 31)

        pim, gpu = found["tables"]["PIM-AI-4chip"], found["tables"]["H100-80GB-SXM"]
        # One sequence is as fast as its weights are read, but for the cache and the activations.
        self.assertLess(pim.loc[1, "tokens_per_s"], found["most_tokens_per_s"]["PIM_AI_4chip"])
        self.assertGreater(pim.loc[1, "tokens_per_s"], 0.98 * found["most_tokens_per_s"]["PIM_AI_4chip"])
        self.assertLess(gpu.loc[1, "tokens_per_s"], found["most_tokens_per_s"]["H100_80GB_SXM"])
        for table in (pim, gpu):
            self.assertEqual([1, 4, 16], list(table.index))
            self.assertTrue(table["tokens_per_s"].is_monotonic_increasing)
            self.assertTrue(table["J_per_token"].is_monotonic_decreasing)
            # Sixteen sequences read the weights once, and are at most sixteen times as fast.
            self.assertLessEqual(table.loc[16, "tokens_per_s"], 16 * table.loc[1, "tokens_per_s"])
        self.assertGreater(gpu.loc[1, "tokens_per_s"], pim.loc[1, "tokens_per_s"])
        self.assertLess(pim.loc[1, "J_per_token"], gpu.loc[1, "J_per_token"])
        self.assertEqual(found["one"].tokens_per_s, pim.loc[1, "tokens_per_s"])

        lines = [len(axes.lines) for axes in found["figure"].axes]
        self.assertEqual([2, 2], lines)
        found["figure"].savefig("study.png")
        self.assertGreater(os.path.getsize("study.png"), 10_000)

    def test_the_captured_network(self):
        found = run_cells(NOTEBOOK)
        self.assertEqual(["Linear", "ReLU", "Linear"], found["trace"].columns["type"])
        self.assertEqual([(784, 512), (1, 1), (512, 10)], found["trace"].columns["weight_shape"])
        work = found["captured"].operators().groupby("name").sum(numeric_only=True)["flop"]
        # 2 · rows · inputs · outputs, and a flop for each bias that is added at most.
        for name, product, outputs in (("0", 2 * 32 * 784 * 512, 32 * 512), ("2", 2 * 32 * 512 * 10, 32 * 10)):
            self.assertGreaterEqual(work[name], product)
            self.assertLessEqual(work[name], product + outputs)


if __name__ == "__main__":
    unittest.main()
