"""What the program can do without is left out where it is missing, and the configuration says so."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
NEEDED = ("simgrid", "yaml-cpp", "libxxhash")
MISSING = ("-DCMAKE_DISABLE_FIND_PACKAGE_Torch=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_pybind11=ON", "-DUPMEM_DES_NODE=/bin/false")


def pkg_config_files():
    folders = subprocess.run(["pkg-config", "--variable", "pc_path", "pkg-config"], text=True, check=True,
                             stdout=subprocess.PIPE).stdout.strip().split(":")
    for name in NEEDED:
        yield next(path for folder in folders if (path := pathlib.Path(folder, f"{name}.pc")).exists())


class Parts(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="upmem-des-parts-")
        self.addCleanup(holder.cleanup)
        self.build = pathlib.Path(holder.name, "build")
        # Where only what is needed is found.
        self.packages = pathlib.Path(holder.name, "pkgconfig")
        self.packages.mkdir()
        for path in pkg_config_files():
            (self.packages / path.name).symlink_to(path)

    def configure(self, *settings):
        return subprocess.run(["cmake", "--no-warn-unused-cli", "-S", ROOT, "-B", self.build, "-G", "Ninja", "-DUPMEM_DES_TESTS=OFF", *MISSING,
                               *settings], env={**os.environ, "PKG_CONFIG_LIBDIR": str(self.packages)}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_what_is_missing_is_left_out_and_said(self):
        done = self.configure()
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual([
            "upmem-des: without prompts as text (profile --prompt), which needs SentencePiece, PCRE2 and utf8proc "
            "(apt-get install libsentencepiece-dev libpcre2-dev libutf8proc-dev); "
            "-DUPMEM_DES_TEXT_PROMPTS=OFF if that is meant",
            "upmem-des: without fits of device profiles (upmem-des calibrate), which needs NLopt "
            "(apt-get install libnlopt-cxx-dev); -DUPMEM_DES_CALIBRATION=OFF if that is meant",
            "upmem-des: without jemalloc (runs on many devices take twice the time), which needs its library "
            "(apt-get install libjemalloc-dev); -DUPMEM_DES_JEMALLOC=OFF if that is meant",
            "upmem-des: without the server of upmem-des explore, which needs cpp-httplib "
            "(apt-get install libcpp-httplib-dev); -DUPMEM_DES_EXPLORE=OFF if that is meant",
            "upmem-des: without the Python module upmem_des, which needs pybind11 and Python's headers "
            "(apt-get install pybind11-dev python3-dev); -DUPMEM_DES_PYTHON_MODULE=OFF if that is meant",
            "upmem-des: without the profiler (upmem-des profile; torchscript: in scenarios), which needs libtorch "
            "(apt-get install libtorch-dev); -DUPMEM_DES_PROFILER=OFF if that is meant",
            "upmem-des: without the page of charts (--html), which needs Node.js 18 or later and npm "
            "(apt-get install npm); -DUPMEM_DES_PAGE=OFF if that is meant"], done.stderr.splitlines())

    def test_what_is_meant_is_not_said(self):
        parts = ("PROFILER", "PAGE", "TEXT_PROMPTS", "CALIBRATION", "JEMALLOC", "EXPLORE", "PYTHON_MODULE")
        done = self.configure(*[f"-DUPMEM_DES_{part}=OFF" for part in parts])
        self.assertEqual((0, ""), (done.returncode, done.stderr))

    def test_what_was_asked_for_is_an_error(self):
        for part, needs in (("PROFILER", "libtorch"), ("PAGE", "Node.js"), ("TEXT_PROMPTS", "SentencePiece"),
                            ("CALIBRATION", "NLopt"), ("PYTHON_MODULE", "pybind11"), ("JEMALLOC", "libjemalloc-dev"),
                            ("EXPLORE", "libcpp-httplib-dev")):
            others = [f"-DUPMEM_DES_{other}=OFF" for other in ("PROFILER", "PAGE", "TEXT_PROMPTS", "CALIBRATION", "JEMALLOC",
                                                                 "EXPLORE", "PYTHON_MODULE")]
            done = self.configure(*others, f"-DUPMEM_DES_{part}=ON")
            self.assertNotEqual(0, done.returncode)
            said = " ".join(done.stderr.split())
            self.assertIn(f"UPMEM_DES_{part}:", said)
            self.assertIn(needs, said)
        done = self.configure("-DUPMEM_DES_PAGE=perhaps")
        self.assertNotEqual(0, done.returncode)
        self.assertIn("UPMEM_DES_PAGE: 'perhaps' is not known; expected AUTO, ON or OFF", done.stderr)


if __name__ == "__main__":
    unittest.main()
