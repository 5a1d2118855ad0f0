"""What the program says about itself, and about a command line that it does not understand."""

import re

from program import CliTest

COMMON = {"-h", "--help"}
SCENARIO_OPTIONS = {"SCENARIO", "--set KEY=VALUE", "--extra-archs FILE", "--cost-model NAME", "--dtype TYPE",
                    "--num-key-value-heads N", "--sliding-window N"}
REPORTS = {"--report-layers", "--report-functions", "--print-log", "--print-log-summary"}
COMMANDS = {
    "": {"--version", "-v", "--verbose", "-q", "--quiet", "run", "check", "report", "profile", "trace", "model", "arch",
         "platform", "Exit codes"},
    "run": SCENARIO_OPTIONS | REPORTS | {"--json FILE", "--csv FILE", "--cost-csv FILE", "--dry-run", "--strict", "--compare-with NAME",
                                      "--expect-inputs DIGEST"},
    "check": SCENARIO_OPTIONS | {"--points FILE", "--strict", "run --expect-inputs"},
    "report": {"FILE ... (at most 64)", "--html FILE", "upmem-des report chip.json gpu.json"},
    "profile": REPORTS | {
        "--torchscript FILE", "--input SPEC", "--repeat N", "--model DIR", "--prompt-tokens N", "--output-tokens N",
        "--batch N", "--dtype TYPE", "--attention KIND", "--logits WHICH", "--sampling", "--routing KIND",
        "--routing-seed N", "--routing-exponent X", "--skip-empty-experts", "--temperature X", "--top-k N",
        "--top-p X", "--prompt TEXT",
        "--prompt-ids FILE", "--warmup N", "--seed N", "--threads N", "--sim-compute", "-o", "--output FILE",
        "--exported FILE", "--operator-library LIB.so", "--limit SECONDS",
        "--json FILE", "float32", "TorchScript is code"},
    "model": {"show"},
    "model show": {"CONFIG", "--dtype TYPE", "--weight-dtype TYPE", "--kv-dtype TYPE", "--json FILE"},
    "trace": {"--model CONFIG", "--prompt-tokens N", "--output-tokens N", "--batch N", "--dtype TYPE",
              "--attention KIND", "--logits WHICH", "--sampling", "--routing KIND", "--routing-seed N",
              "--routing-exponent X",
              "--skip-empty-experts", "--detail WHICH", "-o", "--output FILE", "show", "bfloat16", "sdpa",
              "round_robin"},
    "trace show": REPORTS | {"FILE"},
    "arch": {"list", "show", "validate"},
    "arch list": {"--extra-archs FILE"},
    "arch show": {"NAME", "--extra-archs FILE"},
    "arch validate": {"FILE"},
    "platform": {"list", "show"},
    "platform list": set(),
    "platform show": SCENARIO_OPTIONS | {"--format FORMAT", "text, xml", "dot"},
}
WIDEST = 110


class Help(CliTest):
    def test_every_command_names_its_options_in_narrow_lines(self):
        for command, words in COMMANDS.items():
            for option in ("--help", "-h"):
                with self.subTest(command=command, option=option):
                    text = self.good(*command.split(), option)
                    self.check_words(text, words | COMMON)
                    self.assertLessEqual(max(map(len, text.splitlines())), WIDEST)

    def test_every_option_has_a_description(self):
        for command in COMMANDS:
            for line in re.findall(r"(?m)^  -.*$", self.good(*command.split(), "--help")):
                self.assertRegex(line, r"^  -\S.*?  +[A-Za-z]", command)

    def test_help_of_everything(self):
        text = self.good("--help-all")
        for command, words in COMMANDS.items():
            self.check_words(text, words | {f"Usage: {' '.join(('upmem-des', command)).strip()}"})
        self.check_words(self.good("arch", "--help-all"), ("Usage: upmem-des arch", "Usage: upmem-des arch show"))

    def test_version(self):
        self.assertRegex(self.good("--version"), r"^upmem-des \d+\.\d+\.\d+ \(SimGrid \d+\.\d+(\.\d+)?\)\n$")

    def test_asking_for_help_needs_nothing_else(self):
        self.check_words(self.good("run", "--json", "x", "--help"), "--print-log")


class Usage(CliTest):
    def test_without_arguments(self):
        self.refused(saying=("subcommand", "run, check, explore, report, profile, trace, model, arch, platform", "upmem-des --help"))
        for command in ("arch", "platform"):
            self.refused(command, saying=("subcommand", "show", f"upmem-des {command} --help"))
        self.refused("trace", saying="--model")

    def test_missing_arguments(self):
        self.refused("run", saying=("SCENARIO", "upmem-des run --help"))
        self.refused("check", saying=("SCENARIO", "upmem-des check --help"))
        self.refused("report", saying=("FILE", "upmem-des report --help"))
        self.refused("trace", "show", saying="FILE")
        self.refused("arch", "show", saying="NAME")
        self.refused("arch", "validate", saying="FILE")
        self.refused("platform", "show", saying="SCENARIO")
        self.refused("run", self.scenario, "--json", saying="--json")
        self.refused("run", self.scenario, "--set", saying="--set")

    def test_a_misspelt_word_is_named_with_the_nearest(self):
        for line, word, meant in (
                ("rum", "rum", "run"), ("ach list", "ach", "arch"), ("arch lst", "lst", "list"),
                ("platform shw", "shw", "show"), ("trace shwo", "shwo", "show"),
                ("run x.yaml --jsn y", "--jsn", "--json"), ("run x.yaml --jsn=y", "--jsn", "--json"),
                ("run --dtpye int8 x.yaml", "--dtpye", "--dtype"), ("--verbos run x.yaml", "--verbos", "--verbose"),
                ("reprot a.json", "reprot", "report"), ("trace --modle x", "--modle", "--model"),
                ("arch show X --extra-arch y", "--extra-arch", "--extra-archs"),
                ("platform show x.yaml --fromat dot", "--fromat", "--format")):
            with self.subTest(line=line):
                self.refused(*line.split(), saying=(f"'{word}'", f"did you mean '{meant}'?", "--help"))

    def test_a_word_too_many(self):
        self.refused("run", self.scenario, "again", saying="'again'")
        self.refused("arch", "list", "again", saying="'again'")
        self.refused("-x", saying="'-x'")
        self.refused("--", "--", saying="'--'")
        self.refused("", saying="")

    def test_verbose_and_quiet_exclude_each_other(self):
        self.refused("-q", "-v", "arch", "list", saying=("--verbose", "--quiet"))

    def test_values_that_are_no_numbers(self):
        for option in ("--prompt-tokens", "--output-tokens", "--batch", "--routing-seed"):
            for value in ("x", "1.5", "", "1e3", "-1", "99999999999999999999", "0x10", " 1"):
                with self.subTest(option=option, value=value):
                    self.refused("trace", "--model", self.folder / "model.json", f"{option}={value}", saying=option)

    def test_messages_are_one_line_whatever_the_command_line_holds(self):
        nasty = "a\nupmem-des: error: b\x1b[31m\x07\x7f\r"
        for arguments in ((nasty,), ("run", nasty), (f"--{nasty}",), ("run", self.scenario, "--set", f"{nasty}=1"),
                          ("run", self.scenario, f"--set=workload.batch={nasty}"), ("trace", "show", nasty), ("report", nasty),
                          ("run", self.scenario, "--json", f"{nasty}/x"), ("arch", "show", nasty),
                          ("trace", "--model", nasty), ("trace", "--batch", nasty, "--model", "x"),
                          ("platform", "show", self.scenario, "--format", nasty), ("arch", "validate", nasty),
                          ("run", self.scenario, "--dtype", nasty), ("run", self.scenario, "--extra-archs", nasty),
                          ("run", self.scenario, "--cost-model", nasty)):
            with self.subTest(arguments=arguments):
                self.refused(*arguments)

    def test_bytes_that_are_no_text(self):
        self.refused("run", "\udcff\udcfe.yaml", saying=r"\xff\xfe.yaml: no such file")
