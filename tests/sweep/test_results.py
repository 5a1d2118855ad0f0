"""The tables: every number is the result's own, and both tables say the same."""

import json
import os
import pty
import re
import subprocess
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

from sweeps import PROGRAM, PROJECT, SCENARIOS, SCRIPT, SweepTest, device_yaml, environment, parse_json

PARTS = ("host_to_device", "device_to_host", "device_to_device", "main_mem", "compute", "active", "idle")
DIRECTIONS = PARTS[:3]
HEADER = ("point,case,workload.batch,workload.dtype,status,time_s,energy_J,power_W,peak_power_W,prefill_time_s,"
          "prefill_energy_J,prefill_power_W,prefill_peak_power_W,decode_time_s,decode_energy_J,decode_power_W,"
          "decode_peak_power_W,decode_tokens,decode_tokens_per_s,"
          "decode_energy_per_token_J,energy_host_to_device_J,energy_device_to_host_J,energy_device_to_device_J,"
          "energy_main_mem_J,energy_compute_J,energy_active_J,energy_idle_J,moved_host_to_device_B,moved_device_to_host_B,"
          "moved_device_to_device_B,peak_memory_B,events,forward_passes,devices,"
          "makespan_s,ttft_mean_s,ttft_p99_s,tpot_mean_s,tpot_p99_s,e2e_mean_s,e2e_p99_s,requests_per_s,output_tokens_per_s,"
          "goodput_requests_per_s,goodput_share,energy_per_request_J,energy_per_output_token_J,ttft_p50_s,tpot_p50_s,e2e_p50_s,"
          "rejected,saturated,slo_ttft_s,slo_tpot_s,slo_e2e_s,"
          "usd_per_million_tokens,capital_usd_per_million_tokens,energy_usd_per_million_tokens,"
          "operation_usd_per_million_tokens,rent_usd_per_million_tokens,usd_per_million_prompt_tokens,"
          "usd_per_million_output_tokens,usd_per_request,tco_usd_per_qps,kWh_per_million_tokens,"
          "kWh_per_million_output_tokens,g_CO2_per_million_tokens,usd_per_million_tokens_low,usd_per_million_tokens_high,"
          "goodput_usd_per_million_tokens,goodput_usd_per_request,goodput_tco_usd_per_qps,ttft_s,tpot_s,error")
SERVED = HEADER[HEADER.index("makespan_s"):HEADER.index(",usd_per_million_tokens")].split(",")
COSTS = HEADER[HEADER.index("usd_per_million_tokens"):HEADER.index(",ttft_s,tpot_s")].split(",")
TEXT = """\
base: small.yaml
cases: [{case: "a, b", workload.batch: 2}, {case: "x\\"y\\nz", workload.batch: 3}]
grid: {workload.dtype: [int8, bfloat16]}
"""


def expected(result):
    """What the columns of a result are, spelt out."""
    prefill, decode = result["phases"]["prefill"], result["phases"]["decode"]
    both = (prefill, decode)
    numbers = {
        "time_s": result["time_s"], "energy_J": result["energy_J"], "power_W": result["power_W"],
        "prefill_time_s": prefill["time_s"], "prefill_energy_J": prefill["energy_J"]["total"],
        "prefill_power_W": prefill["power_W"], "peak_power_W": result["peak_power_W"],
        "prefill_peak_power_W": prefill["peak_power_W"], "decode_peak_power_W": decode["peak_power_W"],
        "decode_time_s": decode["time_s"],
        "decode_energy_J": decode["energy_J"]["total"], "decode_power_W": decode["power_W"],
        "decode_tokens": decode["tokens"], "decode_tokens_per_s": decode["tokens_per_s"],
        "decode_energy_per_token_J": decode["energy_per_token_J"], "events": result["events"],
        "forward_passes": result["forward_passes"],
        "ttft_s": result["time_to_first_token_s"], "tpot_s": result["time_per_output_token_s"],
        "devices": sum(device["events"] > 0 for name, device in result["devices"].items() if name != "HOST"),
        "peak_memory_B": max(device["memory_bytes"]["total"] for device in result["devices"].values())}
    numbers |= {f"energy_{part}_J": prefill["energy_J"][part] + decode["energy_J"][part] for part in PARTS}
    numbers |= {f"moved_{way}_B": sum(phase["moved_bytes"][way] for phase in both) for way in DIRECTIONS}
    return numbers


class Tables(SweepTest):
    def test_the_csv_has_the_results_own_numbers(self):
        self.sweep_file(TEXT)
        self.swept("sweep.yaml")
        header = (self.folder / "sweep.results" / "results.csv").read_text().splitlines()[0]
        self.assertEqual(header, HEADER)
        rows = self.rows()
        self.assertEqual([(row["point"], row["case"], row["workload.batch"], row["workload.dtype"]) for row in rows],
                         [("0", "a, b", "2", "int8"), ("1", "a, b", "2", "bfloat16"),
                          ("2", 'x"y\\u000az', "3", "int8"), ("3", 'x"y\\u000az', "3", "bfloat16")])
        for row in rows:
            result = self.result(self.scenario, "--set", f"workload.batch={row['workload.batch']}",
                                 "--set", f"workload.dtype={row['workload.dtype']}")
            self.assertEqual((row["status"], row["error"]), ("ok", ""))
            for name, value in expected(result).items():
                self.assertEqual(float(row[name]), value, name)
                self.assertEqual(row[name], repr(value), name)

    def test_rates_of_served_requests(self):
        (self.folder / "served.yaml").write_text(
            "workload:\n  model: model.json\n  requests: {arrivals: {process: poisson, rate: 1}, count: 20, prompt_tokens: 30, "
            "output_tokens: 5}\nserving: {kv_blocks: 99, max_model_len: 99, slo: {ttft_s: 1}}\nmapping: {default: PIM-AI-4chip}\n")
        self.sweep_file("base: served.yaml\ngrid: {workload.requests.arrivals.rate: [10, 1000]}\n")
        self.swept("sweep.yaml")
        for row, rate in zip(self.rows(), (10, 1000), strict=True):
            result = self.result(self.folder / "served.yaml", "--set", f"workload.requests.arrivals.rate={rate}")
            self.assertGreater(result["peak_power_W"], result["power_W"])
            self.assertEqual((row["status"], row["power_W"], row["peak_power_W"]),
                             ("ok", repr(result["power_W"]), repr(result["peak_power_W"])))
            result = result["serving"]
            for name, value in (("ttft_mean_s", result["ttft_s"]["mean"]), ("ttft_p99_s", result["ttft_s"]["p99"]),
                                ("tpot_mean_s", result["tpot_s"]["mean"]),
                                ("ttft_s", result["ttft_s"]["mean"]), ("tpot_s", result["tpot_s"]["mean"]), ("e2e_mean_s", result["e2e_s"]["mean"]),
                                ("requests_per_s", result["throughput"]["requests_per_s"]),
                                ("output_tokens_per_s", result["throughput"]["output_tokens_per_s"]),
                                ("goodput_share", result["goodput"]["share"]),
                                ("goodput_requests_per_s", result["goodput"]["requests_per_s"]),
                                ("energy_per_request_J", result["energy"]["total_per_request_J"]),
                                ("ttft_p50_s", result["ttft_s"]["p50"]), ("e2e_p50_s", result["e2e_s"]["p50"]),
                                ("rejected", 0), ("devices", 1), ("saturated", int(result["saturated"])), ("slo_ttft_s", 1.0),
                                ("makespan_s", result["makespan_s"])):
                self.assertEqual(row[name], repr(value), name)
            self.assertEqual((row["decode_time_s"], row["slo_tpot_s"], row["slo_e2e_s"], row["decode_peak_power_W"]), 4 * ("",))

    def test_what_is_not_defined_is_empty(self):
        """Without decode there is no token after the first."""
        self.sweep_file("base: small.yaml\ngrid: {workload.output_tokens: [1, 2]}\n")
        self.swept("sweep.yaml")
        one, two = self.rows()
        self.assertEqual((one["ttft_s"], one["tpot_s"]), (one["prefill_time_s"], ""))
        self.assertEqual(two["tpot_s"], two["decode_time_s"])

    def test_numbers_of_several_devices(self):
        self.sweep_file("base: small.yaml\ncases: [{mapping.lm_head: H100, simulation.schedule: dataflow}]\n")
        self.swept("sweep.yaml")
        result = self.result(self.scenario, "--set", "mapping.lm_head=H100", "--set", "simulation.schedule=dataflow")
        self.assertEqual(len(result["devices"]), 3)
        for name, value in expected(result).items():
            self.assertEqual(self.rows()[0][name], repr(value), name)

    def test_sqlite_has_the_same_and_the_results(self):
        self.sweep_file(TEXT)
        self.swept("sweep.yaml")
        names = HEADER.split(",")
        lines = self.query("SELECT " + ", ".join(f'"{name}"' for name in names) + " FROM points ORDER BY point")
        # What is a line's end there is an escape in the CSV.
        self.assertEqual([["" if value is None else str(value).replace("\n", "\\u000a") for value in line]
                          for line in lines],
                         [list(row.values()) for row in self.rows()])
        for batch, dtype, settings, result in self.query(
                'SELECT "workload.batch", "workload.dtype", settings, result FROM points ORDER BY point'):
            self.assertEqual(json.loads(settings), {"workload.batch": str(batch), "workload.dtype": dtype})
            self.assertEqual(result, self.good("run", self.scenario, "-q", "--json", "/dev/stdout", "--set",
                                               f"workload.batch={batch}", "--set", f"workload.dtype={dtype}"))

    def test_numbers_of_sqlite_compare_as_numbers(self):
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [2, 10, 9]}\n")
        self.swept("sweep.yaml")
        self.assertEqual(self.query('SELECT "workload.batch" FROM points WHERE "workload.batch" > 2 ORDER BY 1'),
                         [(9,), (10,)])

    def test_settings_have_what_all_points_share(self):
        self.sweep_file("base: small.yaml\nset: {workload.prompt_tokens: 5}\ngrid: {workload.batch: [2]}\n")
        self.swept("sweep.yaml")
        self.assertEqual(self.query("SELECT settings FROM points"),
                         [('{"workload.prompt_tokens": "5", "workload.batch": "2"}',)])
        self.assertNotIn("workload.prompt_tokens", self.rows()[0])

    def test_what_was_swept(self):
        self.sweep_file(TEXT)
        self.swept("sweep.yaml")
        facts = dict(self.query("SELECT name, value FROM sweep"))
        self.assertEqual((facts["name"], facts["file"]), ("sweep", TEXT))
        self.assertEqual(facts["program"] + "\n", self.good("--version"))

    def test_only_the_tables_stay(self):
        self.sweep_file()
        self.swept("sweep.yaml")
        self.assertEqual(sorted(path.name for path in (self.folder / "sweep.results").iterdir()),
                         [".lock", "results.csv", "results.sqlite"])

    def test_the_same_bytes_whatever_the_number_of_jobs(self):
        self.sweep_file()
        for jobs in (1, 2, 7):
            self.swept("sweep.yaml", "-j", jobs, "-o", f"out{jobs}")
        one, two, seven = ((self.folder / f"out{jobs}" / "results.csv").read_bytes() for jobs in (1, 2, 7))
        self.assertTrue(one == two == seven)

    def test_points_that_come_to_the_same_share_a_run(self):
        """bfloat16 is the default."""
        self.sweep_file("base: small.yaml\ncases: [{case: named, workload.dtype: bfloat16}, {case: default}]\n")
        said = self.swept("sweep.yaml", program=self.counting_program())
        self.assertIn("2 points, 0 done already, 2 to run\n", said)
        self.assertEqual(len(self.started()), 1)
        first, second = self.rows()
        self.assertEqual((first["time_s"], first["status"], second["status"]), (second["time_s"], "ok", "ok"))
        self.assertEqual(len(self.query("SELECT * FROM points")), 2)

    def test_quiet(self):
        self.sweep_file()
        self.assertEqual(self.swept("sweep.yaml", "-q"), "")
        self.assertEqual(self.swept("sweep.yaml", "-q", "--dry-run"), "")

    def test_nobody_reads_standard_output(self):
        self.sweep_file()
        with self.start("sweep.yaml") as process:
            process.stdout.close()
            self.assertEqual((process.stderr.read(), process.wait()), (b"", 0))
        self.assertEqual(len(self.rows()), 6)

    def test_warnings_are_said_once(self):
        self.sweep_file("base: small.yaml\nset: {mapping.q_prj: HOST}\ngrid: {workload.batch: [1, 2, 3]}\n")
        outcome = self.sweep("sweep.yaml")
        self.assertEqual((outcome.code, len(self.rows())), (0, 3))
        self.assertEqual(outcome.err, "sweep: warning: sweep.yaml:2: mapping.q_prj: no event has this name or type, so "
                         "this line sends nothing to HOST; did you mean 'q_proj'? (point 0 and 2 more)\n")

    def test_a_bar_on_a_terminal(self):
        self.sweep_file()
        parent, child = pty.openpty()
        with self.start("sweep.yaml", "-j", 1, stderr=child) as process:
            os.close(child)
            shown = b""
            try:
                while data := os.read(parent, 4096):
                    shown += data
            except OSError:
                pass
            process.communicate()
        os.close(parent)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown.decode(), r"run: +\d+%.*/6 \[")

    def test_no_bar_without_tqdm(self):
        self.sweep_file()
        self.write("tqdm.py", "raise ModuleNotFoundError('none', name='tqdm')\n")
        parent, child = pty.openpty()
        with self.start("sweep.yaml", stderr=child, env=environment(PYTHONPATH=str(self.folder))) as process:
            os.close(child)
            said = process.communicate()[0]
        shown = os.read(parent, 4096).decode()
        os.close(parent)
        self.assertEqual((process.returncode, shown), (
            0, "sweep: no progress bar: tqdm is missing; expected Debian's python3-tqdm\r\n"))
        self.assertIn(b"6 done", said)

    def test_nothing_without_yaml(self):
        self.sweep_file()
        self.write("yaml.py", "raise ModuleNotFoundError('none', name='yaml')\n")
        self.check_refused(self.sweep("sweep.yaml", env=environment(PYTHONPATH=str(self.folder))),
                           "yaml is missing; expected Debian's python3-yaml")

    def test_a_terminal_without_utf_8(self):
        folder = self.folder / "é"
        folder.mkdir()
        self.write("é/sweep.yaml", "base: ../small.yaml\ngrid: {name: [é—x]}\n")
        for language in ("C", "POSIX", "en_US.ISO-8859-1"):
            with self.subTest(language):
                env = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
                self.swept("é/sweep.yaml", "--fresh", env={**env, "LC_ALL": language})
                self.assertEqual(self.rows()[0]["name"], "é—x")

    def test_a_newer_list_of_metrics(self):
        """Results keep; their metrics are found again."""
        self.sweep_file()
        self.swept("sweep.yaml")
        before = (self.folder / "sweep.results" / "results.csv").read_bytes()
        with closing(self.database()) as database, database:
            database.execute("UPDATE runs SET metrics = '{}'")
            database.execute("UPDATE sweep SET value = '[]' WHERE name = 'metrics'")
        self.assertIn("6 done already, 0 to run", self.swept("sweep.yaml"))
        self.assertEqual((self.folder / "sweep.results" / "results.csv").read_bytes(), before)

    def test_results_that_lack_something(self):
        """Of a run whose result has no memory, no decode phase and no peak power the columns are empty."""
        strip = self.executable("strip", f"""\
[ "$1" = run ] || exec {PROGRAM} "$@"
for last; do :; done
{PROGRAM} "$@" && sed -i 's/"decode": {{/"else": {{/; s/"memory_bytes"/"no"/; s/"peak_power_W"/"no"/' "$last\"""")
        self.sweep_file("base: small.yaml\ngrid: {workload.batch: [1]}\n")
        self.swept("sweep.yaml", program=strip)
        row = self.rows()[0]
        self.assertEqual([name for name, value in row.items() if value == "" and name != "error"],
                         [name for name in HEADER.split(",") if name.startswith(("decode", "energy_", "moved"))
                          and name != "energy_J" or "peak" in name or name in (*SERVED, *COSTS)])
        self.assertEqual(row["prefill_time_s"], repr(parse_json(self.query("SELECT result FROM points")[0][0])
                                                     ["phases"]["prefill"]["time_s"]))


class Manual(unittest.TestCase):
    """docs/sweeps.md names all columns and options."""

    def test_columns_and_options(self):
        text = (PROJECT / "docs" / "sweeps.md").read_text()
        for name in HEADER.split(","):
            if not name.startswith("workload"):
                self.assertIn(f"`{name}`", text)
        options = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True).stdout
        for option in set(re.findall(r"--[a-z-]+", options)) - {"--help", "--output", "--jobs", "--quiet"}:
            self.assertRegex(text, rf"`{option}\b")

    def test_the_example(self):
        text = (PROJECT / "docs" / "sweeps.md").read_text()
        example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)[1]
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "s").mkdir()
            (Path(folder) / "s" / "devices.yaml").write_text(example)
            (Path(folder) / "s" / "my_devices.yaml").write_text(device_yaml())
            (Path(folder) / "llama-2-7b_4chip.yaml").write_text((SCENARIOS / "llama-2-7b_4chip.yaml").read_text())
            (Path(folder) / "models").symlink_to(SCENARIOS / "models")
            done = subprocess.run([SCRIPT, f"{folder}/s/devices.yaml", "--dry-run", "--program", PROGRAM],
                                  capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.endswith("\n24 points\n"), done.stdout[-80:])
