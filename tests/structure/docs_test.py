"""What the pages of docs/ show: the tutorial is done as it stands, and every block of YAML is a file that the program takes."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

# Scenarios that a block is a part of, by the page: what stands before and after it.
MIXTRAL = "workload: {model: models/mixtral-8x7b.json, batch: 4, dtype: int8, prompt_tokens: 8, output_tokens: 2}\n"
REQUESTS = "workload: {model: models/llama-3.1-8b.json, requests: {arrivals: {process: poisson, rate: 1}, count: 2, prompt_tokens: 8, output_tokens: 2}}\n"
GPU = "mapping: {default: H100-80GB-SXM}\n"
AROUND = {
    "scenarios.md": [MIXTRAL, MIXTRAL],
    "machines.md": ["platform: gpu_server.yaml\nworkload: {model: models/llama-2-13b.json, batch: 2, prompt_tokens: 8, output_tokens: 2}\n"],
    "platforms.md": [None, "workload: {model: models/llama-2-7b.json, prompt_tokens: 8, output_tokens: 2}\nmapping: {default: gpu}\n"],
    "serving.md": [GPU, "platform: gpu_dimms.yaml\n" + REQUESTS, GPU + REQUESTS, GPU + REQUESTS],
}


def blocks(page, language):
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


class Docs(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="upmem-des-docs-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def good(self, command, **environment):
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, text=True, stdout=subprocess.PIPE, timeout=300,
                              env={**os.environ, **environment}, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
        self.assertEqual(0, done.returncode, f"{command}: {done.stderr}")
        return done.stdout

    def test_the_tutorial_from_its_first_command_to_its_last(self):
        (self.folder / "scenarios").symlink_to(ROOT / "scenarios")
        path = f"{PROGRAM.parent}:{ROOT / 'scripts'}:/usr/bin:{os.environ['PATH']}"
        commands = 0
        for kind, text in BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")):
            if kind == "yaml":
                name = re.match(r"# (\w+\.yaml)\n", text).group(1)
                (self.folder / name).write_text(text, encoding="utf-8")
                continue
            for command in text.splitlines():
                with self.subTest(command):
                    if not command.startswith("export"):
                        self.good(command, PATH=path)
                        commands += 1
        self.assertGreater(commands, 12)
        for picture in ("rate.pdf", "rate.svg", "energy.png"):
            self.assertTrue((self.folder / picture).stat().st_size > 1000, picture)

    def test_every_block_of_yaml(self):
        seen = 0
        for page in sorted((ROOT / "docs").glob("*.md")):
            if page.name in ("tutorial.md",):
                continue
            around = AROUND.get(page.name, [])
            for number, text in enumerate(blocks(page, "yaml")):
                with self.subTest(page=page.name, block=number + 1):
                    self.check(page.name, number, text, around)
                    seen += 1
        self.assertGreaterEqual(seen, 10)

    def check(self, page, number, text, around):
        """A whole scenario is checked, a machine shown, a sweep listed; another block is a part of a scenario."""
        file = self.folder / "block.yaml"
        file.write_text(text, encoding="utf-8")
        keys = set(re.findall(r"^(\w+):", text, re.MULTILINE))
        if "base" in keys:
            (self.folder / "sweeps").mkdir(exist_ok=True)
            shutil.copy(ROOT / "scenarios" / "llama-2-7b_4chip.yaml", self.folder)
            (self.folder / "sweeps" / "my_devices.yaml").write_text("Mine: {host_to_device_bw_GBs: 1, host_to_device_pj_per_bit: 1, "
                "device_to_host_bw_GBs: 1, device_to_host_pj_per_bit: 1, mem_bw_GBs: 1, mem_pj_per_bit: 1, tflops: 1, pj_per_tflop: 1}\n")
            file.rename(self.folder / "sweeps" / "block.yaml")
            self.good(f"{ROOT}/scripts/sweep sweeps/block.yaml --dry-run --program {PROGRAM}")
        elif "devices" in keys:
            self.good(f"{PROGRAM} platform show block.yaml")
        elif {"workload", "mapping"} <= keys:
            self.good(f"{PROGRAM} check block.yaml")
        else:
            self.assertLess(number, len(around), f"{page}: what is this a part of? Its scenario belongs into AROUND")
            file.write_text(f"name: a block of {page}\n{around[number]}{text}", encoding="utf-8")
            self.good(f"{PROGRAM} check block.yaml")


if __name__ == "__main__":
    unittest.main()
