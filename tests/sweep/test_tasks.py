"""What engines are given: the shell line of a task, and the files that failed runs leave."""

import hashlib
import subprocess
import sys
import unittest
from dataclasses import replace

from sweeps import PROGRAM, PROJECT, SweepTest, parse_json

sys.path.insert(0, str(PROJECT / "scripts"))

from sweeping.shell import OTHER_PROGRAM, shell_lines  # noqa: E402
from sweeping.tasks import LONGEST_MESSAGE, Context, Task, error_message, read_error, write_error  # noqa: E402


class ShellLine(SweepTest):
    def setUp(self):
        super().setUp()
        # Whatever a folder is called, and whatever a setting holds.
        self.spool = self.folder / "a 'spool' $HOME;\"x\""
        self.spool.mkdir()

    def task(self, *command, working_folder=None):
        return Task("k", list(map(str, command)), str(self.spool / "k.json"), str(self.spool / "k.error"), 1,
                    str(working_folder or self.folder))

    def run_line(self, task):
        done = subprocess.run(["/bin/sh", "-c", shell_lines([task])], cwd="/", env={"PATH": "/usr/bin:/bin"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        return sorted(path.name for path in self.spool.iterdir())

    def error(self):
        return read_error((self.spool / "k.error").read_text())

    def test_a_result(self):
        name = "it's; $(exit 1) \"a\" \\ `b` *"
        as_yaml = name.replace("'", "''")
        task = self.task(PROGRAM, "run", "small.yaml", "-q", f"--set=name='{as_yaml}'", "--json", self.spool / "k.json")
        self.assertEqual(self.run_line(task), ["k.json"])
        self.assertEqual(parse_json((self.spool / "k.json").read_text())["scenario"], name)

    def test_errors(self):
        for command, message in (
                ((PROGRAM, "run", "no.yaml"), "no.yaml: no such file"),
                (("/bin/sh", "-c", "echo a >&2; echo b >&2; exit 3"), "exit code 3: b"),
                (("/bin/sh", "-c", "kill -KILL $$"), "killed by SIGKILL"),
                (("/bin/sh", "-c", "kill -SEGV $$"), "killed by SIGSEGV"),
                (("/bin/sh", "-c", "exit 0"), "ended without a result"),
                (("/bin/sh", "-c", "head -c 99999 /dev/zero | tr '\\0' x >&2; exit 3"),
                 "exit code 3: " + "x" * LONGEST_MESSAGE)):
            with self.subTest(command):
                self.assertEqual(self.run_line(self.task(*command)), ["k.error"])
                self.assertEqual(self.error(), message)

    def test_a_program_or_folder_that_is_not_there(self):
        self.assertEqual(self.run_line(self.task("/no/such", "run")), ["k.error"])
        self.assertRegex(self.error(), r"\Aexit code 127: .*/no/such: not found\Z")
        self.assertEqual(self.run_line(self.task("/bin/true", working_folder="/no/such")), ["k.error"])
        self.assertRegex(self.error(), r"\Aexit code \d: .*cd.* /no/such\Z")


    def test_a_program_that_is_another(self):
        """Before a run, which is not started, and after it, whose result goes."""
        other = f"upmem-des: error: {{}}: {OTHER_PROGRAM}".removeprefix("upmem-des: error: ")
        program = self.executable("program", f"{self.folder}/then; echo {{}} >\"$2\"")
        digest = hashlib.sha256(program.read_bytes()).hexdigest()[:16]
        for then, given, files in ((":", digest, ["k.json"]), (":", "0" * 16, ["k.error"]),
                                   (f"echo '# more' >>{program}", digest, ["k.error"])):
            with self.subTest(then):
                self.executable("then", then)
                self.assertEqual(self.run_line(replace(self.task(program, "--json", self.spool / "k.json"),
                                                       program_digest=given)), files)
                if files == ["k.error"]:
                    self.assertEqual(self.error(), other.format(program))
                (self.spool / files[0]).unlink()

    def test_a_time_limit(self):
        for command, files in ((("/bin/sh", "-c", 'sleep 60; echo {} >"$1"', "sh"), ["k.error"]),
                               (("/bin/sh", "-c", 'echo {} >"$2"', "sh"), ["k.json"])):
            task = replace(self.task(*command, "--json", self.spool / "k.json"), time_limit_s=1)
            self.assertEqual(self.run_line(task), files)
            if files == ["k.error"]:
                self.assertEqual(self.error(), "took longer than 1 s (--point-timeout)")
            (self.spool / files[0]).unlink()

    def test_how_runs_with_a_time_limit_end(self):
        for command, message in ((("/bin/sh", "-c", "echo a >&2; exit 3"), "exit code 3: a"),
                                 (("/bin/sh", "-c", "kill -KILL $$"), "killed by SIGKILL"),
                                 (("/no/such",), "exit code 127: /no/such: No such file or directory")):
            self.assertEqual(self.run_line(replace(self.task(*command), time_limit_s=9)), ["k.error"])
            self.assertEqual(self.error(), message)


class Errors(unittest.TestCase):
    def test_messages(self):
        for code, output, message in (
                (1, "upmem-des: error: a: b\n", "a: b"),
                (2, "upmem-des: warning: w\nupmem-des: error: e\nnote\n", "e"),
                (3, "\n  first\n last \n\n", "exit code 3: last"), (3, "", "exit code 3"),
                (0, "", "ended without a result"),
                (137, "", "killed by SIGKILL"), (134, "terminate called\n", "killed by SIGABRT: terminate called"),
                (255, "", "killed by signal 127")):
            with self.subTest(code=code, output=output):
                self.assertEqual(error_message(code, output), message)
                self.assertEqual(read_error(f"{code}\n{output}\n"), message)

    def test_files_that_are_not_whole(self):
        for text in ("", "1", "1\n", "1\ncut o", "x\nwords\n", "-1\nwords\n", "1234\nwords\n", "²\nwords\n"):
            with self.subTest(text):
                self.assertIsNone(read_error(text))


class Files(SweepTest):
    def test_an_error_file_appears_whole(self):
        path = self.folder / "k.error"
        write_error(path, 3, "half a pair \udc80 and\nmore\n")
        self.assertEqual(path.read_text(), "3\nhalf a pair \\udc80 and\nmore\n\n")
        self.assertEqual(read_error(path.read_text()), "exit code 3: more")
        self.assertEqual([name for name in self.files() if "k.error" in name.name], [path])

    def test_a_task_is_done(self):
        for kind in ("json_path", "error_path"):
            task = Task("k", [], str(self.folder / "k.json"), str(self.folder / "k.error"), 1, str(self.folder))
            context = Context(self.folder, 1, None)
            self.assertFalse(context.is_done(task))
            path = self.write(getattr(task, kind), "")
            self.assertTrue(context.is_done(task))
            path.unlink()
            context.taken.add("k")
            self.assertTrue(context.is_done(task))
