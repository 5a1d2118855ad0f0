"""What is the same of all commands: `-` for every output, names that are suggested, what a terminal is shown."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from program import HAS_PAGE, PROGRAM, PROJECT, CliTest, environment, parse_json, run

from test_cost import COST, SERVED


def commands(*path):
    """Every command that the help shows, with its own commands."""
    yield path
    text = run(*path, "--help").out
    found = re.search(r"(?ms)^Subcommands:\n(.*?)(?=^\S|\Z)", text)
    for name in re.findall(r"(?m)^  ([a-z]+) ", found[1]) if found else ():
        yield from commands(*path, name)


def output_options():
    """Of every command the options that name something to write."""
    for command in commands():
        for line in run(*command, "--help").out.splitlines():
            option = re.match(r"  (?:-\w,)?(--[a-z-]+) FILE\S* +(.*)", line)
            if option and re.search(r"\b[Ww]rite\b", option[2]):
                yield " ".join(command), option[1]
            short = re.match(r"  -\w,(--output) FILE", line)
            if short and not re.search(r"\b[Ww]rite\b", line):
                yield " ".join(command), short[1]


class Outputs(CliTest):
    def setUp(self):
        super().setUp()
        self.served = self.write("served.yaml", SERVED)
        self.costed = self.write("costed.yaml", self.scenario.read_text() + COST)
        self.good("run", self.scenario, "-q", "--json", self.folder / "result.json")
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", 4, "--output-tokens", 2,
                  "-o", self.folder / "trace.jsonl")

    def command_of(self, command, option):
        """One that works with it."""
        if command == "run":
            if option in ("--requests-csv", "--series-csv"):
                return ("run", self.served)
            return ("run", self.costed) if option == "--cost-csv" else ("run", self.scenario)
        return {"trace": ("trace", "--model", self.folder / "model.json", "--prompt-tokens", 4, "--output-tokens", 2),
                "model show": ("model", "show", self.folder / "model.json"),
                "report": ("report", self.folder / "result.json"),
                "profile": ("profile", "--model", self.folder, "--prompt-tokens", 4, "--output-tokens", 2, "--dtype", "float32"),
                "validate": ("validate", PROJECT / "tests" / "data" / "measured" / "kernels.csv", "--known-only"),
                "calibrate": None}[command]

    def test_every_output_goes_to_standard_output(self):
        options = set(output_options())
        self.assertGreaterEqual({option for command, option in options if command == "run"},
                                {"--json", "--csv", "--cost-csv", "--perfetto", "--paje", "--simgrid-trace", "--requests-csv",
                                 "--series-csv"})
        self.assertIn(("trace", "--output"), options)
        for command, option in sorted(options):
            if (option == "--html" and not HAS_PAGE) or command in ("profile", "calibrate"):
                continue  # those have tests of their own: they need what a build may lack
            line = self.command_of(command, option)
            with self.subTest(command=command, option=option):
                path = self.folder / "written"
                self.good(*line, *(("-q",) if command == "run" else ()), option, path)
                outcome = run(*line, option, "-", cwd=self.folder)
                self.assertEqual((outcome.code, outcome.err), (0, ""))
                self.assertFalse((self.folder / "-").exists())
                self.assertEqual(without_times(outcome.out), without_times(path.read_text()))
                path.unlink()


def without_times(text):
    """Comments of SimGrid's trace name the program's start."""
    return re.sub(r"(?m)^#.*\n", "", text)


class Suggestions(CliTest):
    def test_short_names(self):
        for name, meant in (("H10", "H100"), ("HOTS", "HOST"), ("rtx490", "RTX4090"), ("pim-ai-4chp", "PIM_AI_4chip")):
            self.refused("arch", "show", name, saying=f"did you mean '{meant}'?")
            self.refused("run", self.scenario, "--set", f"mapping.default={name}", saying=f"did you mean '{meant}'?")

    def test_names_of_files(self):
        for arguments, meant in (
                (("run", "smal.yaml"), "small.yaml"), (("check", "smal.yaml"), "small.yaml"),
                (("platform", "show", "hgx_h10.yaml"), "hgx_h100.yaml"),
                (("platform", "show", "lama-2-7b_h100.yaml"), "llama-2-7b_h100.yaml"),
                (("run", "scenarios/lama-2-7b_h100.yaml"), "llama-2-7b_h100.yaml"),
                (("run", "small.yaml", "--set", "workload.model=modl.json"), "model.json"),
                (("run", "small.yaml", "--set", "workload.model=models/lama-2-7b.json"), "llama-2-7b.json"),
                (("run", "small.yaml", "--set", "platform=hgx_h10.yaml"), "hgx_h100.yaml"),
                (("run", "small.yaml", "--extra-archs", "smal.yaml"), "small.yaml"),
                (("trace", "--model", "modl.json"), "model.json"), (("model", "show", "modl.json"), "model.json"),
                (("arch", "validate", "smal.yaml"), "small.yaml"), (("run", "small.yml"), "small.yaml"),
                (("check", "small.yam"), "small.yaml"), (("report", "model.jso"), "model.json")):
            with self.subTest(arguments=arguments):
                self.refused(*arguments, saying=("no such file", f"did you mean '{meant}'?"), cwd=self.folder)

    def test_names_of_what_comes_with_the_program(self):
        config = str(PROJECT / "scenarios/models/gpt2.json")
        facts = self.good("model", "show", config)
        trace = self.good("trace", "--model", config, "--output-tokens", 2)
        run_of = ("run", "small.yaml", "-q", "--json", "-", "--set")
        result = parse_json(self.good(*run_of, f"workload.model={config}", cwd=self.folder))
        for name in ("gpt2", "gpt2.json", "models/gpt2", "models/gpt2.json", "scenarios/models/gpt2.json"):
            with self.subTest(model=name):
                self.assertEqual(self.good("model", "show", name, cwd=self.folder), facts)
                self.assertEqual(self.good("trace", "--model", name, "--output-tokens", 2, cwd=self.folder), trace)
                named = parse_json(self.good(*run_of, f"workload.model={name}", cwd=self.folder))
                self.assertEqual((named["model"], named["time_s"], named["energy_J"]), ("gpt2", result["time_s"], result["energy_J"]))
        machine = self.good("platform", "show", PROJECT / "platforms/phone.yaml")
        for name in ("phone", "phone.yaml", "platforms/phone", "platforms/phone.yaml"):
            with self.subTest(platform=name):
                self.assertEqual(self.good("platform", "show", name, cwd=self.folder), machine)
        self.good("run", "small.yaml", "-q", "--set", "platform=phone", "--set", "mapping={default: npu}", cwd=self.folder)
        for arguments, meant in ((("model", "show", "gtp2"), "gpt2"), (("trace", "--model", "lama-2-7b"), "llama-2-7b"),
                                 (("platform", "show", "hgx_h10"), "hgx_h100"),
                                 (("run", "small.yaml", "--set", "workload.model=lama-2-7b"), "llama-2-7b")):
            with self.subTest(arguments=arguments):
                self.refused(*arguments, saying=("no such file", f"did you mean '{meant}'?"), cwd=self.folder)

    @unittest.skipUnless(os.environ.get("UPMEM_DES_HAS_PROFILER") == "1", "built without the profiler")
    def test_a_models_name_is_profiled(self):
        def walked(name):
            text = self.good("profile", "--model", name, "--sim-compute", "--output-tokens", 1, "-o", "-", cwd=self.folder)
            return re.sub(r'"\w+_ns":\d+', "", text)
        self.assertEqual(walked("gpt2"), walked(PROJECT / "scenarios/models/gpt2.json"))
        self.refused("profile", "--model", "gtp2", saying="gtp2: no such file; did you mean 'gpt2'?", cwd=self.folder)

    def test_options_commands_and_choices(self):
        for arguments, meant in ((("run", "--jsn", "x"), "--json"), (("rnu",), "run"), (("arch", "sho"), "show"),
                                 (("completion", "bsh"), "bash"), (("man", "rnu"), "run"),
                                 (("arch", "show", "H100", "--format", "ymal"), "yaml"),
                                 (("platform", "show", "x", "--format", "txt"), "text"),
                                 (("run", self.scenario, "--set", "worklod.batch=2"), "workload"),
                                 (("run", self.scenario, "--set", "workload.bach=2"), "batch"),
                                 (("run", self.scenario, "--set", "simulation.cost_model=rofline"), "roofline"),
                                 (("run", self.scenario, "--dtype", "bfloat61"), "bfloat16")):
            with self.subTest(arguments=arguments):
                self.refused(*arguments, saying=f"did you mean '{meant}'")
        self.refused("completion", "bsh", saying="SHELL: unknown value 'bsh'; expected one of bash, zsh, fish; did you mean 'bash'?")


class ArchShow(CliTest):
    def test_a_device_of_ones_own_begins_with_another(self):
        text = self.good("arch", "show", "RTX4090", "--format", "yaml")
        mine = self.write("mine.yaml", re.sub(r"(?m)^RTX4090:", "My_card:", text).replace("mem_bw_GBs: ", "mem_bw_GBs: 1e3  # was ", 1)
                          .replace("1e3", "2000"))
        self.assertEqual(self.good("arch", "validate", mine), f"{mine}: 1 device, all good\n")
        self.check_words(self.good("arch", "show", "My-card", "--extra-archs", mine), ("memory", "2000"))
        self.good("run", self.scenario, "-q", "--extra-archs", mine, "--set", "mapping.default=My_card", "--set", "mapping.lm_head=My_card,t")

    def test_json_has_the_same_figures(self):
        figures = json.loads(self.good("arch", "show", "PIM-AI-4chip", "--format", "json"))["PIM_AI_4chip"]
        self.assertEqual((figures["host_to_device_bw_GBs"], figures["tflops"], figures["tflops_int4"]), (12.8, 20, 128))
        self.assertEqual(self.good("arch", "show", "H100", "--format", "text"), self.good("arch", "show", "H100"))

    def test_unknown_formats(self):
        self.refused("arch", "show", "H100", "--format", "yml",
                     saying="--format: unknown value 'yml'; expected one of text, yaml, json; did you mean 'yaml'?")


class Terminal(CliTest):
    def drawn(self, columns, **variables):
        """What a terminal of so many columns is sent by a run that takes some seconds."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        command = [PROGRAM, "run", str(self.scenario), "--set", "workload.output_tokens=30000", "--set",
                   "simulation.segments=false", "--json", str(self.folder / "r.json")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, stdin=subprocess.DEVNULL,
                              env=environment(TERM="xterm", **variables)) as process:
            os.close(theirs)
            text = b""
            while True:
                try:
                    part = os.read(ours, 65536)
                except OSError:
                    break
                if not part:
                    break
                text += part
        os.close(ours)
        self.assertEqual(process.returncode, 0, text)
        return [re.sub(r"\x1b\[K", "", one) for one in text.decode().split("\r") if "[" in one and "]" in one]

    def test_the_progress_bar_has_the_terminals_width(self):
        for columns in (120, 36):
            lines = self.drawn(columns)
            self.assertTrue(lines, "it takes more than a second")
            bars = {len(re.search(r"\[([#.]*)\]", line)[1]) for line in lines}
            self.assertEqual(bars, {columns - 30}, lines[0])
            self.assertLess(max(map(len, lines)), columns)


if __name__ == "__main__":
    unittest.main()
