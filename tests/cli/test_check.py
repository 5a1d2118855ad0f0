"""`check`: scenarios and points of sweeps without simulating, and the digest of their inputs that `run` can expect."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from program import MODEL, PROGRAM, SCENARIO, SHIPPED, CliTest, device_yaml, environment, messages, parse_json

DIGEST = r"[0-9a-f]{32}"
EVENTS = 78  # of the small scenario by layers: three passes of 3 + 1 + 2 x 11 calls


class CheckTest(CliTest):
    def digest(self, *arguments, **options):
        line = self.good("check", *arguments, **options)
        self.assertRegex(line, rf"\A[^\n]*: ok, [^\n]*, inputs {DIGEST}\n\Z")
        return line.split()[-1]

    def points(self, *points):
        return self.write("points.jsonl", "".join(json.dumps(point) + "\n" for point in points))

    def checked(self, path, *arguments, code=0, saying="", text=None, scenario=None, before=()):
        """The lines of a check of points, and that the exit code and the message on standard error are these."""
        outcome = subprocess.run([*before, PROGRAM, "check", scenario or self.scenario, "--points", path, *arguments],
                                 input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        err = messages(outcome.stderr)
        self.assertEqual(outcome.returncode, code, err)
        self.check_messages(err, ["error"] if code else [])
        self.check_words(err, saying)
        return [parse_json(line) for line in outcome.stdout.decode().splitlines()]


class OneScenario(CheckTest):
    def test_the_line(self):
        self.write("small.yaml", SCENARIO.replace("  batch: 2\n", "  batch: 2\n  detail: layers\n"))
        line = self.good("check", self.scenario)
        self.assertRegex(line, rf"\A{self.scenario}: ok, {EVENTS} events, inputs {DIGEST}\n\Z")
        self.assertEqual(self.good("check", self.scenario, "-q"), "")
        self.assertEqual(self.result(self.scenario)["events"], EVENTS)

    def test_every_shipped_scenario(self):
        digests = {self.digest(scenario) for scenario in SHIPPED}
        self.assertEqual(len(digests), len(SHIPPED))

    def test_exit_codes_are_those_of_run(self):
        self.refused("check", self.scenario, "--set", "workload.batch=x", saying="--set: workload.batch: 'x'")
        self.refused("check", self.folder / "none.yaml", saying="none.yaml: no such file")
        self.write("devices.yaml", device_yaml(capacity_GB=1e-6))
        self.refused("check", self.scenario, "--extra-archs", self.folder / "devices.yaml", "--set",
                     "mapping={default: Mine}", code=1, saying="capacity: Mine needs ")

    def test_warnings(self):
        settings = ("--set", "mapping.lm_hed=H100")
        self.warned("check", self.scenario, *settings, saying=("mapping.lm_hed", "did you mean 'lm_head'?"))
        self.refused("check", self.scenario, *settings, "--strict", saying="mapping.lm_hed")

    def test_options_that_stand_for_settings(self):
        for option, setting in ((("--dtype", "int8"), "workload.dtype=int8"),
                                (("--cost-model", "reference"), "simulation.cost_model=reference"),
                                (("--num-key-value-heads", "2"), "simulation.num_key_value_heads=2"),
                                (("--sliding-window", "4"), "simulation.sliding_window=4")):
            self.assertEqual(self.digest(self.scenario, *option), self.digest(self.scenario, "--set", setting))
            self.assertNotEqual(self.digest(self.scenario, *option), self.digest(self.scenario))


class Digests(CheckTest):
    def test_of_another_folder(self):
        first = self.digest(self.scenario)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("model.json", "small.yaml"):
                shutil.copy(self.folder / name, folder)
            self.assertEqual(self.digest(Path(folder) / "small.yaml"), first)
            self.assertEqual(self.digest("small.yaml", cwd=folder), first)

    def test_of_files_named_by_options(self):
        devices = self.write("devices.yaml", device_yaml())
        arguments = (self.scenario, "--extra-archs", devices, "--set", "mapping.default=Mine", "--set", "mapping.lm_head=Mine")
        first = self.digest(*arguments)
        self.write("devices.yaml", device_yaml(tflops=4.001))
        self.assertNotEqual(self.digest(*arguments), first)
        self.write("devices.yaml", device_yaml())
        self.assertEqual(self.digest(*arguments), first)

    def test_of_a_network_that_is_still_to_be_profiled(self):
        """Nothing is profiled: /bin/false is the profiler."""
        env = environment(UPMEM_DES_PROFILER="/bin/false")
        (self.folder / "net").mkdir()
        self.write("net/config.json", json.dumps(MODEL))
        self.write("net/model.safetensors", "weights")
        self.write("ids.txt", "1 2 3\n")
        decoder = self.small(workload="{model: net, profile: true, prompt_ids: ids.txt, output_tokens: 2}")
        first = self.digest(decoder, env=env)
        self.check_words(self.good("check", decoder, env=env), "changed.yaml: ok, still to be profiled, inputs ")
        [line] = self.checked_with(env, decoder, [])
        self.assertEqual(line, {"point": 0, "status": "ok", "events": None, "inputs": first, "warnings": []})
        for name, text in (("ids.txt", "1 2 4\n"), ("net/model.safetensors", "Weights"),
                           ("net/config.json", json.dumps({**MODEL, "hidden_size": 128}))):
            old = (self.folder / name).read_text()
            self.write(name, text)
            self.assertNotEqual(self.digest(decoder, env=env), first, name)
            self.write(name, old)
        self.assertEqual(self.digest(decoder, env=env), first)
        # The right inputs lead as far as the profiler, others do not.
        self.refused("run", decoder, "--expect-inputs", first, env=env, code=1, saying="profiler")
        self.refused("run", decoder, "--expect-inputs", first, "--set", "workload.output_tokens=3", env=env,
                     saying="its inputs have changed")

    def test_of_a_torchscript_file(self):
        env = environment(UPMEM_DES_PROFILER="/bin/false")
        self.write("net.pt", "one")
        script = self.small(workload="{torchscript: net.pt, inputs: [1x8], repeat: 2}")
        first = self.digest(script, env=env)
        self.assertNotEqual(self.digest(script, "--set", "workload.inputs=[2x8]", env=env), first)
        self.write("net.pt", "two")
        self.assertNotEqual(self.digest(script, env=env), first)

    def checked_with(self, env, scenario, *points):
        out = self.good("check", scenario, "--points", self.points(*points), env=env)
        return [parse_json(line) for line in out.splitlines()]


class ExpectedInputs(CheckTest):
    def test_the_same(self):
        digest = self.digest(self.scenario)
        self.assertEqual(self.result(self.scenario, "--expect-inputs", digest), self.result(self.scenario))
        self.good("run", self.scenario, "--expect-inputs", digest, "--dry-run")

    def test_others(self):
        digest = self.digest(self.scenario)
        now = self.digest(self.scenario, "--set", "workload.batch=3")
        for more in ((), ("--dry-run",)):
            self.run_refused(self.scenario, "--expect-inputs", digest, "--set", "workload.batch=3", *more,
                             saying=f"{self.scenario}: its inputs have changed since they were checked: expected {digest}, "
                                    f"got {now}; expected the same files and program version")
        self.write("model.json", json.dumps({**MODEL, "hidden_size": 128}))
        self.run_refused(self.scenario, "--expect-inputs", digest, saying="its inputs have changed")

    def test_another_build_of_the_same_version(self):
        """A copy of the program is the same; one with another byte is another program, whatever its version."""
        same, other = self.folder / "same", self.folder / "other"
        for copy in (same, other):
            shutil.copy(PROGRAM, copy)
        with open(other, "ab") as file:
            file.write(b"x")
        self.assertEqual(subprocess.check_output([same, "--version"]), subprocess.check_output([other, "--version"]))
        digest = self.digest(self.scenario)
        for copy, code in ((same, 0), (other, 2)):
            done = subprocess.run([copy, "run", self.scenario, "-q", "--expect-inputs", digest], capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, code)
        self.assertRegex(done.stderr, rf"\Aupmem-des: error: {self.scenario}: its inputs have changed since they were "
                         rf"checked: expected {digest}, got [0-9a-f]{{32}}; expected the same files and program "
                         r"version\n\Z")

    def test_what_is_no_digest(self):
        for text in ("x", "0" * 31, "0" * 33, "g" * 32, "A" * 32, "-"):
            self.run_refused(self.scenario, f"--expect-inputs={text}", saying=("--expect-inputs",))
        self.refused("run", self.scenario, "--expect-inputs", "", saying="--expect-inputs")
        self.refused("run", self.scenario, "--expect-inputs=", saying="--expect-inputs")
        self.run_refused(self.scenario, "--expect-inputs", "12",
                         saying="'12'; expected 32 hexadecimal digits, as 'upmem-des check' prints them")


class Points(CheckTest):
    def test_good_bad_and_too_large(self):
        self.write("small.yaml", SCENARIO.replace("  batch: 2\n", "  batch: 2\n  detail: layers\n"))
        self.write("devices.yaml", device_yaml(capacity_GB=1e-6))
        path = self.points([], ["workload.batch=3", "mapping.default=H100", "mapping.lm_head=H100"], ["workload.batch=x"],
                           ["mapping={default: Mine}"], ["workload.batch=4", "workload.batch=3"])
        more = ("--extra-archs", str(self.folder / "devices.yaml"))
        lines = self.checked(path, *more, code=2, saying=f"{path}: bad input in 1 of 5 points")
        self.assertEqual([line["point"] for line in lines], [0, 1, 2, 3, 4])
        self.assertEqual([line["status"] for line in lines], ["ok", "ok", "bad input", "cannot run", "ok"])
        for line in (lines[0], lines[1], lines[4]):
            self.assertEqual(list(line), ["point", "status", "events", "inputs", "warnings"])
            self.assertEqual((line["events"], line["warnings"]), (EVENTS, []))
        for line in lines[2:4]:
            self.assertEqual(list(line), ["point", "status", "error"])
        self.assertRegex(lines[2]["error"], r"\A--set: workload.batch: 'x'; expected")
        self.assertRegex(lines[3]["error"], r"\Acapacity: Mine needs ")
        self.assertEqual(lines[0]["inputs"], self.digest(self.scenario, *more))
        self.assertEqual(lines[1]["inputs"], self.digest(self.scenario, *more, "--set", "workload.batch=3", "--set",
                                                         "mapping.default=H100", "--set", "mapping.lm_head=H100"))
        self.assertEqual(lines[4]["inputs"], self.digest(self.scenario, *more, "--set", "workload.batch=3"))

    def test_exit_codes(self):
        self.write("devices.yaml", device_yaml(capacity_GB=1e-6))
        more = ("--extra-archs", str(self.folder / "devices.yaml"))
        path = self.points([], ["mapping={default: Mine}"])
        self.checked(path, *more, code=1, saying=f"{path}: 1 of 2 points cannot run")
        self.checked(self.points(["mapping={default: Mine}"]), *more, code=1, saying="1 of 1 point cannot run")
        self.checked(self.points([], []))

    def test_settings_of_the_command_line_come_first(self):
        path = self.points([], ["workload.batch=3"])
        first, second = self.checked(path, "--set", "workload.batch=7")
        self.assertEqual(first["inputs"], self.digest(self.scenario, "--set", "workload.batch=7"))
        self.assertEqual(second["inputs"], self.digest(self.scenario, "--set", "workload.batch=3"))

    def test_what_is_no_setting_is_the_point_s_fault(self):
        lines = self.checked(self.points(["nothing"], ["=1"], ["a..b=1"], ["wrkload.batch=1"], ["name=a\nb\u001b[31m: c"]),
                             code=2, saying="bad input in 5 of 5 points")
        for line, words in zip(lines, ("'nothing' sets nothing", "'=1' sets nothing", "empty part", "wrkload", "--set")):
            self.check_words(line["error"], words)
            self.assertNotRegex(line["error"], r"[\x00-\x1f]")

    def test_warnings(self):
        path = self.points([], ["mapping.lm_hed=H100"])
        good, warned = self.checked(path)
        self.assertEqual(good["warnings"], [])
        self.assertEqual((warned["status"], len(warned["warnings"])), ("ok", 1))
        self.check_words(warned["warnings"][0], ("--set: mapping.lm_hed: no event has this name", "lm_head"))
        good, refused = self.checked(path, "--strict", code=2, saying="bad input in 1 of 2 points")
        self.assertEqual((good["status"], refused["status"]), ("ok", "bad input"))
        self.assertEqual(refused["error"], warned["warnings"][0])

    def test_standard_input_line_by_line(self):
        """An answer comes before the next point is written; the last line needs no end."""
        with subprocess.Popen([PROGRAM, "check", self.scenario, "--points", "-"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            for batch in (1, 2, 3):
                process.stdin.write(f'["workload.batch={batch}"]\n'.encode())
                process.stdin.flush()
                self.assertEqual(parse_json(process.stdout.readline())["point"], batch - 1)
            process.stdin.write(b"[]")
            process.stdin.close()
            self.assertEqual(parse_json(process.stdout.readline())["inputs"], self.digest(self.scenario))
            self.assertEqual(process.wait(), 0)
        self.checked("-", text=b"", code=2, saying="standard input: no points; expected a JSON array of settings")

    def test_files_that_are_no_points(self):
        path = self.folder / "points.jsonl"
        for text, saying in (("", ": no points; expected a JSON array of settings on each line"),
                             ("\n", ":1: empty"), ('["workload.bat', ":1: ends in the middle"),
                             ("[[[[[[", ":1: ends in the middle"), ("[" * 60_000, ":1: nested more than 100 deep"),
                             ("[" * 30_000 + "]" * 30_000, ":1: nested more than 100 deep"),
                             ('{"a": 1}', ":1: an object; expected a JSON array"), ('"a=1"', ":1: 'a=1'; expected a"),
                             ("3", ":1: 3; expected a JSON array"), ("[3]", ":1: [0]: 3; expected a JSON array"),
                             ('["name=a", null]', ":1: [1]: null; expected"),
                             ('[["name=a"]]', ":1: [0]: a list; expected"), ('["name=a"] []', ":1: not JSON"),
                             (b'["name=\xff"]', ":1: not JSON"), (b"\x00\x01\x02", ":1: not JSON"),
                             ("x" * 1_000_000, ":1: a line of more than 65536 bytes"),
                             ('["' + "x" * 1_000_000 + '"]', ":1: a line of more than 65536 bytes")):
            with self.subTest(text=text[:40]):
                self.write("points.jsonl", text)
                self.assertEqual(self.checked(path, code=2, saying=f"{path}{saying}"), [])
        self.write("points.jsonl", "[]\n\n")
        [line] = self.checked(path, code=2, saying=f'{path}:2: empty; expected a JSON array of settings, such as '
                                                   '["workload.batch=8"]')
        self.assertEqual(line["status"], "ok")
        self.checked(self.folder / "none", code=2, saying="none: no such file")
        self.checked(self.folder, code=2, saying="a folder; expected a file of points")

    def test_a_file_that_may_not_be_read(self):
        path = self.points([])
        os.chmod(path, 0)
        # Root without the right to read everything.
        bound = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
        self.checked(path, code=2, saying="cannot be read", before=bound)

    def test_a_thousand_points_take_no_more_memory_than_ten(self):
        def peak_kB(count):
            path = self.points(*([f"workload.batch={n % 50 + 1}", f"workload.prompt_tokens={n + 1}"]
                                 for n in range(count)))
            # What is freed is not kept aside for the address sanitizer's sake.
            options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
            with open(self.folder / "out", "wb") as out, \
                    subprocess.Popen([PROGRAM, "check", self.scenario, "--points", path], stdout=out,
                                     env={**os.environ, "ASAN_OPTIONS": options}) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(len((self.folder / "out").read_bytes().splitlines()), count)
            return usage.ru_maxrss

        few, many = peak_kB(10), peak_kB(1000)
        self.assertLess(many, 1.25 * few + 4096)
