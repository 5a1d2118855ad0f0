"""Every command that README.md shows runs, and the output that it shows is what the program prints."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
PROGRAM = pathlib.Path(sys.argv.pop(1))
README = (ROOT / "README.md").read_text()
# A build without libtorch has no profiler, and nothing that it would write.
NEEDS_PROFILER = ("upmem-des profile ", "walked.jsonl")
# The same of one without the page of charts.
HAS_PAGE = os.environ.get("UPMEM_DES_HAS_PAGE") == "1"
HAS_TEXT_PROMPTS = os.environ.get("UPMEM_DES_HAS_TEXT_PROMPTS") == "1"
HAS_PROFILER = (PROGRAM.parent / "upmem-des-profiler").exists()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def run(command, folder):
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    return subprocess.run(["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)


class Readme(unittest.TestCase):
    def test_commands_run(self):
        commands = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
        commands = [line for line in commands if line.startswith("upmem-des ")]
        self.assertGreater(len(commands), 10)
        if not HAS_PROFILER:
            commands = [line for line in commands if not any(word in line for word in NEEDS_PROFILER)]
        if not HAS_PAGE:
            commands = [line for line in commands if " --html " not in line]
        if not HAS_TEXT_PROMPTS:
            commands = [line for line in commands if " --prompt " not in line]
        with tempfile.TemporaryDirectory() as folder:
            for part in ("scenarios", "tests"):
                (pathlib.Path(folder) / part).symlink_to(ROOT / part)
            for command in commands:
                with self.subTest(command):
                    done = run(command, folder)
                    self.assertEqual(0, done.returncode, done.stderr)
                    self.assertEqual("", done.stderr)

    def test_outputs_are_true(self):
        shown = [block for block in blocks("console") if block.startswith("$ upmem-des ")]
        self.assertGreater(len(shown), 0)
        for block in shown:
            command, expected = block[2:].split("\n", 1)
            with self.subTest(command):
                self.assertEqual(expected, run(command, ROOT).stdout)


if __name__ == "__main__":
    unittest.main()
