"""Scripts under the names that they are called by: in a checkout, and installed, where links lead to them."""

import re
import shutil
import subprocess
import unittest

from sweeps import PROJECT, SweepTest

SCRIPTS = PROJECT / "scripts"
INSTALLED = {"sweep": "upmem-des-sweep", "plot": "upmem-des-plot", "plot_served": "upmem-des-plot-served",
             "plot_timeline": "upmem-des-plot-timeline", "highest_rate": "upmem-des-highest-rate",
             "capture_torch.py": "upmem-des-capture"}
VERSION = re.search(r"(?m)^project\(upmem-des VERSION ([0-9.]+)", (PROJECT / "CMakeLists.txt").read_text())[1]


class CalledNames(SweepTest):
    def called(self, name, *arguments):
        """By a link in a folder of the PATH. -S: without any package, such as PyTorch or Matplotlib."""
        link = self.folder / name
        if not link.is_symlink():
            link.symlink_to(SCRIPTS / next((script for script, other in INSTALLED.items() if other == name), name))
        return self.sweep(*arguments, command=("/usr/bin/python3", "-B", "-S", link), program=None)

    def test_every_script_that_is_installed(self):
        rules = (PROJECT / "cmake/InstallRules.cmake").read_text()
        self.assertEqual(sorted(re.search(r"set\(scripts ([^)]*)\)", rules)[1].split()), sorted(INSTALLED))

    def test_help_and_version(self):
        for script, installed in INSTALLED.items():
            for name in (script, installed):
                with self.subTest(name):
                    outcome = self.called(name, "--help")
                    self.assertEqual((outcome.code, outcome.err), (0, ""))
                    self.assertTrue(outcome.out.startswith(f"usage: {name} [-h] [--version] "), outcome.out)
                    self.assertIn("Exit codes: 0 ", outcome.out)
                    self.assertEqual(self.called(name, "--version"), (0, f"{name} {VERSION}\n", ""))

    def test_the_version_of_an_installation(self):
        """Where no CMakeLists.txt is above the scripts, it is in a file beside them."""
        for part in ("basics", "sweeping"):
            shutil.copytree(SCRIPTS / part, self.folder / "copied" / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(SCRIPTS / "sweep", self.folder / "copied/sweep")
        command = (self.folder / "copied/sweep",)
        self.assertEqual(self.sweep("--version", command=command, program=None).out, "sweep of no version that is known\n")
        self.write("copied/version.txt", "1.23.4\n")
        self.assertEqual(self.sweep("--version", command=command, program=None).out, "sweep 1.23.4\n")

    def test_messages(self):
        for name, said in (("upmem-des-sweep", "no: no such file"), ("upmem-des-highest-rate", "no: no such file"),
                           ("upmem-des-plot-timeline", "no: no such file"), ("upmem-des-plot-served", "no: no such file")):
            arguments = ("no", "-o", "x") if name.endswith("rate") else ("no",)
            self.assertEqual(self.called(name, *arguments), (2, "", f"{name}: {said}\n"))
        self.assertEqual(self.called("upmem-des-sweep").err, "upmem-des-sweep: the following arguments are required: SWEEP.yaml (see "
                         "'upmem-des-sweep --help')\n")
        self.assertEqual(self.called("upmem-des-plot", "--sideways").err, "upmem-des-plot: unknown option '--sideways'\n")
        self.assertTrue(self.called("upmem-des-capture", "hf", "x", "-o", "t").err.startswith("upmem-des-capture: error: "))

    def test_siblings(self):
        """plot reads what sweep writes, whatever that is called here."""
        self.write("r.csv", "a,b\n")
        for name, other in (("plot", "scripts/sweep"), ("upmem-des-plot", "upmem-des-sweep")):
            self.assertIn(f"Draws what {other} wrote into RESULTS.csv", self.called(name, "--help").out)
            self.assertIn(f"what {other} wrote", self.called(name, "line", "--help").out)
            self.assertEqual(self.called(name, "line", "r.csv", "-x", "a", "-y", "b").err,
                             f"{name}: r.csv: line 1: no column 'point'; expected a CSV file of {other}\n")

    def test_manual_pages(self):
        for name in INSTALLED.values():
            with self.subTest(name):
                page = self.called(name, "--man").out
                self.assertTrue(page.startswith(f'.\\" Written by: {name} --man\n.TH {name.upper()} 1 "" "upmem-des {VERSION}"'), page)
                for word in (".SH NAME\n" + name.replace("-", "\\-") + " \\- ", ".SH SYNOPSIS\n.B ", "\n.SH OPTIONS\n",
                             "\\fB\\-\\-version\\fR", "\n.SH EXIT STATUS\n0 ", "\n.SH SEE ALSO\n\\fBupmem\\-des\\fR(1)\n"):
                    self.assertIn(word, page)
                self.assertNotIn("Exit codes", page)
                if shutil.which("groff"):
                    path = self.write("page.1", page)
                    done = subprocess.run(["groff", "-man", "-ww", "-z", path], capture_output=True, text=True)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("\\fB\\-\\-where\\fR \\fICONDITION\\fR\nonly these points", self.called("upmem-des-sweep", "--man").out)
        plot = self.called("upmem-des-plot", "--man").out
        self.assertIn("\n.SS pareto\n", plot)
        self.assertIn(".B upmem\\-des\\-plot line\n[\\fIoptions\\fR]\n\\fIRESULTS.csv\\fR\n\\fB\\-x\\fR \\fICOLUMN\\fR\n", plot)


class Shebangs(unittest.TestCase):
    def test_whose_python_runs_a_script(self):
        """Debian's packages belong to Debian's Python; PyTorch and what goes with it may be another's."""
        for script in sorted(path for path in SCRIPTS.iterdir() if path.is_file()):
            text = script.read_text(encoding="utf-8")
            if "python3" not in text.split("\n")[0]:
                continue
            is_others = re.search(r"PyTorch|\b(import|from) (torch|tokenizers|transformers)\b", text) is not None
            self.assertEqual(text.split("\n")[0], "#!/usr/bin/env python3" if is_others else "#!/usr/bin/python3 -Xutf8", script)


if __name__ == "__main__":
    unittest.main()
