"""An installation as its user finds it: installed_test.py BUILD. By `cmake --install`, moved afterwards, and as Debian's
packages, installed into a root of their own, run and removed."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD = Path(sys.argv.pop(1)).resolve()
SWEEP = "scenarios/sweeps/llama-2-7b_devices-batch.yaml"
# Of pkg-config's packages, what the installed library needs.
NEEDED = ("simgrid", "yaml-cpp", "libxxhash")
COMMANDS = ("sweep", "plot", "plot-served", "plot-timeline", "highest-rate", "capture")
# A new login's: neither this checkout's program nor its data can be found by it.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


def done(*command, **options):
    result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False,
                            stderr=subprocess.STDOUT, text=True, timeout=600, **options)
    return result.returncode, result.stdout


class Installed(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="upmem-des-installed-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def good(self, *command, **options):
        code, text = done(*command, **options)
        self.assertEqual(code, 0, f"{command}: {text}")
        return text

    def check_use(self, prefix):
        """What a user does first, in a folder of his own."""
        def use(*command):
            return self.good(*command, cwd=self.folder, env=ENVIRONMENT)
        program = prefix / "bin" / "upmem-des"
        self.assertIn("tokens/s", use(program, "run", "llama-2-7b_4chip.yaml"))
        self.assertIn("H100", use(program, "arch", "list"))
        version = use(program, "--version").split()[1]
        for command in COMMANDS:
            script = prefix / "bin" / f"upmem-des-{command}"
            self.assertIn(f"usage: upmem-des-{command} ", use(script, "--help"))
            self.assertEqual(f"upmem-des-{command} {version}\n", use(script, "--version"))
        use(prefix / "bin" / "upmem-des-sweep", Path(SWEEP).stem, "-o", "swept", "-q")
        self.assertEqual(len(Path(self.folder, "swept/results.csv").read_text().splitlines()), 1 + 6 * 8)
        self.check_documents(prefix, use(program, "--help"))

    def check_documents(self, prefix, text):
        documents = prefix / "share/doc/upmem-des"
        self.assertIn("every link leads", self.good(sys.executable, Path(__file__).with_name("links_test.py"), documents))
        commands = re.findall(r"(?m)^  ([a-z]+) {4,}", text.split("Subcommands:")[1])
        self.assertGreater(len(commands), 8)
        for page in ("upmem-des", *(f"upmem-des-{command}" for command in (*commands, *COMMANDS))):
            self.assertIn(".SH NAME", (prefix / f"share/man/man1/{page}.1").read_text(encoding="utf-8"))
        for file in ("bash-completion/completions/upmem-des", "zsh/site-functions/_upmem-des", "zsh/vendor-completions/_upmem-des",
                     "fish/vendor_completions.d/upmem-des.fish"):
            self.assertIn("upmem-des", (prefix / "share" / file).read_text(encoding="utf-8"))

    def test_by_cmake_and_moved(self):
        self.good("cmake", "--install", BUILD, "--prefix", self.folder / "first")
        (self.folder / "first").rename(self.folder / "second")
        self.check_use(self.folder / "second")
        self.check_module(self.folder / "second")

    def check_module(self, prefix):
        """The Python module runs the program, and reads the data, that were installed with it."""
        packages = prefix / "lib/python3/dist-packages"
        if not list(packages.glob("upmem_des/_native*.so")):
            self.skipTest("built without the Python module")
        said = self.good("/usr/bin/python3", "-c", "import upmem_des; print(upmem_des.data_folder()); "
                         "print(upmem_des.run('llama-2-7b_4chip.yaml').data['events'])", cwd=self.folder,
                         env={**ENVIRONMENT, "PYTHONPATH": str(packages)})
        self.assertEqual(f"{prefix / 'share/upmem-des'}\n5200\n", said)

    def test_the_program_alone(self):
        """scripts/quickstart's first part has neither profiler nor pages when it can be used."""
        self.good("cmake", "--install", BUILD, "--prefix", self.folder / "alone", "--component", "program")
        self.assertFalse((self.folder / "alone/libexec").exists())
        self.assertFalse((self.folder / "alone/include").exists())
        self.check_use(self.folder / "alone")

    def configured(self, prefix, packages, found):
        """What CMake says in a project of others that asks for the library, where pkg-config knows only `packages`."""
        known = self.folder / "pkgconfig"
        project = self.folder / "project"
        for folder in (known, project):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        folders = self.good("pkg-config", "--variable", "pc_path", "pkg-config").strip().split(":")
        for name in packages:
            (known / f"{name}.pc").symlink_to(next(path for path in (Path(folder, f"{name}.pc") for folder in folders) if path.exists()))
        (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(consumer LANGUAGES CXX)\n" + found)
        return done("cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
                    env={**os.environ, "PKG_CONFIG_LIBDIR": str(known)})

    def test_the_library_asks_for_what_it_needs(self):
        """And for no more: what Debian's package upmem-des-dev depends on."""
        prefix = self.folder / "dev"
        self.good("cmake", "--install", BUILD, "--prefix", prefix, "--component", "dev")
        code, text = self.configured(prefix, NEEDED, "find_package(upmem-des REQUIRED)\nadd_executable(own own.cpp)\n"
                                     "target_link_libraries(own upmem-des::upmem-des)\nfile(TOUCH own.cpp)\n")
        self.assertEqual(code, 0, text)
        code, text = self.configured(prefix, NEEDED[1:], "find_package(upmem-des QUIET)\nmessage(NOTICE \"found: ${upmem-des_FOUND}\")\n")
        self.assertEqual((code, "found: FALSE" in text or "found: 0" in text), (0, True), text)
        code, text = self.configured(prefix, NEEDED[1:], "find_package(upmem-des REQUIRED)\n")
        self.assertEqual(code, 1, text)
        self.assertIn("not found: SimGrid 3.32 or later (apt-get install libsimgrid-dev)", " ".join(text.split()))

    @unittest.skipUnless(shutil.which("dpkg-shlibdeps"), "dpkg-dev is not installed")
    def test_as_debian_packages(self):
        self.good("cpack", "-G", "DEB", "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip", "-B", self.folder / "packages",
                  "--config", BUILD / "CPackConfig.cmake", cwd=self.folder)
        packages = sorted((self.folder / "packages").glob("*.deb"))
        names = [package.name.split("_")[0] for package in packages]
        self.assertEqual(["upmem-des-dev", "upmem-des"],
                         [name for name in names if name not in ("python3-upmem-des", "upmem-des-profiler")])
        needs = self.good("dpkg-deb", "-f", packages[-1], "Depends")
        self.assertRegex(needs, "libsimgrid")
        self.assertNotRegex(needs, "libtorch")
        root = self.folder / "root"
        if os.geteuid() != 0:  # only root's dpkg installs
            for package in packages:
                self.good("dpkg-deb", "-x", package, root)
            self.check_use(root / "usr")
            return
        for folder in ("info", "updates", "triggers"):
            (root / "var/lib/dpkg" / folder).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        dpkg = ("dpkg", f"--root={root}", "--force-depends", "--force-script-chrootless", "--log=/dev/null")
        self.good(*dpkg, "-i", *packages)
        self.check_use(root / "usr")
        compiled = root / "usr/lib/python3/dist-packages/upmem_des/__pycache__"
        if compiled.parent.exists():  # as a run of root's leaves them
            compiled.mkdir()
        self.good(*dpkg, "-r", *reversed(names))
        left = [path for path in (root / "usr").rglob("*")] if (root / "usr").exists() else []
        self.assertEqual(left, [])


if __name__ == "__main__":
    unittest.main()
