"""Where results go, what is left when a run fails or is killed, and the exit codes."""

import functools
import os
import resource
import signal
import stat
import subprocess
import time

from program import PROGRAM, CliTest, device_yaml, messages, parse_json, run, start, unless_sanitized

LONG = ("--set", "workload.output_tokens=3000000")


class Targets(CliTest):
    def test_files_that_cannot_be_written(self):
        for target, saying in ((self.folder / "none" / "r.json", "no such folder"), (self.folder, "a folder"),
                               (self.folder / "model.json" / "r.json", "")):
            for option in ("--json", "--csv"):
                with self.subTest(target=target, option=option):
                    self.refused("run", self.scenario, option, target, saying=(str(target), saying))

    def test_they_are_found_before_the_simulation(self):
        # This run would outlast the test's time limit.
        forever = ("--set", "workload.output_tokens=90000000")
        self.refused("run", self.scenario, *forever, "--json", self.folder / "none" / "r.json")

    def test_one_bad_target_leaves_the_other_unwritten(self):
        self.refused("run", self.scenario, "--json", self.folder / "r.json", "--csv", self.folder / "none" / "r.csv",
                     saying="no such folder")

    def test_what_a_command_reads_is_not_written_over(self):
        devices, model = self.write("mine.yaml", device_yaml()), self.folder / "model.json"
        link = self.folder / "link.json"
        link.symlink_to(model)
        for target in (self.scenario, devices, model, link):
            self.refused("run", self.scenario, "--extra-archs", devices, "--json", target, saying="is read by")
        self.refused("trace", "--model", model, "-o", model, saying="is read by")

    def test_two_reports_in_one_file(self):
        target = self.folder / "r.txt"
        self.refused("run", self.scenario, "--json", target, "--csv", f"{self.folder}/./r.txt", saying="named twice")
        self.assertFalse(target.exists())

    def test_a_named_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with start("run", self.scenario, "-q", "--json", pipe) as process:
            self.assertEqual(parse_json(pipe.read_text())["scenario"], "small")
            self.assertEqual([messages(text) for text in process.communicate()], ["", ""])

    def test_full_disk(self):
        for option in ("--json", "--csv"):
            self.refused("run", self.scenario, "-q", option, "/dev/full", saying=("/dev/full", "No space left"))

    def into_full(self, *arguments):
        with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, *map(str, arguments)], stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2)
            self.check_messages(messages(done.stderr), ["error"])

    def test_full_standard_output(self):
        for arguments in (("run", self.scenario), ("run", self.scenario, "--dry-run"), ("arch", "list"),
                          ("run", self.scenario, "-q", "--json", "/dev/stdout"), ("platform", "show", self.scenario),
                          ("trace", "--model", self.folder / "model.json"), ("--help",), ("--help-all",),
                          ("--version",)):
            self.into_full(*arguments)

    def test_full_standard_output_ends_a_simulation(self):
        self.into_full("run", self.scenario, "--print-log", "--set", "workload.output_tokens=90000000")

    def test_a_replaced_file_is_whole_and_has_ordinary_rights(self):
        target = self.write("r.json", "old " * 100000)
        self.good("run", self.scenario, "-q", "--json", target)
        self.assertEqual(parse_json(target.read_text()), self.result(self.scenario))
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o666 & ~mask)

    def test_a_link_stays_a_link(self):
        target, link = self.write("r.json", "old"), self.folder / "link.json"
        link.symlink_to(target)
        self.good("run", self.scenario, "-q", "--json", link)
        self.assertTrue(link.is_symlink())
        self.assertIn("upmem-des-result", target.read_text())

    def test_both_reports_of_standard_output(self):
        text = self.good("run", self.scenario, "-q", "--json", "/dev/stdout", "--csv", "/dev/stdout")
        self.check_words(text, ('"upmem-des-result"', "phase,kind,type"))

    def test_standard_output_led_to_a_file_is_appended_to(self):
        target = self.folder / "all.txt"
        with open(target, "wb") as file:
            file.write(b"before\n")
            file.flush()
            subprocess.run([PROGRAM, "run", str(self.scenario), "--json", "/dev/stdout"], stdout=file,
                           check=True)
        text = target.read_text()
        self.assertTrue(text.startswith("before\n{"))
        self.check_words(text, ('"upmem-des-result"', "tokens/s"))


class Pipes(CliTest):
    """A reader that leaves ends the program quietly."""

    def leave(self, *arguments, **options):
        with start(*arguments, **options) as process:
            self.assertTrue(process.stdout.readline())
            process.stdout.close()
            err = messages(process.stderr.read())
        return process.returncode, err

    def log(self):
        return ("run", self.scenario, "--print-log", *LONG)

    def trace(self):
        return ("trace", "--model", self.folder / "model.json", "--output-tokens", 3000000)

    def test_reader_leaves(self):
        self.assertEqual(self.leave(*self.log()), (-signal.SIGPIPE, ""))
        self.assertEqual(self.leave(*self.trace()), (-signal.SIGPIPE, ""))

    def leave_where_the_signal_is_ignored(self, *arguments):
        code, err = self.leave(*arguments, restore_signals=False)
        self.assertEqual(code, 2)
        self.check_messages(err, ["error"])

    def test_reader_of_a_trace_leaves_where_the_signal_is_ignored(self):
        self.leave_where_the_signal_is_ignored(*self.trace())

    def test_reader_of_a_log_leaves_where_the_signal_is_ignored(self):
        self.leave_where_the_signal_is_ignored(*self.log())

    def test_head(self):
        for command in ("arch list", "--help-all", "run $0 --print-log", "platform show $0"):
            done = subprocess.run(["/bin/bash", "-c", f'"$UPMEM_DES" {command} | head -1', str(self.scenario)],
                                  capture_output=True, check=True)
            self.assertEqual((done.stdout.count(b"\n"), messages(done.stderr)), (1, ""))


class Killed(CliTest):
    """What a killed run leaves: the target is absent, or as it was."""

    def kill(self, target, signal_, *arguments):
        before = target.read_bytes() if target.exists() else None
        with start(*arguments) as process:
            time.sleep(0.7)
            self.assertIsNone(process.poll(), "the run ended before it could be killed")
            process.send_signal(signal_)
            process.communicate()
        self.assertEqual(process.returncode, -signal_)
        self.assertEqual(target.read_bytes() if target.exists() else None, before)

    def test_run(self):
        for signal_ in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            for target in (self.folder / "new.json", self.write("old.json", "old")):
                before = self.files()
                self.kill(target, signal_, "run", self.scenario, "--json", target, *LONG)
                self.assertEqual(self.files(), before)

    def test_trace(self):
        for name in ("new.jsonl", "new.jsonl.gz", "old.jsonl"):
            self.write("old.jsonl", "old")
            self.kill(self.folder / name, signal.SIGKILL, "trace", "--model", self.folder / "model.json",
                      "--output-tokens", 90000000, "-o", self.folder / name)


class ExitCodes(CliTest):
    def test_success(self):
        self.assertEqual(run("run", self.scenario).code, 0)

    @unless_sanitized
    def test_a_simulation_that_fails(self):
        # Comparing takes a second process, and that a pipe, for which there is no descriptor left.
        few = functools.partial(resource.setrlimit, resource.RLIMIT_NOFILE, (4, 4))
        self.refused("run", self.scenario, "--compare-with", "reference", code=1, preexec_fn=few, saying="pipe")

    def test_bad_input(self):
        self.assertEqual(run("run", self.folder / "none.yaml").code, 2)

    def test_usage(self):
        self.assertEqual(run("run").code, 2)

    def test_they_are_documented(self):
        self.check_words(self.good("--help"), "0 success, 1 the simulation failed, 2 bad input or usage")
