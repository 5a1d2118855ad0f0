"""Scenarios that Python runs: what it reads is what the program says, and nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
from unittest import mock

from module import PROGRAM, ROOT, ModuleTest, chip, upmem_des

SCENARIO = ROOT / "scenarios" / "llama-2-7b_4chip.yaml"


def program(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], check=True, text=True, stdout=subprocess.PIPE).stdout


class Runs(ModuleTest):
    def test_the_data_are_the_programs(self):
        result = upmem_des.run(SCENARIO, {"workload.batch": 8, "workload.dtype": "int8"})
        program("run", SCENARIO, "-q", "--set", "workload.batch=8", "--set", "workload.dtype=int8", "--json", "r.json")
        data = json.loads((self.folder / "r.json").read_text(encoding="utf-8"))
        self.assertEqual(data, result.data)
        self.assertEqual(data["time_s"], result.time_s)
        self.assertEqual(data["energy_J"], result.energy_J)
        self.assertEqual(data["phases"]["prefill"], result.prefill)
        self.assertEqual(data["phases"]["decode"], result.decode)
        self.assertEqual(data["time_to_first_token_s"], result.time_to_first_token_s)
        self.assertEqual(data["time_per_output_token_s"], result.time_per_output_token_s)
        self.assertEqual(data["phases"]["decode"]["tokens_per_s"], result.tokens_per_s)
        self.assertEqual({"workload.batch": 8, "workload.dtype": "int8"}, result.settings)

    def test_the_versions_are_one(self):
        said = program("--version").split()[1]
        self.assertEqual(said, upmem_des.__version__)
        self.assertEqual(said, upmem_des.run(chip()).version)

    def test_a_program_of_another_version_is_refused(self):
        other = self.folder / "other"
        other.write_text("#!/bin/sh\necho upmem-des 99.1\n", encoding="utf-8")
        other.chmod(0o755)
        self.fails(RuntimeError, f"{other} is 'upmem-des 99.1'; expected upmem-des {upmem_des.__version__}, the version of "
                   "this module", upmem_des.run, chip(), program=other)
        self.fails(FileNotFoundError, "nowhere: no such program; expected upmem-des", upmem_des.run, chip(),
                   program="nowhere")

    def test_a_dictionary_is_a_scenario_of_the_current_folder(self):
        (self.folder / "mine.json").write_bytes((ROOT / "scenarios/models/llama-2-7b.json").read_bytes())
        from_data, from_here = upmem_des.run(chip()), upmem_des.run(chip(model="mine.json"))
        self.assertEqual(from_data.time_s, from_here.time_s)
        self.assertEqual("scenario", from_data.data["scenario"])
        self.assertEqual("mine", from_here.data["model"])
        self.assertEqual(["mine.json"], os.listdir())

    def test_settings_are_those_of_the_command_line(self):
        for settings in ({"workload.batch": 2}, {"workload.batch": "2"}):
            self.assertEqual(2, upmem_des.run(chip(), settings).data["batch"])
        for key in ("", "a=b", 3):
            self.fails(upmem_des.ScenarioError, f"settings: {key!r}; expected a key such as 'workload.batch'",
                       upmem_des.run, chip(), {key: 1})
        for value in (float("nan"), float("inf"), object()):
            with self.assertRaisesRegex(upmem_des.ScenarioError, "^settings: workload.batch: .*; expected numbers"):
                upmem_des.run(chip(), {"workload.batch": value})

    def test_bad_input_is_the_programs_line(self):
        for batch, said in ((0, "'0'"), (-1, "'-1'"), (10**30, "'1" + 30 * "0" + "'")):
            self.fails(upmem_des.ScenarioError, f"--set: workload.batch: {said}; expected a whole number from 1 to "
                       "1000000", upmem_des.run, chip(), {"workload.batch": batch})
        self.fails(upmem_des.ScenarioError, f"scenario:4: workload.model: no such file: {self.folder / 'no.json'}",
                   upmem_des.run, {"workload": {"model": "no.json"}})
        self.fails(upmem_des.ScenarioError, "no.yaml: no such file", upmem_des.run, "no.yaml")
        self.assertEqual([], os.listdir())

    def test_a_run_that_fails_is_another_error(self):
        failing = self.folder / "failing"
        failing.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exec {PROGRAM} --version\n'
                           'echo "upmem-des: error: a deadlock" >&2\nexit 1\n', encoding="utf-8")
        failing.chmod(0o755)
        self.fails(upmem_des.SimulationError, "a deadlock", upmem_des.run, chip(), program=failing)
        failing.write_text('#!/bin/sh\nkill -KILL $$\n', encoding="utf-8")
        self.fails(upmem_des.SimulationError, "upmem-des was ended by SIGKILL", upmem_des.run, chip(), program=failing)

    def test_warnings_are_kept(self):
        scenario = chip()
        scenario["mapping"]["no_such_layer"] = "PIM-AI-4chip"
        warnings = ["scenario:10: mapping.no_such_layer: no event has this name or type, so this line sends nothing to "
                    "PIM-AI-4chip"]
        self.assertEqual(warnings, upmem_des.run(scenario).warnings)
        self.assertEqual(warnings, upmem_des.check(scenario)["warnings"])
        self.assertEqual([], upmem_des.run(chip()).warnings)

    def test_check_is_the_programs(self):
        checked = upmem_des.check(SCENARIO)
        self.assertEqual(f"{SCENARIO}: ok, {checked['events']} events, inputs {checked['inputs']}\n",
                         program("check", SCENARIO))
        self.assertEqual(5200, checked["events"])
        self.fails(upmem_des.ScenarioError, "--set: workload.batch: '0'; expected a whole number from 1 to 1000000",
                   upmem_des.check, SCENARIO, {"workload.batch": 0})

    def test_served_requests(self):
        scenario = ROOT / "scenarios" / "serving" / "one_gpu.yaml"
        result = upmem_des.run(scenario, {"workload.requests.count": 20})
        self.assertTrue(result.is_served)
        self.assertEqual(20, result.serving["requests"]["completed"])
        self.assertEqual(result.serving["ttft_s"]["mean"], result.time_to_first_token_s)
        self.assertEqual(result.serving["throughput"]["output_tokens_per_s"], result.tokens_per_s)
        self.assertEqual(result.serving["energy"]["total_J"], result.energy_J)
        self.assertEqual(result.data["peak_power_W"], result.figures()["peak_power_W"])
        self.assertGreater(result.figures()["peak_power_W"], result.figures()["power_W"])
        self.assertEqual([20], [row["requests"] for row in result.rows()])


class Ends(ModuleTest):
    """A run takes a second or so: a program stands for it that does not end by itself."""

    def setUp(self):
        super().setUp()
        self.slow = self.folder / "slow"
        self.slow.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exec {PROGRAM} --version\n'
                             f'echo $$ >> {self.folder}/pids\nexec sleep 100\n', encoding="utf-8")
        self.slow.chmod(0o755)

    def pids(self, count):
        for _ in range(600):
            pids = (self.folder / "pids").read_text().split() if (self.folder / "pids").exists() else []
            if len(pids) >= count:
                return [int(pid) for pid in pids]
            time.sleep(0.05)
        return self.fail("the program was not started")

    def check_that_all_have_ended(self):
        for pid in self.pids(1):
            self.assertRaises(ProcessLookupError, os.kill, pid, 0)
        self.assertEqual([], [name for name in os.listdir() if name.endswith(".yaml")])

    def test_a_limit_ends_the_program(self):
        self.fails(TimeoutError, "slow run: not done after 1.5 s", upmem_des.run, chip(), timeout_s=1.5,
                   program=self.slow)
        self.check_that_all_have_ended()

    def test_ctrl_c_ends_the_programs(self):
        for call, count in ((lambda: upmem_des.run(chip(), program=self.slow), 1),
                            (lambda: upmem_des.run_many(chip(), [{}, {}], processes=2, program=self.slow), 3)):
            def interrupt(count=count):
                self.pids(count)
                os.kill(os.getpid(), signal.SIGINT)
            thread = threading.Thread(target=interrupt)
            thread.start()
            self.assertRaises(KeyboardInterrupt, call)
            thread.join()
            self.check_that_all_have_ended()


class Many(ModuleTest):
    def test_points_are_runs_in_their_order(self):
        points = [{"workload.batch": batch} for batch in (4, 1, 2)]
        results = upmem_des.run_many(chip(), points, processes=3)
        self.assertEqual([4, 1, 2], [result.data["batch"] for result in results])
        for point, result in zip(points, results):
            self.assertEqual(upmem_des.run(chip(), point).data, result.data)
        self.assertEqual([{**point, **result.figures()} for point, result in zip(points, results)], results.rows())

    def test_the_first_bad_point_ends_all(self):
        self.fails(upmem_des.ScenarioError, "point 1: --set: workload.batch: '0'; expected a whole number from 1 to "
                   "1000000", upmem_des.run_many, chip(), [{}, {"workload.batch": 0}, {}], processes=1)
        self.fails(upmem_des.ScenarioError, "processes: 0; expected 1 or more", upmem_des.run_many, chip(), [{}],
                   processes=0)
        self.assertEqual([], upmem_des.run_many(chip(), []))
        self.assertEqual([], os.listdir())


class Tables(ModuleTest):
    def test_rows_are_the_data(self):
        result = upmem_des.run(chip())
        self.assertEqual(["prefill", "decode"], [row["phase"] for row in result.rows()])
        self.assertEqual(list(result.data["devices"]), [row["device"] for row in result.rows("devices")])
        self.assertEqual(result.data["operators"], result.rows("operators"))
        self.fails(upmem_des.ScenarioError, "'tokens': this result has no such rows; expected one of phases, devices, links, "
                   "architectures, event_classes, operators", result.rows, "tokens")

    def test_tables_are_pandas(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("no pandas; Debian's package is python3-pandas")
        result = upmem_des.run(chip())
        phases = result.table()
        self.assertIsInstance(phases, pandas.DataFrame)
        self.assertEqual(result.decode["energy_J"]["total"], phases.loc["decode", "energy_J.total"])
        self.assertAlmostEqual(result.time_s, phases["time_s"].sum(), delta=1e-9 * result.time_s)
        self.assertEqual(len(result.data["event_classes"]), len(result.classes()))
        self.assertEqual(len(result.data["operators"]), len(result.operators()))
        self.assertEqual(list(result.data["devices"]), list(result.table("devices").index))
        many = upmem_des.run_many(chip(), [{"workload.batch": 1}, {"workload.batch": 2}]).table()
        self.assertEqual([1, 2], list(many["workload.batch"]))

    def test_without_pandas_all_but_tables_works(self):
        with mock.patch.dict(sys.modules, {"pandas": None}):
            result = upmem_des.run(chip())
            self.assertEqual(2, len(result.rows()))
            self.fails(ImportError, "a table needs pandas (apt-get install python3-pandas, or pip install pandas); the same "
                       "numbers are in the attribute data", result.table)


if __name__ == "__main__":
    unittest.main()
