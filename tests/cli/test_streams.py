"""Files that commands read: regular ones, and open streams where they are read once. Nothing is waited for."""

import json
import os
import socket
import subprocess
import unittest

from program import MODEL, SCENARIO, CliTest, environment, parse_json, what_came_out


class StreamsTest(CliTest):
    def specials(self):
        """Named things that are no regular files, and what they are called."""
        pipe, socket_path = self.folder / "pipe", self.folder / "socket"
        os.mkfifo(pipe)
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(str(socket_path))
        link = self.folder / "link"
        link.symlink_to(pipe)
        return ((pipe, "a pipe"), (link, "a pipe"), (socket_path, "a socket"), ("/dev/zero", "a device"),
                ("/dev/tty", "a device"))

    def test_nothing_is_waited_for(self):
        (self.folder / "net").mkdir()
        (self.folder / "net" / "config.json").write_text(json.dumps(MODEL))
        for special, called in self.specials():
            commands = (
                (("run", special), "a YAML file"),
                (("check", special), "a YAML file"),
                (("run", self.scenario, "--set", f"platform={special}"), "a YAML file"),
                (("run", self.scenario, "--set", f"workload.model={special}"), "a Hugging Face config.json"),
                (("run", self.scenario, "--set", f"architectures=[{special}]"), "a YAML file"),
                (("run", self.scenario, "--extra-archs", special), "a YAML file"),
                (("run", self.small(workload=f"{{ trace: {special} }}")), "a trace file"),
                (("check", self.scenario, "--points", special), "a file of points"),
                (("arch", "list", "--extra-archs", special), "a YAML file"),
                (("arch", "validate", special), "a YAML file"),
                (("platform", "show", special), "a YAML file"),
                (("trace", "--model", special), "a Hugging Face config.json"),
                (("trace", "show", special), "a trace file"),
                (("report", special), "a result, as `run --json` writes it"),
                (("profile", "--torchscript", special, "-o", "/dev/null"), "a TorchScript file"),
                (("profile", "--model", self.folder / "net", "--prompt-ids", special, "-o", "/dev/null"),
                 "a file of token ids"),
            )
            for command, expected in commands:
                with self.subTest(command=command):
                    outcome = self.ended_soon(*command)
                    self.assertEqual(outcome[:2], (2, ""), outcome)
                    self.check_messages(outcome[2], ["error"])
                    self.check_words(outcome[2], f"{special}: {called}; expected {expected}")

    def ended_soon(self, *command):
        done = subprocess.run([os.environ["UPMEM_DES"], *map(str, command)], stdin=subprocess.DEVNULL, timeout=60,
                              capture_output=True, check=False, env=environment(UPMEM_DES_PROFILER="/bin/true"))
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_a_scenario_from_a_stream(self):
        whole = SCENARIO.replace("model.json", str(self.folder / "model.json"))
        expected = self.result(self.scenario)
        for path in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"):
            with self.subTest(path=path):
                done = subprocess.run([os.environ["UPMEM_DES"], "run", path, "-q", "--json", "/dev/stdout"],
                                      input=whole.encode(), capture_output=True, check=True)
                self.same_numbers(expected, parse_json(done.stdout.decode()), 1e-12)

    def test_what_is_read_more_than_once_is_a_file(self):
        model = json.dumps(MODEL).encode()
        done = subprocess.run([os.environ["UPMEM_DES"], "run", str(self.scenario), "--set",
                               "workload.model=/dev/stdin"], input=model, capture_output=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.check_words(done.stderr.decode(), "/dev/stdin: a pipe; expected a Hugging Face config.json")

    def test_points_from_a_stream(self):
        done = subprocess.run([os.environ["UPMEM_DES"], "check", str(self.scenario), "--points", "/dev/stdin"],
                              input=b'["workload.batch=3"]\n', capture_output=True, check=True)
        self.assertEqual(json.loads(done.stdout)["status"], "ok")


class ChainTest(CliTest):
    """What one command writes another reads."""

    def test_trace_and_run(self):
        for name in ("t.jsonl", "t.jsonl.gz"):
            trace = self.folder / name
            self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", "6", "--output-tokens", "3",
                      "--batch", "2", "--logits", "last", "-o", trace)
            of_trace = self.result(self.small(workload=f"{{ trace: {name} }}"))
            self.same_numbers(self.result(self.scenario, "--set", "workload.detail=layers"), of_trace, 1e-12)
            self.good("trace", "show", trace)

    def test_dry_run_and_run(self):
        again = self.write("again.yaml", self.good("run", self.scenario, "--dry-run"))
        self.same_numbers(self.result(self.scenario), self.result(again), 1e-12)
        self.assertEqual(self.good("run", again, "--dry-run"), again.read_text())

    def test_run_and_report(self):
        result = self.folder / "r.json"
        summary = self.good("run", self.scenario, "--json", result)
        self.assertEqual(self.good("report", result), summary)

    def test_long_names(self):
        """As long as a line of the mapping can name them."""
        header = {"format": "upmem-des-trace", "version": 1, "model": "m" * 1000, "dtype": "float32", "batch": 1,
                  "source": "s"}
        for name in ("n" * 1000, "\u009b" * 333, "ö" * 500, '"' * 700, "\n" * 600, "# " * 400):
            with self.subTest(name=name[:2]):
                event = {"seq": 0, "kind": "layer", "type": "Linear", "name": name, "path": name, "id": 0,
                         "phase": "prefill", "step": 0, "input_shape": [2, 4], "weight_shape": [4, 4],
                         "output_shape": [2, 4]}
                self.write("t.jsonl", json.dumps(header) + "\n" + json.dumps(event) + "\n")
                scenario = self.write("s.yaml", json.dumps({
                    "name": name * 3, "workload": {"trace": "t.jsonl", "last_layer": name},
                    "mapping": {"default": "H100", "PLACE": "PIM-AI-4chip"}}).replace(
                        '"PLACE"', f"? {json.dumps(name)}\n"))
                again = self.write("again.yaml", self.good("run", scenario, "--dry-run"))
                result = self.folder / "r.json"
                summary = self.good("run", scenario, "--json", result)
                self.assertEqual(self.good("report", result), summary)
                self.assertEqual(*(what_came_out(one) for one in (self.result(again), parse_json(result.read_text()))))
                self.good("run", scenario, "-q", "--csv", self.folder / "r.csv", "--paje", self.folder / "r.paje")


if __name__ == "__main__":
    unittest.main()
