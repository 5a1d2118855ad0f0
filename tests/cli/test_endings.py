"""How the program ends that cannot go on: out of memory, on a signal, with a reader that has gone."""

import os
import resource
import signal
import subprocess
import time
import unittest
from pathlib import Path

from program import PROGRAM, SANITIZED, CliTest, environment, messages, unless_sanitized


def limited(limit, value):
    return lambda: resource.setrlimit(limit, (value, value))


class EndingTest(CliTest):
    def many_devices(self, count):
        self.write("many.yaml", f"devices:\n  - {{ name: dev, architecture: H100, count: {count} }}\n")
        text = (f"workload: {{ model: model.json, prompt_tokens: 4, output_tokens: 1, batch: {count} }}\n"
                "platform: many.yaml\n"
                "mapping: { default: { devices: dev, split: replicas } }\nsimulation: { schedule: dataflow }\n")
        return self.write("many_devices.yaml", text)

    def ended(self, *arguments, **options):
        """The exit code, and what was said: one line where the program did not do what it was asked."""
        with subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **options) as process:
            out, err = process.communicate(timeout=300)
        return process.returncode, out.decode(), messages(err)


@unless_sanitized
class MemoryTest(EndingTest):
    def test_a_thousand_devices_need_no_gigabytes(self):
        code, _, err = self.ended("run", self.many_devices(1024), "-q",
                                  preexec_fn=limited(resource.RLIMIT_AS, 2_000_000_000))
        self.assertEqual((code, err), (0, ""))

    def test_too_little_for_the_stacks(self):
        # Every device has an actor where each piece of work is SimGrid's own.
        code, out, err = self.ended("run", self.many_devices(1024), "-q", "--set", "simulation.segments=false",
                                    preexec_fn=limited(resource.RLIMIT_AS, 400_000_000))
        self.assertEqual((code, out), (1, ""), err)
        self.check_messages(err, ["error"])
        self.assertIn("out of memory", err)

    def test_every_command_works_or_says_why_not(self):
        """From where the program can be loaded on."""
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", "8", "--output-tokens", "4", "-o",
                  self.folder / "t.jsonl.gz")
        self.good("run", self.scenario, "-q", "--json", self.folder / "r.json")
        commands = (("run", self.scenario, "--perfetto", "/dev/null"),
                    ("run", self.scenario, "--compare-with", "reference"), ("check", self.scenario),
                    ("run", self.many_devices(64), "-q"), ("report", self.folder / "r.json"),
                    ("trace", "show", self.folder / "t.jsonl.gz"), ("arch", "list"),
                    ("platform", "show", self.scenario))
        least = next(size for size in range(16, 4096, 4) if self.ended(
            "--version", preexec_fn=limited(resource.RLIMIT_AS, size << 20))[0] == 0)
        enough = 0
        for command in commands:
            for more in (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 256):
                with self.subTest(command=command, more=more):
                    code, _, err = self.ended(*command, preexec_fn=limited(resource.RLIMIT_AS, least + more << 20))
                    enough += code == 0
                    self.assertIn(code, (0, 1), err)
                    self.check_messages(err, ["error"] if code else [])
        self.assertGreater(enough, len(commands))

    def test_a_file_that_may_not_grow(self):
        trace = self.folder / "t.jsonl"
        code, _, err = self.ended("trace", "--model", self.folder / "model.json", "--output-tokens", "400", "-o", trace,
                                  preexec_fn=limited(resource.RLIMIT_FSIZE, 10_000))
        self.assertEqual((code, err), (2, f"upmem-des: error: {trace}: cannot be written: File too large\n"))
        self.assertFalse(trace.exists())


class SignalTest(EndingTest):
    """A run that takes a while (each piece of work is SimGrid's own), whose output is on its way."""

    def long_run(self, *arguments, **options):
        scenario = self.small(workload="{ model: model.json, prompt_tokens: 64, output_tokens: 200000 }")
        command = [PROGRAM, "run", scenario, "-q", "--set", "simulation.segments=false", *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)

    def wait_until(self, condition, process, what):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertIsNone(process.poll(), process.stderr.read() if process.poll() is not None else "")
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)

    def end_with(self, number, output, **options):
        with self.long_run("--perfetto", output, **options) as process:
            # It writes when it has gone from checking to simulating.
            self.wait_until(lambda: self.is_writing(process.pid, output), process, "never began to write")
            process.send_signal(number)
            process.wait(timeout=30)
            self.assertEqual(process.returncode, -number)
            self.assertEqual(process.stderr.read(), b"")

    def is_writing(self, pid, output):
        try:
            opened = [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
        except FileNotFoundError:
            return False
        return any(name.startswith(str(output.parent)) and ("(deleted)" in name or ".upmem-des." in name)
                   for name in opened)

    def test_nothing_stays(self):
        (self.folder / "out").mkdir()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(signal=number):
                self.end_with(number, self.folder / "out" / "run.json")
                self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_nothing_stays_where_there_are_no_nameless_files(self):
        """As on NFS: a shared library stands in for a file system without O_TMPFILE."""
        library = self.without_nameless_files()
        (self.folder / "out").mkdir()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                self.end_with(number, self.folder / "out" / "run.json", env=environment(LD_PRELOAD=library))
                self.assertEqual(list((self.folder / "out").iterdir()), [])

    def without_nameless_files(self):
        if SANITIZED:
            self.skipTest("the sanitizer's library has to come first")
        source = self.write("open.c", """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
static int refuse(int flags) {
  if ((flags & O_TMPFILE) != O_TMPFILE) return 0;
  errno = EOPNOTSUPP;
  return 1;
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int mode = va_arg(more, int);
  va_end(more);
  if (refuse(flags)) return -1;
  return ((int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open64"))(path, flags, mode);
}
int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int mode = va_arg(more, int);
  va_end(more);
  if (refuse(flags)) return -1;
  return ((int (*)(const char*, int, ...))dlsym(RTLD_NEXT, "open"))(path, flags, mode);
}
""")
        library = self.folder / "open.so"
        try:
            subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True, capture_output=True)
        except (FileNotFoundError, subprocess.CalledProcessError):
            self.skipTest("no C compiler")
        return str(library)

    def test_ignored_signals_stay_ignored(self):
        with self.long_run(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
            time.sleep(0.3)
            process.send_signal(signal.SIGHUP)
            time.sleep(0.3)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            self.assertEqual(process.returncode, -signal.SIGTERM)
            process.stderr.read()

    def test_the_process_of_a_comparison_goes_too(self):
        with self.long_run("--compare-with", "reference") as process:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            self.wait_until(lambda: children.read_text().split(), process, "no child")
            child = int(children.read_text().split()[0])
            process.terminate()
            process.wait(timeout=30)
            process.stderr.read()
            self.wait_until_gone(child)

    def test_the_profiler_goes_too(self):
        """Also while it is being loaded, before it could ask the kernel for that."""
        pid_file = self.folder / "pid"
        slow = self.write("profiler", f"#!/bin/sh\necho $$ > {pid_file}.new\nmv {pid_file}.new {pid_file}\n"
                                      "exec sleep 1000\n")
        slow.chmod(0o755)
        (self.folder / "net").mkdir()
        (self.folder / "net" / "config.json").write_text((self.folder / "model.json").read_text())
        scenario = self.small(workload="{ model: net, profile: true, prompt_tokens: 6, output_tokens: 3 }")
        with subprocess.Popen([PROGRAM, "run", scenario, "-q"], stderr=subprocess.PIPE,
                              env=environment(UPMEM_DES_PROFILER=str(slow))) as process:
            self.wait_until(pid_file.exists, process, "no profiler")
            process.terminate()
            process.wait(timeout=30)
            process.stderr.read()
            self.wait_until_gone(int(pid_file.read_text()))

    def wait_until_gone(self, child):
        deadline = time.monotonic() + 30
        while self.is_alive(child):
            self.assertLess(time.monotonic(), deadline, "the child goes on")
            time.sleep(0.02)

    @staticmethod
    def is_alive(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def test_a_reader_that_goes_ends_it_quietly(self):
        process = subprocess.Popen([PROGRAM, "run", self.scenario, "--print-log", "--set",
                                    "workload.output_tokens=500"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(100)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)
        self.assertEqual(messages(process.stderr.read()), "")
        process.stderr.close()


if __name__ == "__main__":
    unittest.main()
