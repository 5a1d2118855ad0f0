"""`run --perfetto`: the files keep to the format, and say what the JSON result says."""

import bisect
import json
import unittest
from collections import defaultdict
from pathlib import Path

from program import SCENARIOS, CliTest, parse_json

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = Path(__file__).with_name("chrome_trace.schema.json")


def whole_ns(microseconds):
    return round(microseconds * 1000)


class Trace:
    """A file, sorted: slices by thread in order of time, counters by process, name and series, arrows by id."""

    def __init__(self, path):
        self.document = parse_json(path.read_text())
        self.processes, self.threads = {}, {}
        self.slices, self.counters, self.arrows = defaultdict(list), defaultdict(list), defaultdict(list)
        for event in self.document["traceEvents"]:
            getattr(self, "add_" + event["ph"])(event)
        for slices in self.slices.values():
            slices.sort(key=lambda slice: (slice["start"], slice["end"]))
        for points in self.counters.values():
            points.sort(key=lambda point: point[0])

    def add_M(self, event):
        names = {"process_name": self.processes, "thread_name": self.threads}.get(event["name"])
        if names is not None:
            key = event["pid"] if names is self.processes else (event["pid"], event["tid"])
            if key in names:
                raise AssertionError(f"{key} has two names")
            names[key] = event["args"]["name"]

    def add_X(self, event):
        event["start"] = whole_ns(event["ts"])
        event["end"] = event["start"] + whole_ns(event["dur"])
        self.slices[event["pid"], event["tid"]].append(event)

    def add_C(self, event):
        for series, value in event["args"].items():
            self.counters[event["pid"], event["name"], series].append((whole_ns(event["ts"]), value))

    def add_s(self, event):
        self.arrows[event["id"]].append(event)

    add_f = add_s

    def pid(self, name):
        return {name: pid for pid, name in self.processes.items()}[name]

    def computes(self, device):
        return [slice for thread, name in self.threads.items() if thread[0] == self.pid(device) and name == "compute"
                for slice in self.slices[thread]]

    def transfers(self):
        return [slice for slices in self.slices.values() for slice in slices if slice["cat"] == "transfer"]

    def devices(self):
        return [name for name in self.processes.values() if name not in ("machine", "links")]

    def enclosing(self, thread, time):
        """The slice that a point is in; slices of a thread do not overlap."""
        slices = [slice for slice in self.slices[thread] if slice["end"] > slice["start"]]
        at = bisect.bisect_right([slice["start"] for slice in slices], time) - 1
        return slices[at] if at >= 0 and time < slices[at]["end"] else None

    def integral(self, process, counter, series):
        """Over the run, in units × s; and how far the grid of whole ns may have moved it."""
        known = process in self.processes.values()
        points = self.counters.get((self.pid(process), counter, series), []) if known else []
        end = whole_ns(self.document["otherData"]["end_s"] * 1e6)
        total = doubt = before = 0
        for (time, value), following in zip(points, [time for time, _ in points[1:]] + [end]):
            total += value * (following - time) * 1e-9
            doubt += abs(value - before) * 1e-9
            before = value
        return total, doubt


class Perfetto(CliTest):
    def run_traced(self, scenario, *settings):
        trace, result = self.folder / "out.perfetto.json", self.folder / "out.json"
        arguments = [word for setting in settings for word in ("--set", setting)]
        self.good("run", scenario, "-q", "--json", result, "--perfetto", trace, *arguments)
        return Trace(trace), parse_json(result.read_text())

    def shortened(self, name, layers, *settings):
        """A shipped scenario with fewer layers."""
        model = next(line.split()[1] for line in (SCENARIOS / name).read_text().splitlines() if "  model:" in line)
        config = json.loads((SCENARIOS / "models" / Path(model).name).read_text())
        path = self.write("short.json", json.dumps({**config, "num_hidden_layers": layers}))
        return self.run_traced(SCENARIOS / name, f"workload.model={path}", *settings)

    def runs(self):
        """A plain run, and two of machines: with all-reduces, and with two sorts of devices and KV caches that move."""
        yield "plain", self.shortened("llama-2-7b_1chip.yaml", 2, "workload.output_tokens=3")
        yield "24 DIMMs", self.shortened("machines/llama-2-70b_24-dimms.yaml", 2, "workload.output_tokens=2")
        yield "GPU and DIMMs", self.shortened("machines/llama-2-7b_gpu-and-pim.yaml", 3, "workload.output_tokens=3",
                                              "workload.prompt_tokens=128", "workload.logits=all")

    def each(self, *checks):
        for name, (trace, result) in self.runs():
            for check in checks:
                with self.subTest(run=name, check=check.__name__):
                    check(trace, result)

    def test_what_it_says(self):
        self.each(self.check_names, self.check_order, self.check_arrows, self.check_computes, self.check_transfers,
                  self.check_phases, self.check_device_counters, self.check_link_counters)

    def check_names(self, trace, result):
        self.assertTrue(set(trace.slices) <= set(trace.threads))
        self.assertTrue({pid for pid, *_ in (*trace.slices, *trace.counters)} <= set(trace.processes))
        self.assertTrue(set(trace.devices()) <= set(result["devices"]))
        threads = [tid for _, tid in trace.threads]
        self.assertEqual(len(threads), len(set(threads)))
        self.assertEqual(trace.document["otherData"]["title"], result["scenario"])

    def check_order(self, trace, result):
        for slices in trace.slices.values():
            for earlier, later in zip(slices, slices[1:]):
                self.assertLessEqual(earlier["end"], later["start"], (earlier, later))
        for slice in trace.transfers():
            self.assertLessEqual(abs(slice["args"]["start_s"] * 1e9 - slice["start"]), 0.501)

    def check_arrows(self, trace, result):
        self.assertGreater(len(trace.arrows), result["events"] // 2)
        pairs = set()
        for arrow in trace.arrows.values():
            start, end = arrow
            self.assertEqual((start["ph"], end["ph"], start["name"]), ("s", "f", end["name"]))
            self.assertLessEqual(start["ts"], end["ts"])
            bound = [trace.enclosing((point["pid"], point["tid"]), whole_ns(point["ts"])) for point in arrow]
            self.assertNotIn(None, bound, arrow)
            source, target = bound
            self.assertLessEqual(source["end"], target["start"])
            name = "transfer" if "transfer" in (source["cat"], target["cat"]) else "dependency"
            self.assertEqual(start["name"], name)
            pairs.add((id(source), id(target)))
        self.assertEqual(len(pairs), len(trace.arrows))
        # What is sent was made before; what made it has no arrow where it is too short to be seen.
        ends = {target for _, target in pairs}
        unseen = {(slice["args"].get("seq"), slice["args"]["to"]) for slice in trace.transfers()
                  if slice["end"] == slice["start"]}
        for slice in trace.transfers():
            args = slice["args"]
            if slice["end"] > slice["start"] and args.get("seq", 0) > 0 and (args["seq"], args["from"]) not in unseen:
                self.assertIn(id(slice), ends, slice)

    def check_computes(self, trace, result):
        def total(slices, *keys):
            return sum(slice["args"][key] for slice in slices for key in keys)
        for device in trace.devices():
            slices, expected = trace.computes(device), result["devices"][device]
            energy, busy = expected["energy_J"], expected["busy_s"]
            self.close(energy["compute"] + energy["main_mem"], total(slices, "energy_J"), 1e-9, device)
            self.close(busy["compute"], total(slices, "arithmetic_s"), 1e-9, device)
            self.close(busy["mem_transfer"] + busy["kv_load"], total(slices, "memory_s"), 1e-9, device)
            self.assertLessEqual(total(slices, "time_s"), result["time_s"] * (1 + 1e-9))
        every = [slice for device in trace.devices() for slice in trace.computes(device)]
        for key in ("flop", "memory_bytes"):
            self.close(sum(line[key] for line in result["event_classes"]), total(every, key), 1e-9, key)
        self.assertEqual({slice["args"]["seq"] for slice in every} - set(range(result["events"])), set())

    def check_transfers(self, trace, result):
        moved, energy = defaultdict(float), 0
        for slice in trace.transfers():
            args = slice["args"]
            energy += args["energy_J"]
            self.assertFalse(args["links"][-1].startswith("and "), "a route too long for this check")
            for link in args["links"]:
                moved[link] += args["bytes"]
            self.close(args["bytes"] / args["time_s"], args["bandwidth_Bps"], 1e-9)
        self.close(sum(link["energy_J"]["total"] for link in result["links"].values()), energy, 1e-9)
        for name, link in result["links"].items():
            self.close(link["moved_bytes"]["total"], moved[name], 1e-9, name)

    def check_phases(self, trace, result):
        (thread,) = [thread for thread, name in trace.threads.items() if name == "phases"]
        self.assertEqual([slice["name"] for slice in trace.slices[thread]], ["prefill", "decode"])
        for slice in trace.slices[thread]:
            seconds = (slice["end"] - slice["start"]) * 1e-9
            self.assertLessEqual(abs(seconds - result["phases"][slice["name"]]["time_s"]), 1.001e-9)
        self.close(result["time_s"], trace.document["otherData"]["end_s"], 1e-9)

    def check_integrals(self, trace, series, unit, expected):
        """`expected` by process and counter; one that is never written is 0."""
        sums = [0, 0]
        for (process, counter), value in expected.items():
            total, doubt = trace.integral(process, counter, series)
            self.assertLessEqual(abs(total * unit - value), doubt * unit + 1e-9 * value, (process, counter))
            sums = [sums[0] + total, sums[1] + doubt]
        self.assertLessEqual(sums[1], 1e-2 * sums[0], "the grid is too coarse to check anything")

    def check_device_counters(self, trace, result):
        power, use, bandwidth = {}, {}, {}
        for device in trace.devices():
            expected = result["devices"][device]
            energy, held = expected["energy_J"], expected["memory_bytes"]
            power[device, "power"] = energy["compute"] + energy["main_mem"] + energy["active"] + energy["idle"]
            use[device, "compute use"] = expected["busy_s"]["compute"]
            bandwidth[device, "memory bandwidth"] = sum(slice["args"]["memory_bytes"]
                                                        for slice in trace.computes(device))
            for series in ("weights", "kv_cache", "activations"):
                points = trace.counters.get((trace.pid(device), "memory held (GB)", series), [(0, 0)])
                self.close(held[series], max(value for _, value in points) * 1e9, 1e-9, series)
        self.check_integrals(trace, "W", 1, power)
        self.check_integrals(trace, "share", 1, use)
        self.check_integrals(trace, "GB/s", 1e9, bandwidth)
        for points in trace.counters.values():
            times = [time for time, _ in points]
            self.assertEqual(len(times), len(set(times)))

    def check_link_counters(self, trace, result):
        links = result["links"].items()
        self.check_integrals(trace, "GB/s", 1e9, {("links", f"{name} bandwidth"): link["moved_bytes"]["total"]
                                                  for name, link in links})
        self.check_integrals(trace, "W", 1, {("links", f"{name} power"): link["energy_J"]["total"]
                                             for name, link in links})

    @unittest.skipUnless(jsonschema, "needs Debian's python3-jsonschema")
    def test_schema(self):
        schema = json.loads(SCHEMA.read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        checker = jsonschema.Draft7Validator(schema)
        trace = self.folder / "out.json"
        self.good("run", self.scenario, "-q", "--perfetto", trace)
        document = parse_json(trace.read_text())
        self.assertEqual([error.message for error in checker.iter_errors(document)], [])
        kinds = {event["ph"]: event for event in document["traceEvents"]}
        self.assertEqual(set(kinds), {"X", "C", "M", "s", "f"})
        for kind, key, value in (("X", "dur", -1), ("X", "dur", None), ("X", "ts", "1"), ("X", "tid", 0),
                                 ("X", "cname", "blue"), ("X", "args", {"bound": "luck"}), ("X", "name", None),
                                 ("C", "args", {}), ("C", "args", {"W": "3"}), ("C", "ts", None),
                                 ("M", "name", "title"), ("s", "id", None), ("f", "bp", "s"), ("X", "ph", "Y"),
                                 ("X", "pid", None)):
            wrong = {**kinds[kind], key: value}
            if value is None:
                del wrong[key]
            self.assertFalse(checker.is_valid({**document, "traceEvents": [wrong]}), wrong)

    def test_a_window(self):
        trace = self.folder / "out.json"
        self.good("run", self.scenario, "-q", "--perfetto", trace, "--timeline-window", "step=1")
        part = Trace(trace)
        slices = [slice for slices in part.slices.values() for slice in slices if slice["cat"] != "phase"]
        self.assertEqual({slice["args"]["step"] for slice in slices}, {1})
        start, end = (whole_ns(part.document["otherData"][key] * 1e6) for key in ("start_s", "end_s"))
        self.assertEqual((start, end), (min(slice["start"] for slice in slices), max(slice["end"] for slice in slices)))

    def test_the_same_run_gives_the_same_bytes(self):
        paths = [self.folder / "one.json", self.folder / "two.json"]
        for path in paths:
            self.good("run", self.scenario, "-q", "--perfetto", path)
        self.assertEqual(paths[0].read_bytes(), paths[1].read_bytes())

    def test_a_name_that_is_no_plain_text(self):
        config = parse_json((self.folder / "model.json").read_text())
        scenario = self.small(name='"a \\"b\\" \\t \\x01 \\u00e4"')
        self.write("model.json", json.dumps(config))
        trace = self.folder / "out.json"
        self.good("run", scenario, "-q", "--perfetto", trace)
        self.assertEqual(Trace(trace).document["otherData"]["title"], 'a "b" \t \x01 \xe4')


if __name__ == "__main__":
    unittest.main()
