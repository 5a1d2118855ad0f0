"""What a run prints and writes besides its summary, and where it looks for files."""

import csv
import io
import json
import os
import re
import shutil
import subprocess

import yaml

from program import PROJECT, SCENARIOS, SHIPPED, CliTest, environment, messages

PHASES = ("prefill", "decode")


class Reports(CliTest):
    def test_csv_adds_up(self):
        for scenario in (self.scenario, *SHIPPED):
            with self.subTest(scenario=scenario.name):
                table, document = self.folder / "r.csv", self.folder / "r.json"
                self.assertEqual(self.good("run", scenario, "-q", "--csv", table, "--json", document), "")
                self.check_csv(table.read_text(), json.loads(document.read_text()))

    def check_csv(self, text, result):
        rows = list(csv.DictReader(io.StringIO(text)))
        quantities = set(rows[0]) - {"phase", "kind", "type", "name", "count", "time_share", "flop"}
        for name in quantities:
            self.assertRegex(name, "_(s|J|bytes)$")
        self.assertLessEqual({"time_s", "energy_J", "memory_bytes", "compute_s", "kv_load_s"}, quantities)
        self.assertEqual(len(rows), len(result["event_classes"]))
        self.assertEqual(sum(int(row["count"]) for row in rows if row["kind"] != "communication"), result["events"])
        for phase in PHASES:
            time_s = sum(float(row["time_s"]) for row in rows if row["phase"] == phase)
            self.close(result["phases"][phase]["time_s"], time_s, 1e-9, phase)
        for row, line in zip(rows, result["event_classes"]):
            self.assertEqual((row["phase"], row["name"]), (line["phase"], line["name"]))
            self.assertEqual(float(row["energy_J"]), line["energy_J"]["total"])
            self.close(float(row["time_share"]), line["time_s"] / result["phases"][row["phase"]]["time_s"], 1e-12)

    def test_log(self):
        for options in ((), ("--set", "simulation.segments=false"), ("--cost-model", "reference")):
            with self.subTest(options=options):
                result = self.result(self.scenario, *options)
                header, *lines, empty = self.good("run", self.scenario, "-q", "--print-log", *options).splitlines()
                self.check_words(header, ("start s", "duration s", "energy J", "input -> output"))
                self.assertEqual(empty, "")
                self.assertEqual(len(lines), result["events"] + 1)
                starts = [float(line.split()[0]) for line in lines]
                self.assertEqual(starts, sorted(starts))
                self.assertEqual(starts[0], 0)
                self.assertIn("(final transfer)", lines[-1])
                durations = sum(float(line.split()[1]) for line in lines)
                self.close(durations, result["time_s"], 1e-5)

    def test_log_summary(self):
        text = self.good("run", self.scenario, "-q", "--print-log-summary")
        result = self.result(self.scenario)
        self.check_words(text, (*PHASES, "count", "time", "share", "energy", "ms", "mJ"))
        for line in result["event_classes"]:
            self.assertRegex(text, rf"(?m)^  {line['type']} +{line['name']} +{line['count']} ")
        shown = self.good("run", self.scenario, "--print-log-summary")
        self.assertEqual(shown, text + self.good("run", self.scenario), "the summary follows")

    def test_summary_of_a_machine(self):
        scenario = SCENARIOS / "machines" / "llama-2-70b_24-dimms.yaml"
        text = self.good("run", scenario)
        result = self.result(scenario)
        self.assertIn("schedule dataflow,", text.splitlines()[1])
        self.assertIn("\nbusy (sum, mean share)\n", text)
        compute_s = sum(device["busy_s"]["compute"] for device in result["devices"].values())
        count = sum(device["busy_s"]["compute"] > 0 for device in result["devices"].values())
        self.assertRegex(text, rf"(?m)^  compute, {count} devices +[0-9.]+ "
                               rf"\( *{100 * compute_s / result['time_s'] / count:.1f} %\)")
        devices, rest = text.split("\ncollective ")[0].split("\ndevice ")[1].split("\nphase ")
        times, links = rest.split("\nlink ")
        for phase in ("prefill", "decode"):
            use = result["devices"]["dimm[5]"]["phases"][phase]["time_s"]
            self.assertRegex(times, rf"(?m)^{phase} +dimm\[\S+ × \d+ " + "".join(
                f" +{100 * use[part] / sum(use.values()):.1f}" for part in ("compute", "memory", "communication", "waiting")) + "$")
        self.check_folded(devices, [name for name in result["devices"]])
        self.check_folded(links, [name for name, link in result["links"].items() if link["moved_bytes"]["total"]])
        self.check_words(devices, ("weights", "KV cache", "peak", "full"))

    def check_folded(self, table, names):
        """Every name is in one line of the table, alone or in a range."""
        told = []
        for line in table.splitlines()[3:]:
            found = re.match(r"(\S+\[)(\d+)\.\.(\d+)(\]\S*) × (\d+) ", line)
            if found:
                first, last = int(found[2]), int(found[3])
                self.assertEqual(last - first + 1, int(found[5]), line)
                told += [f"{found[1]}{i}{found[4]}" for i in range(first, last + 1)]
            elif line:
                told.append(line.split()[0])
        self.assertEqual(sorted(told), sorted(names))

    def test_one_device_has_no_table_of_links(self):
        text = self.good("run", self.scenario)
        self.assertIn("\nbusy (parts overlap)\n", text)
        self.assertNotRegex(text, r"(?m)^link |schedule|device to device|peers")
        self.assertEqual(list(self.result(self.scenario)["links"]),
                         ["PIM_AI_4chip.host_to_device", "PIM_AI_4chip.device_to_host"])

    def test_json_of_a_pipe_is_for_other_programs(self):
        line = 'set -o pipefail; "$UPMEM_DES" run "$0" --json /dev/stdout -q | /usr/bin/python3 -m json.tool'
        command = subprocess.run(["/bin/bash", "-c", line, str(self.scenario)], capture_output=True, text=True,
                                 check=False)
        self.assertEqual((command.returncode, messages(command.stderr.encode())), (0, ""))
        self.assertEqual(json.loads(command.stdout), self.result(self.scenario))

    def test_a_name_with_quotes_and_commas(self):
        result = self.result(self.scenario, "--set", "name='a \"b\", c: ü'")
        self.assertEqual(result["scenario"], 'a "b", c: ü')


class Compare(CliTest):
    def test_ratios(self):
        text = self.good("run", self.scenario, "-q", "--compare-with", "reference")
        # The other model prices the same calls: by itself it would have those of all positions' logits.
        ours = self.result(self.scenario)
        theirs = self.result(self.scenario, "--cost-model", "reference", "--set", "workload.logits=last")
        self.assertRegex(text, r"(?m)^ +roofline +reference +ratio$")
        self.assertRegex(text, rf"(?m)^time .* {theirs['time_s'] / ours['time_s']:.4f}$")
        self.assertRegex(text, rf"(?m)^energy .* {theirs['energy_J'] / ours['energy_J']:.4f}$")
        self.assertEqual(self.good("run", self.scenario, "--compare-with", "reference"),
                         self.good("run", self.scenario) + "\n" + text)

    def test_the_result_is_the_scenario_s_own(self):
        text = self.good("run", self.scenario, "-q", "--compare-with", "reference", "--json", "/dev/stdout")
        self.assertEqual(self.result(self.scenario), json.JSONDecoder().raw_decode(text)[0])

    def test_what_is_unusual_is_told_once(self):
        self.warned("run", self.scenario, "--compare-with", "reference", "--set", "mapping.q_prj=H100", saying="q_prj")

    def test_a_line_that_names_a_kernel_does_nothing_with_layers(self):
        model = SCENARIOS / "models" / "llama-3.2-1b.json"
        scenario = self.write("kernel.yaml", f"workload: {{model: {model}, prompt_tokens: 4, output_tokens: 2}}\n"
                              "mapping: {default: H100, cache_write: HOST}\n")
        self.warned("run", scenario, "--compare-with", "reference",
                    saying=("--compare-with reference: ", "mapping.cache_write", "no event has this name"))
        self.good("run", scenario)

    def test_unknown_model(self):
        self.run_refused(self.scenario, "--compare-with", "rofline", saying=("--compare-with", "'roofline'"))


class DryRun(CliTest):
    def test_prints_the_scenario_that_gives_the_same_result(self):
        for scenario in (self.scenario, *SHIPPED):
            with self.subTest(scenario=scenario.name):
                again = self.write("again.yaml", self.good("run", scenario, "--dry-run"))
                self.assertEqual(self.result(again), self.result(scenario))
                self.assertEqual(self.good("run", again, "--dry-run"), again.read_text())

    def test_keeps_the_changes_of_the_command_line(self):
        options = ("--dtype", "int8", "--set", "workload.batch=3", "--cost-model", "reference", "--sliding-window", 4,
                   "--num-key-value-heads", 1, "--set", "name=yes", "--set", "workload.attention=eager")
        again = self.write("again.yaml", self.good("run", self.scenario, "--dry-run", *options))
        direct, written = self.result(self.scenario, *options), self.result(again)
        self.assertEqual(direct.pop("scenario"), "yes (workload.batch=3, workload.attention=eager, simulation.cost_model=reference, "
                         "workload.dtype=int8 and 2 more)")
        self.assertEqual(direct.pop("run")["inputs"], written.pop("run")["inputs"])
        self.assertEqual(written.pop("scenario"), "yes")
        self.assertEqual(written, direct)

    def test_has_every_default(self):
        scenario = yaml.safe_load(self.good("run", self.scenario, "--dry-run"))
        self.assertEqual(scenario["simulation"], {
            "cost_model": "roofline", "schedule": "sequential", "segments": True, "prefetch_weights": False, "chunks": 1,
            "microbatches": 1, "interleave": 1, "ideal_links": False, "ideal_devices": False, "allow_overflow": False})
        self.assertLessEqual({"dtype", "attention", "logits", "sampling", "routing", "last_layer"},
                             set(scenario["workload"]))

    def test_writes_nothing(self):
        old = self.write("old.csv", "old")
        before = self.files()
        self.good("run", self.scenario, "--dry-run", "--json", self.folder / "new.json", "--csv", old)
        self.assertEqual(self.files(), before)

    def test_finds_what_a_run_finds(self):
        self.refused("run", self.scenario, "--dry-run", "--set", "mapping.lm_head=H101", saying="did you mean 'H100'?")
        self.refused("run", self.scenario, "--dry-run", "--json", self.folder, saying="a folder")


class Places(CliTest):
    def test_shipped_scenarios_are_found_by_name(self):
        for name in ("llama-2-7b_4chip.yaml", "scenarios/llama-2-7b_4chip.yaml"):
            self.assertEqual(self.result(name, cwd=self.folder), self.result(SCENARIOS / "llama-2-7b_4chip.yaml"))

    def test_a_file_here_comes_before_a_shipped_one(self):
        shutil.copy(self.scenario, self.folder / "llama-2-7b_4chip.yaml")
        self.assertEqual(self.result("llama-2-7b_4chip.yaml", cwd=self.folder)["scenario"], "small")

    def test_paths_in_a_scenario_are_relative_to_it(self):
        self.assertEqual(self.result(self.scenario, cwd="/"), self.result("small.yaml", cwd=self.folder))
        below = self.folder / "below"
        below.mkdir()
        (below / "s.yaml").write_text(self.scenario.read_text().replace("model.json", "../model.json"))
        self.assertEqual(self.result("below/s.yaml", cwd=self.folder), self.result(self.scenario))

    def test_paths_in_a_scenario_lead_to_shipped_files_too(self):
        shipped = self.write("s.yaml", self.scenario.read_text().replace("model.json", "models/llama-2-7b.json"))
        self.assertEqual(self.result(shipped)["model"], "llama-2-7b")

    def test_paths_on_the_command_line_are_relative_to_the_working_folder(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        shutil.copy(self.folder / "model.json", elsewhere / "mine.json")
        setting = ("--set", "workload.model=mine.json")
        self.assertEqual(self.result(self.scenario, *setting, cwd=elsewhere)["model"], "mine")

    def test_data_folder_by_environment(self):
        data = self.folder / "data"
        (data / "architectures").mkdir(parents=True)
        for file in (PROJECT / "architectures").glob("*.yaml"):
            shutil.copy(file, data / "architectures")
        (data / "scenarios").mkdir()
        os.rename(self.scenario, data / "scenarios" / "mine.yaml")
        os.rename(self.folder / "model.json", data / "model.json")
        self.assertEqual(self.result("mine.yaml", env=environment(UPMEM_DES_DATA=str(data)))["scenario"], "small")

    def test_data_folder_that_is_none(self):
        for folder in ("/nonsense", str(self.folder), "a\nb\x1b[1m"):
            for arguments in (("run", self.scenario), ("arch", "list"), ("platform", "show", self.scenario)):
                with self.subTest(folder=folder, arguments=arguments):
                    self.refused(*arguments, env=environment(UPMEM_DES_DATA=folder), saying="UPMEM_DES_DATA")
