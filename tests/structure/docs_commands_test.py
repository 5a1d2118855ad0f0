"""Every command that the pages of docs/ show, but for the tutorial's (docs_test.py), is run as it stands, or is said here to be tested
elsewhere: a new one is run, or this test fails."""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
HAS_PAGE = os.environ.get("UPMEM_DES_HAS_PAGE") == "1"

# What is not run here, by how it begins, and where else it is.
ELSEWHERE = {
    "upmem-des profile ": "tests/cli/test_profile.py, test_profile_files.py",
    "scripts/capture_torch.py ": "tests/capture",
    "scripts/compare_flops.py ": "tests/capture/test_compare_flops.py",
    "scripts/highest_rate ": "tests/sweep/test_highest_rate.py",
    "scripts/draw-page ": "tests/page/test_draw_page.py; it needs a browser",
    "upmem-des explore ": "tests/cli/test_explore.py; it ends when it is told to",
    "build/": "a benchmark's or an example's own test",
    "scripts/sweep devices.yaml --": "tests/sweep/test_gnu_parallel.py, test_slurm.py",
    "scripts/plot line devices/": "tests/sweep/test_plot_shipped.py", "scripts/plot latency rates/": "the same",
    "scripts/plot goodput rates/": "the same", "scripts/plot pareto servers.results/": "the same",
    "scripts/plot errors rows.csv": "tests/sweep/test_plot_pictures.py",
    "upmem-des validate MEASURED": "tests/cli/test_validate.py", "upmem-des calibrate ": "the same",
    "upmem-des run scenarios/serving/rtx4090_sharegpt.yaml -q --set": "a million requests take minutes",
    "upmem-des run scenarios/serving/eight_gpus.yaml -q --set": "the same",
    "upmem-des run blocks.yaml": "runs what was profiled",
}
# Files that the pages speak of as the reader's.
DEVICE = """Mine: {host_to_device_bw_GBs: 1, host_to_device_pj_per_bit: 1, device_to_host_bw_GBs: 1, device_to_host_pj_per_bit: 1, mem_bw_GBs: 1,
  mem_pj_per_bit: 1, tflops: 1, pj_per_tflop: 1}
"""
SCENARIO = """workload: {model: models/gpt2.json, prompt_tokens: 8, output_tokens: 2}
mapping: {default: H100}
"""
FILES = {
    "my.yaml": SCENARIO, "s.yaml": SCENARIO, "S.yaml": SCENARIO, "SCENARIO": SCENARIO, "my_devices.yaml": DEVICE, "mine.yaml": DEVICE,
    "points.jsonl": '["workload.batch=8", "mapping.default=H100"]\n[]\n',
    "my_machine.yaml": "devices: [{name: a, architecture: Mine, count: 2}]\n",
    "devices.yaml": "base: my.yaml\ngrid: {workload.batch: [1, 2]}\n",
}
RESULTS = ("chip.json", "gpu.json", "gpu-and-pim.json", "point3.json")
DIGEST = re.compile(r"\b[0-9a-f]{32}\b")


def commands(page):
    """Of a page, lines that begin as commands do, in blocks that are indented or fenced; one may go on over lines."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        command = re.match(r"(?:    )?((?:upmem-des|scripts/|build/)\S* .*)$", line)
        if command and not command[1].startswith("upmem-des: "):
            yield re.split(r"\s+# ", command[1])[0].strip()


class Commands(unittest.TestCase):
    def run_in(self, folder, command):
        # A sweep of many points is only listed: tests/sweep runs the shipped ones.
        listed = command.startswith("scripts/sweep scenarios/") and " --dry-run" not in command
        return subprocess.run(["bash", "-c", command + (" --dry-run" if listed else "")], cwd=folder, text=True, stdout=subprocess.PIPE,
                              env={**os.environ, "PATH": f"{PROGRAM.parent}:/usr/bin:{os.environ['PATH']}"}, timeout=300, check=False,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)

    def prepare(self, folder):
        for part in ("scenarios", "scripts", "tests"):
            (folder / part).symlink_to(ROOT / part)
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
        result = self.run_in(folder, "upmem-des run my.yaml -q --json chip.json").stderr
        self.assertEqual("", result)
        for name in RESULTS[1:]:
            (folder / name).write_text((folder / "chip.json").read_text(encoding="utf-8"), encoding="utf-8")

    def test_every_one(self):
        done, unused = 0, set(ELSEWHERE)
        for page in sorted((ROOT / "docs").glob("*.md")):
            with tempfile.TemporaryDirectory(prefix="upmem-des-docs-") as name:
                folder = pathlib.Path(name)
                self.prepare(folder)
                for command in [] if page.name == "tutorial.md" else commands(page):
                    elsewhere = {start for start in ELSEWHERE if command.startswith(start)}
                    unused -= elsewhere
                    if elsewhere or ("--html" in command and not HAS_PAGE):
                        continue
                    if DIGEST.search(command):
                        said = self.run_in(folder, "upmem-des check my.yaml").stdout
                        command = DIGEST.sub(DIGEST.search(said)[0], command)
                    with self.subTest(page=page.name, command=command):
                        self.assertTrue(shlex.split(command))
                        outcome = self.run_in(folder, command)
                        self.assertEqual(0, outcome.returncode, outcome.stderr)
                        done += 1
        self.assertGreater(done, 30)
        self.assertEqual(set(), unused, "no page has such a command")


if __name__ == "__main__":
    unittest.main()
