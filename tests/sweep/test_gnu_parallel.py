"""Sweeps on other hosts by GNU parallel over ssh: to an sshd that the test starts, by several names."""

import os
import re
import shutil
import signal
import tempfile
import time
import unittest
from pathlib import Path

from loopback_sshd import LoopbackSshd, missing_packages
from sweeps import PROGRAM, SweepTest, keys_in
from test_point_timeout import Slow

MISSING = missing_packages() + ([] if shutil.which("parallel") else ["parallel"])
# Twelve points. A scenario's name may be anything.
MANY = r"""
base: small.yaml
set: {name: "it's 100 % \"$HOME\" `id` \\ {} {#} é"}
grid:
  workload.batch: [1, 2, 3, 4, 5, 6]
  workload.dtype: [int8, bfloat16]
"""
POINTS = 12
SSHD = HOLDER = None
LOCAL_CSV = []


def setUpModule():
    """One sshd for all tests. `gamma` greets everybody, as some login shells do, and has no end of line there."""
    global SSHD, HOLDER
    if MISSING:
        raise unittest.SkipTest(f"missing: {' '.join(MISSING)}")
    HOLDER = Path(unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="upmem-des-ssh-")))
    greet = 'printf "welcome\\nto gamma: "; eval "$SSH_ORIGINAL_COMMAND"'
    SSHD = unittest.enterModuleContext(LoopbackSshd(HOLDER / "sshd", ["alpha", "beta", "gamma"], ["gone"],
                                                    {"gamma": greet}))


class HostsTest(SweepTest):
    def setUp(self):
        super().setUp()
        self.sweep_file(MANY)
        self.out = self.folder / "out"

    def hosts(self, *lines):
        """A file of hosts; `2/alpha` becomes the way to the test's sshd."""
        return self.write("hosts", "".join(
            re.sub(r"^( *\d+/)?(\w+)$", lambda match: f"{match[1] or ''}{SSHD.login(match[2])}", line) + "\n"
            for line in lines))

    def start(self, *arguments, hosts=True, environment=(), **options):
        words = ["sweep.yaml", "-o", "out", "--hosts", "hosts", *arguments] if hosts else arguments
        # Where GNU parallel keeps what it knows of hosts.
        extra = {"PARALLEL_HOME": str(self.folder / "parallel-home"), **dict(environment)}
        return super().start(*words, env={**os.environ, **extra}, **options)

    def local_csv(self):
        """Of the sweep that all tests have."""
        if not LOCAL_CSV:
            self.swept("sweep.yaml", "-o", "local", hosts=False)
            LOCAL_CSV.append((self.folder / "local" / "results.csv").read_bytes())
        return LOCAL_CSV[0]

    def csv(self):
        return (self.out / "results.csv").read_bytes()

    def at(self, alias, command):
        """For a program's script: a command that runs only where it was reached as `alias`."""
        return f'case "$SSH_CONNECTION" in *" {SSHD.ports[alias]}") {command};; esac'

    def logged_program(self, name="logged", then=":"):
        """A program that notes port, start and end of each run. `then`: shell commands before a run."""
        return self.executable(name, f'[ "$1" = run ] || exec {PROGRAM} "$@"\nport=${{SSH_CONNECTION##* }}\n'
                               f'echo "start $port $(date +%s%N)" >>{self.folder}/runs.log\n{then}\n'
                               f'{PROGRAM} "$@"; code=$?\n'
                               f'echo "end $port $(date +%s%N)" >>{self.folder}/runs.log\nexit $code')

    def runs(self, what="start"):
        """Where runs were started, or ended, in order of time: aliases."""
        aliases = {str(port): alias for alias, port in SSHD.ports.items()}
        log = self.folder / "runs.log"
        lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
        return [aliases[port] for kind, port, _ in sorted(lines, key=lambda line: int(line[2])) if kind == what]

    def most_at_a_time(self):
        going, most = 0, 0
        lines = [line.split() for line in (self.folder / "runs.log").read_text().splitlines()]
        for kind, _, _ in sorted(lines, key=lambda line: int(line[2])):
            going += 1 if kind == "start" else -1
            most = max(most, going)
        return most

    def wait_for(self, condition, what, time_s=20):
        until = time.monotonic() + time_s
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.02)

    def processes(self):
        """What runs with a path of this test's folder in its command line, or may still begin to over a connection."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if str(self.folder).encode() in path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                continue  # It has ended.
        return found + SSHD.sessions()

    def check_nothing_left(self):
        self.assertEqual(sorted(path.name for path in self.out.iterdir()), [".lock", "results.csv", "results.sqlite"])
        self.wait_for(lambda: not self.processes(), "processes go on")


class Runs(HostsTest):
    def test_the_same_table_as_here(self):
        """Two hosts share the points."""
        self.hosts("# two hosts", "2/alpha", "", "  1/beta")
        program = self.logged_program()
        self.swept(program=program)
        self.assertEqual(self.csv(), self.local_csv())
        self.assertEqual(set(self.runs()), {"alpha", "beta"})
        self.assertEqual(len(self.runs()), POINTS)
        self.assertIn("12 points, 12 done already, 0 to run\n", self.swept(program=program))
        self.assertEqual(self.query("SELECT json_extract(result, '$.scenario') FROM points WHERE point = 7", "out"),
                         [("it's 100 % \"$HOME\" `id` \\ {} {#} é (workload.batch=4, workload.dtype=bfloat16)",)])
        self.check_nothing_left()

    def test_results_are_those_of_here_to_the_byte(self):
        self.hosts("1/alpha")
        self.swept()
        self.swept("sweep.yaml", "-o", "local", hosts=False)
        results = "SELECT point, result FROM points ORDER BY point"
        self.assertEqual(self.query(results, "out"), self.query(results, "local"))

    def test_a_host_that_greets(self):
        self.hosts("2/gamma")
        self.swept()
        self.assertEqual(self.csv(), self.local_csv())

    def test_this_machine_as_a_host(self):
        self.hosts("2/:")
        self.swept()
        self.assertEqual(self.csv(), self.local_csv())

    def test_as_many_at_a_time_as_the_file_says(self):
        """A number in the file comes before -j, which is for hosts without one."""
        program = self.logged_program(then="sleep 0.2")
        self.hosts("2/alpha")
        self.swept("-j", 4, program=program)
        self.assertEqual(self.most_at_a_time(), 2)

    def test_as_many_at_a_time_as_the_option_says(self):
        program = self.logged_program(then="sleep 0.2")
        self.hosts("alpha")
        self.swept("-j", 3, program=program)
        self.assertEqual(self.most_at_a_time(), 3)

    def test_points_that_fail_do_not_stop_the_rest(self):
        """A program that fails for batch 3, in the words of the real one, and is killed for batch 5."""
        program = self.executable("picky", """\
case "$1 $*" in
"run "*workload.batch=3*) echo "upmem-des: error: no 'threes', \\$HOME" >&2; exit 1;;
"run "*workload.batch=5*) kill -9 $$;;
esac
exec %s "$@" """ % PROGRAM)
        self.hosts("1/alpha", "1/beta")
        here = self.sweep("sweep.yaml", "-o", "local", hosts=False, program=program)
        there = self.sweep(program=program)
        self.assertEqual((here.code, there.code), (1, 1), there.err)
        self.assertEqual(there.err, here.err)
        self.assertEqual(self.csv(), (self.folder / "local" / "results.csv").read_bytes())
        errors = [row["error"] for row in self.rows("out")]
        self.assertEqual(errors, [""] * 4 + ["no 'threes', $HOME"] * 2 + [""] * 2 + ["killed by SIGKILL"] * 2 +
                         [""] * 2)
        self.check_nothing_left()


class PointTimeout(HostsTest, Slow):
    def test_on_a_host(self):
        self.make_slow_sweep()
        self.hosts("2/alpha")
        self.check_timeout(words=())


class BadHosts(HostsTest):
    def test_a_host_that_is_down(self):
        self.hosts("1/alpha", "1/gone")
        outcome = self.sweep()
        self.assertEqual(outcome.code, 0)
        self.assertEqual(outcome.err, "sweep: warning: --hosts: gone is left out: ssh: connect to host 127.0.0.1 port "
                         f"{SSHD.ports['gone']}: Connection refused\n")
        self.assertEqual(self.csv(), self.local_csv())

    def test_all_hosts_are_down(self):
        self.hosts("gone")
        outcome = self.sweep()
        self.assertEqual(outcome.code, 2)
        self.assertEqual(outcome.err, "sweep: --hosts: no host can be used: gone: ssh: connect to host 127.0.0.1 port "
                         f"{SSHD.ports['gone']}: Connection refused\n")
        self.assertFalse(self.out.exists())

    def test_a_host_without_the_program(self):
        """It says what a shell says of a program that is not there."""
        program = self.executable("absent", self.at("beta", f"exec {self.folder}/nowhere") + f'\nexec {PROGRAM} "$@"')
        self.hosts("1/alpha", "1/beta")
        outcome = self.sweep(program=program)
        self.assertEqual(outcome.code, 0)
        self.assertRegex(outcome.err,
                         rf"\Asweep: warning: --hosts: beta is left out: [^\n]*{self.folder}/nowhere[^\n]*not "
                         r"found\n\Z")
        self.assertEqual(self.csv(), self.local_csv())

    def different_at(self, *aliases):
        """Where it was reached by these names, the program finds another model."""
        lines = "\n".join(self.at(alias, 'set -- "$@" --set model=other.json') for alias in aliases)
        other = (self.folder / "model.json").read_text().replace('"vocab_size": 500', '"vocab_size": 600')
        self.write("other.json", other)
        return self.logged_program("different", then=lines.replace("--set model=", "--set workload.model="))

    REFUSAL = r"its inputs have changed since they were checked: expected [0-9a-f]{32}, got [0-9a-f]{32}; expected " \
              r"the same files and program version"

    def test_the_only_host_differs(self):
        self.hosts("2/beta")
        outcome = self.sweep(program=self.different_at("beta"))
        self.assertEqual(outcome.code, 1)
        errors = [row["error"] for row in self.rows("out")]
        self.assertEqual(len(errors), POINTS)
        for error in errors:
            self.assertRegex(error, rf"\Abeta: [^ ]*small\.yaml: {self.REFUSAL}\Z")
        self.assertEqual({row["status"] for row in self.rows("out")}, {"failed"})
        self.check_nothing_left()

    def test_one_of_two_hosts_differs(self):
        """The other does its points, too, and it is said once."""
        self.hosts("1/alpha", "1/beta")
        outcome = self.sweep(program=self.different_at("beta"))
        self.assertEqual(outcome.code, 0, outcome.err)
        self.assertRegex(outcome.err, r"\Asweep: warning: --hosts: beta differs, others are preferred: "
                         rf"[^ ]*small\.yaml: {self.REFUSAL}\n\Z")
        self.assertEqual(self.csv(), self.local_csv())
        self.assertIn("beta", self.runs())
        self.check_nothing_left()

    def test_a_connection_that_breaks(self):
        """Once, in the middle of a point: what was lost is run again."""
        broken = self.folder / "broken"
        then = (f'mkdir {broken} 2>/dev/null && {{ p=$$; until grep -q ^sshd /proc/$p/comm; do '
                "p=$(awk '/^PPid/ {print $2}' /proc/$p/status); done; kill -9 $p; sleep 1; }")
        self.hosts("1/alpha", "1/beta")
        self.swept(program=self.logged_program(then=then))
        self.assertTrue(broken.is_dir())
        self.assertEqual(self.csv(), self.local_csv())
        self.check_nothing_left()

    def test_connections_that_always_break(self):
        """It gives up."""
        then = ("p=$$; until grep -q ^sshd /proc/$p/comm; do p=$(awk '/^PPid/ {print $2}' /proc/$p/status); "
                "done; kill -9 $p; sleep 1")
        self.hosts("2/alpha")
        outcome = self.sweep(program=self.logged_program(then=then))
        self.assertEqual(outcome.code, 2)
        self.assertRegex(outcome.err, r"\Asweep: --hosts: 12 points came back from no host: Connection to "
                         r"127\.0\.0\.1 [^\n]+\n\Z")
        self.check_nothing_left()


class Interrupted(HostsTest):
    def test_killed_and_started_again(self):
        """What came back is not run again, and nothing goes on on hosts."""
        self.hosts("1/alpha", "1/beta")
        program = self.logged_program(then=f'[ -e again ] || [ $(wc -l <{self.folder}/runs.log) -lt 12 ] || sleep 60')
        with self.start(program=program) as process:
            self.wait_for(lambda: len(keys_in(self.out)) >= 3 and len(self.runs()) + len(self.runs("end")) >= 12,
                          "no results")
            process.kill()
            process.communicate()
        self.wait_for(lambda: not self.processes(), "runs go on on hosts", time_s=45)
        there, before = keys_in(self.out), len(self.runs())
        self.assertTrue(3 <= len(there) < POINTS)
        self.write("again", "")
        ended = len(self.runs("end"))
        out = self.swept(program=program)
        self.assertIn(f"12 points, {len(there)} done already, {POINTS - len(there)} to run\n", out)
        # Of runs that had just ended the result may lie in GNU parallel's output.
        again = len(self.runs()) - before
        self.assertTrue(POINTS - ended <= again <= POINTS - len(there), (ended, again, len(there)))
        self.assertEqual(self.csv(), self.local_csv())
        self.check_nothing_left()

    def test_ctrl_c(self):
        self.hosts("1/alpha", "1/beta")
        program = self.logged_program(then="sleep 0.3")
        with self.start(program=program) as process:
            self.wait_for(lambda: len(keys_in(self.out)) >= 3, "no results")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        self.assertEqual((process.returncode, err), (130, b""), out)
        self.check_nothing_left()
        statuses = [row["status"] for row in self.rows("out")]
        self.assertEqual(set(statuses), {"ok", "missing"})
        there, before = statuses.count("ok"), len(self.runs())
        self.swept(program=program)
        self.assertEqual(len(self.runs()) - before, POINTS - there)
        self.assertEqual(self.csv(), self.local_csv())


class Refused(HostsTest):
    def refused(self, message, **options):
        """Before any point is checked: they are bad, too."""
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [x]}\n")
        outcome = self.sweep(**options)
        self.assertEqual((outcome.code, outcome.err), (2, f"sweep: {message}\n"))
        self.assertFalse(self.out.exists())
        self.assertEqual(self.sweep("--dry-run", **options).err, f"sweep: {message}\n")

    def test_no_gnu_parallel(self):
        """No `parallel`, and another one: moreutils has a program of that name."""
        message = "--hosts: there is no GNU parallel; expected Debian's package parallel, or another GNU parallel on " \
                  "the PATH"
        tools = self.folder / "tools"
        tools.mkdir()
        self.hosts("alpha")
        self.refused(message, environment={"PATH": str(tools)})
        (tools / "parallel").write_text("#!/bin/sh\necho parallel from moreutils\n")
        (tools / "parallel").chmod(0o755)
        self.refused(message, environment={"PATH": str(tools)})

    def test_no_ssh(self):
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "parallel").symlink_to(shutil.which("parallel"))
        for name in ("perl", "sh", "env"):
            (tools / name).symlink_to(shutil.which(name))
        self.write("hosts", "2/user@one\n")
        self.refused("--hosts: ssh is not on the PATH, by which user@one is reached; expected Debian's package openssh-client",
                     environment={"PATH": str(tools)})
        self.write("hosts", "2/my_ssh -F here user@one\n")
        self.refused("--hosts: my_ssh is not on the PATH, by which user@one is reached; expected Debian's package "
                     "openssh-client", environment={"PATH": str(tools)})

    def test_no_file(self):
        self.refused("hosts: no such file; expected a file of hosts")

    def test_no_text(self):
        self.write("hosts", b"\xff\n")
        self.refused("hosts: cannot be read: no UTF-8")

    def test_no_host(self):
        self.hosts("# alpha", "", "  ")
        self.refused("hosts: names no host; expected a line for each, such as 8/user@host")

    def test_twice(self):
        self.write("hosts", "2/user@one\n# two\nuser@one\n")
        self.refused("hosts:3: user@one occurs twice; expected each host once")

    def test_no_runs_at_a_time(self):
        self.write("hosts", "0/one\n")
        self.refused("hosts:1: 0 runs at a time; expected 1 to 10000")


if __name__ == "__main__":
    unittest.main()
