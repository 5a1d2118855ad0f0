"""Paje timelines of served requests: they keep to the format, and add up to what became of requests."""

import csv
import shutil
import subprocess
import unittest

from program import SCENARIOS, CliTest, parse_json, run
from test_paje import Trace

SETTINGS = {
    "one_gpu": ("workload.requests.count=60", "serving.request_overhead_ms=3", "serving.max_model_len=1500"),
    "replicas_router": ("workload.requests.count=80", "workload.requests.arrivals.rate=300"),
    "gpu_prefill_pim_decode": ("workload.requests.count=12", "workload.requests.output_tokens=9"),
    # Two stages: steps overlap.
    "eight_gpus": ("workload.requests.count=20", "parallel={tp: 4, pp: 2}"),
}


class ServedPaje(CliTest):
    def served(self, name):
        """The trace, the result's section, and a row a request that was served."""
        paths = [self.folder / f"{name}.{kind}" for kind in ("paje", "json", "csv")]
        words = [word for setting in SETTINGS[name] for word in ("--set", setting)]
        outcome = run("run", "-q", SCENARIOS / "serving" / f"{name}.yaml", *words, "--paje", paths[0], "--json", paths[1],
                      "--requests-csv", paths[2])
        self.assertEqual(0, outcome.code, outcome.err)  # refused requests are warned of
        with open(paths[2], encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if not row["rejected"]]
        return paths[0].read_text(encoding="utf-8"), parse_json(paths[1].read_text())["serving"], rows

    def sums(self, trace, kind):
        found = {}
        for start, end in trace.states:
            if trace.containers[start["Container"]][1] == kind:
                found[start["Value"]] = found.get(start["Value"], 0) + end - start["Time"]
        return found

    def test_states_add_up(self):
        for name in SETTINGS:
            with self.subTest(name):
                text, serving, rows = self.served(name)
                trace = Trace(self, text)
                self.assertGreater(len(rows), 10)
                number = lambda row, key: float(row[key])
                of_requests = self.sums(trace, "L")
                self.close(of_requests["queued"], sum(number(row, "queue_s") for row in rows), 1e-9)
                self.close(of_requests["prompt"], sum(number(row, "ttft_s") - number(row, "queue_s") for row in rows), 1e-9)
                self.close(of_requests["tokens"], sum(number(row, "e2e_s") - number(row, "ttft_s") for row in rows), 1e-9)
                self.close(sum(self.sums(trace, "P").values()), sum(one["busy_s"] for one in serving["instances"]), 1e-9)
                steps = [start for start, _ in trace.states if trace.containers[start["Container"]][1] == "P"]
                self.assertEqual(serving["steps"]["count"], len(steps))
                self.assertLessEqual({start["Value"] for start in steps}, {"prompts", "tokens", "prompts and tokens"})
                names = {name for name, kind, _ in trace.containers.values() if kind == "I"}
                self.assertEqual({f"instance {one['name']}" for one in serving["instances"]}, names)
                blocks = {}
                for one in trace.sets:
                    if one["Type"] == "Ik":
                        blocks[one["Container"]] = max(blocks.get(one["Container"], 0), float(one["Value"]))
                for index, one in enumerate(serving["instances"]):
                    self.assertLessEqual(blocks.get(f"i{index}", 0), one["peak_kv_blocks"])

    def test_steps_that_overlap_have_containers_of_their_own(self):
        text, _, _ = self.served("eight_gpus")
        lanes = [name for name, kind, _ in Trace(self, text).containers.values() if kind == "P"]
        self.assertEqual(["steps 0", "steps 1"], sorted(lanes))

    def test_refused_requests_are_not_there(self):
        text, serving, rows = self.served("one_gpu")
        self.assertGreater(serving["requests"]["rejected"], 0)
        queued = [start for start, _ in Trace(self, text).states if start["Value"] == "queued"]
        self.assertEqual(len(rows), len(queued))

    def test_the_same_run_gives_the_same_bytes(self):
        self.assertEqual(self.served("replicas_router")[0], self.served("replicas_router")[0])

    def test_what_is_no_timeline_of_requests(self):
        self.refused("run", SCENARIOS / "serving" / "one_gpu.yaml", "--simgrid-trace", self.folder / "s.paje",
                     saying=["is no timeline of served requests; expected one by --perfetto, --paje or --html"])

    @unittest.skipUnless(shutil.which("pj_dump"), "pj_dump (Debian's pajeng) is not installed")
    def test_pj_dump(self):
        for name in SETTINGS:
            text, _, rows = self.served(name)
            outcome = subprocess.run(["pj_dump", "-l", "20", self.write("dumped.paje", text)], capture_output=True, text=True,
                                     check=False)
            self.assertEqual((0, ""), (outcome.returncode, outcome.stderr), outcome.stdout[-300:])
            states = [line.split(", ") for line in outcome.stdout.splitlines() if line.startswith("State, lane")]
            self.close(sum(float(state[5]) for state in states), sum(float(row["e2e_s"]) for row in rows), 1e-9)


if __name__ == "__main__":
    unittest.main()
