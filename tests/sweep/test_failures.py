"""Points that cannot be run, that fail, or that are wrong."""

import json

from sweeps import PROGRAM, SweepTest, device_yaml

# Weights of the small model under bfloat16: embedding and lm_head 2 x 500 x 64, two layers of 64 x (64 + 32 + 32 + 64)
# + 3 x 64 x 160 + 2 x 64, a norm of 64: 150 336 elements, 300 672 B, of which lm_head, on another device, is 64 000 B.
# Tiny holds 0.2 MB, Large 20 MB.
TINY = device_yaml("Tiny") + "  capacity_GB: 0.0002\n"
LARGE = device_yaml("Large") + "  capacity_GB: 0.02\n"
DEVICES = """\
base: small.yaml
extra_archs: [devices.yaml]
set: {mapping.lm_head: Large}
grid: {mapping.default: [Large, Tiny], workload.batch: [1, 2]}
"""


class CannotRun(SweepTest):
    def setUp(self):
        super().setUp()
        self.write("devices.yaml", TINY + LARGE)
        self.sweep_file(DEVICES)
        said = self.refused("run", self.scenario, "--extra-archs", self.folder / "devices.yaml", "--set",
                            "mapping.default=Tiny", "--set", "mapping.lm_head=Large", code=1)
        self.message = said.removeprefix("upmem-des: error: ").rstrip("\n")
        self.assertIn("Tiny", self.message)

    def test_it_is_listed_and_the_rest_is_run(self):
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, outcome.out), (
            1, "4 points, 0 done already, 2 cannot run, 2 to run\n"
               f"2 done, 2 failed: {self.folder}/sweep.results/results.csv\n"))
        first, second = outcome.err.splitlines()
        self.assertTrue(first.startswith("sweep: point 2 failed (mapping.default=Tiny, workload.batch=1): "), first)
        self.assertEqual(second, "sweep: point 3 failed (mapping.default=Tiny, workload.batch=2): " + self.message)
        rows = self.rows()
        self.assertEqual([row["status"] for row in rows], ["ok", "ok", "failed", "failed"])
        self.assertEqual(rows[3]["error"], self.message)
        self.assertEqual({value for key, value in rows[3].items() if key.endswith(("_s", "_J", "_W", "_B"))}, {""})
        self.assertEqual(self.query("SELECT point, status, error, key, result FROM points WHERE point = 3"),
                         [(3, "failed", self.message, None, None)])
        again = self.sweep("sweep.yaml")
        self.assertEqual((again.code, again.err), (1, outcome.err))
        self.assertIn("4 points, 2 done already, 2 cannot run, 0 to run\n", again.out)

    def test_a_dry_run_says_so(self):
        outcome = self.sweep("sweep.yaml", "--dry-run")
        self.assertEqual((outcome.code, outcome.err), (1, ""))
        self.assertEqual(outcome.out.splitlines()[3:],
                         ["3: mapping.default=Tiny, workload.batch=2: cannot run: " + self.message,
                          "4 points, 2 cannot run"])


class Bad(SweepTest):
    TEXT = "base: small.yaml\ngrid:\n  workload.batch:\n    - 1\n    - x\n  workload.dtype: [int8, int5]\n"
    BATCH = "workload.batch: 'x'; expected a whole number from 1 to 1000000"

    def test_nothing_runs(self):
        self.sweep_file(self.TEXT.replace("int5", "int4"))
        before = self.files()
        self.check_refused(self.sweep("sweep.yaml"), f"sweep.yaml:5: {self.BATCH} (point 2 and 1 more)")
        self.assertEqual(self.files(), before)
        self.check_refused(self.sweep("sweep.yaml", "--dry-run"), f"sweep.yaml:5: {self.BATCH} (point 2 and 1 more)")

    def test_keep_going_runs_the_others(self):
        self.sweep_file(self.TEXT)
        outcome = self.sweep("sweep.yaml", "--keep-going")
        self.assertEqual((outcome.code, outcome.out), (
            1, "4 points, 0 done already, 3 bad input, 1 to run\n"
               f"1 done, 3 failed: {self.folder}/sweep.results/results.csv\n"))
        self.assertEqual(len(outcome.err.splitlines()), 3)
        self.assertEqual([row["status"] for row in self.rows()], ["ok", "failed", "failed", "failed"])
        self.assertEqual(self.rows()[2]["error"], "sweep.yaml:5: " + self.BATCH)

    def test_a_misspelt_key_has_its_line(self):
        self.sweep_file("base: small.yaml\nset:\n  workload.dtype: int8\ngrid:\n  workload.batc: [1]\n")
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, outcome.out), (2, ""))
        self.assertRegex(outcome.err, r"\Asweep: sweep.yaml:5: workload.batc: unknown key; .*; did you mean 'batch'\? "
                         r"\(point 0\)\n\Z")

    def test_a_bad_base(self):
        self.write("small.yaml", "workload: [\n")
        self.sweep_file()
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, outcome.out), (2, ""))
        self.assertRegex(outcome.err, rf"\Asweep: sweep.yaml: {self.scenario}:\d+: .* \(point 0 and 5 more\)\n\Z")

    def test_ten_messages_at_most(self):
        values = ", ".join(f"x{i}" for i in range(12))
        self.sweep_file(f"base: small.yaml\ngrid: {{workload.batch: [{values}]}}\n")
        lines = [f"sweep.yaml:2: workload.batch: 'x{i}'; expected a whole number from 1 to 1000000 (point {i})"
                 for i in range(10)]
        self.check_refused(self.sweep("sweep.yaml"), *lines, "… and 2 more messages")


class Fails(SweepTest):
    """Runs that end badly, through a program that makes the point with batch 2 do so."""

    def failing(self, then, name="failing"):
        return self.executable(name, f"""\
case "$1 $*" in "run "*batch=2*) {then};; esac
exec {PROGRAM} "$@\"""")

    def sweep_with(self, then, message):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, 4]}\n")
        outcome = self.sweep("sweep.yaml", "-o", "out", "--fresh", program=self.failing(then))
        self.assertEqual(outcome.code, 1)
        self.assertEqual(outcome.err, f"sweep: point 1 failed (workload.batch=2): {message}\n")
        self.assertEqual(outcome.out, "3 points, 0 done already, 3 to run\n"
                                      f"2 done, 1 failed: {self.folder}/out/results.csv\n")
        rows = self.rows("out")
        self.assertEqual([(row["status"], row["error"]) for row in rows],
                         [("ok", ""), ("failed", message), ("ok", "")])
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         [".lock", "results.csv", "results.sqlite"])

    def test_messages(self):
        for then, message in (
                ("echo 'upmem-des: warning: w' >&2; echo 'upmem-des: error: the words' >&2; exit 1", "the words"),
                ("echo two >&2; echo words >&2; exit 7", "exit code 7: words"), ("exit 3", "exit code 3"),
                ("kill -KILL $$", "killed by SIGKILL"), ("kill -SEGV $$", "killed by SIGSEGV"),
                ("exit 0", "ended without a result"),
                ("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 3", "exit code 3: " + "x" * 2000)):
            with self.subTest(then):
                self.sweep_with(then, message)

    def test_a_failed_run_is_tried_again(self):
        program = self.failing(f"[ -e {self.folder}/mended ] || exit 3")
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1, 2, 4]}\n")
        self.assertEqual(self.sweep("sweep.yaml", program=program).code, 1)
        self.write("mended", "")
        self.assertIn("3 points, 2 done already, 1 to run\n", self.swept("sweep.yaml", program=program))
        self.assertEqual([row["status"] for row in self.rows()], ["ok"] * 3)

    def test_twenty_failures_are_listed(self):
        values = ", ".join(f"{i}2" for i in range(1, 24))
        self.sweep_file(f"base: small.yaml\ngrid: {{workload.batch: [{values}]}}\n")
        program = self.executable("failing", f'[ "$1" = run ] && exit 3\nexec {PROGRAM} "$@"')
        lines = self.sweep("sweep.yaml", program=program).err.splitlines()
        self.assertEqual(len(lines), 21)
        self.assertEqual(lines[19:], ["sweep: point 19 failed (workload.batch=202): exit code 3",
                                      "sweep: … and 3 points more that failed"])

    def test_a_file_that_changes_between_check_and_run(self):
        """--expect-inputs: no result is taken for that of other inputs."""
        changed = self.write("changed.json", (self.folder / "model.json").read_text().replace("160", "192"))
        program = self.executable("changing", f'[ "$1" != run ] || cp {changed} {self.folder}/model.json\n'
                                              f'exec {PROGRAM} "$@"')
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [2]}\n")
        outcome = self.sweep("sweep.yaml", program=program)
        self.assertEqual(outcome.code, 1)
        self.assertIn("its inputs have changed since they were checked", outcome.err)
        self.assertEqual(self.rows()[0]["status"], "failed")
        self.assertIn("1 done", self.swept("sweep.yaml", program=program))

    def test_a_program_that_vanishes(self):
        """… after the checks."""
        program = self.folder / "vanishing"
        self.executable("vanishing", f'[ "$1" != check ] || rm {program}\nexec {PROGRAM} "$@"')
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [2]}\n")
        outcome = self.sweep("sweep.yaml", program=program)
        self.assertEqual((outcome.code, outcome.err), (
            1, f"sweep: point 0 failed (workload.batch=2): exit code 126: {program}: cannot be run: No such file or "
               "directory\n"))

    def test_settings_are_in_the_store_of_failed_points_too(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [2]}\n")
        self.sweep("sweep.yaml", program=self.failing("exit 3"))
        status, settings, key, result = self.query("SELECT status, settings, key, result FROM points")[0]
        self.assertEqual((status, json.loads(settings), result), ("failed", {"workload.batch": "2"}, None))
        self.assertRegex(key, r"\A[0-9a-f]{32}-[0-9a-f]{16}\Z")
