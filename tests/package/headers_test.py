"""What is installed for C++ programs: headers_test.py BUILD INCLUDE COMPILER. The public headers and no others, each of which
compiles alone; nothing that they include is missing."""

import concurrent.futures
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, INCLUDE = (Path(sys.argv.pop(1)).resolve() for _ in range(2))
COMPILER = sys.argv.pop(1)
# It needs libtorch, with which the examples of tests/package are compiled.
PROFILER = "upmem_des/profiler/profiler.hpp"


def headers(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class Headers(unittest.TestCase):
    def test_the_installed_tree(self):
        with tempfile.TemporaryDirectory(prefix="upmem-des-headers-") as holder:
            done = subprocess.run(["cmake", "--install", BUILD, "--prefix", holder, "--component", "dev"], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
            self.assertEqual(done.returncode, 0, done.stdout)
            installed = Path(holder, "include")
            self.assertEqual(headers(installed), headers(INCLUDE))
            self.assertGreater(len(headers(installed)), 50)
            alone = [header for header in headers(installed) if header != PROFILER]
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
                for header, text in zip(alone, pool.map(lambda header: self.compiled(installed, header), alone)):
                    self.assertEqual(text, "", header)

    @staticmethod
    def compiled(installed, header):
        """What the compiler says of a source that includes the header alone, twice."""
        source = f"#include <{header}>\n#include <{header}>\n"
        return subprocess.run([COMPILER, "-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I",
                               installed, "-x", "c++", "-"], input=source, check=False, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


if __name__ == "__main__":
    unittest.main()
