"""Paje timelines: what pj_dump makes of them adds up to the JSON, and the files keep to the format."""

import math
import re
import shutil
import subprocess
import unittest

from program import SCENARIOS, CliTest, device_yaml, parse_json

TOKEN = re.compile(r'"([^"]*)"|(\S+)')
SHORT = ("--set", "workload.prompt_tokens=16", "--set", "workload.output_tokens=3")
PARTS = ("host_to_device", "device_to_host", "device_to_device")


class Trace:
    """Reads a trace and holds it to the format on the way: what is used was defined before, of the right type; times do
    not run backwards; states do not overlap; arrows have two ends."""

    def __init__(self, test, text):
        self.test, self.states, self.arrows, self.sets = test, [], [], []
        self.fields, self.values, self.gone, self.keys = {}, set(), set(), set()
        self.types, self.containers = {"0": ("container", None)}, {"0": ("0", "0", None)}
        self.open, self.arrow_starts, self.time = {}, {}, 0.0
        test.assertTrue(text.endswith("\n"))
        definition = None
        for line in text.splitlines():
            words = [quoted or plain for quoted, plain in TOKEN.findall(line)]
            if words[0] == "%EventDef":
                definition = words[2]
                self.fields[definition] = (words[1], [])
            elif words[0] == "%":
                self.fields[definition][1].append(words[1])
            elif words[0] != "%EndEventDef":
                name, fields = self.fields[words[0]]
                test.assertEqual(len(fields), len(words) - 1, line)
                self.event(name, dict(zip(fields, words[1:])))
        test.assertEqual(({}, {}), (self.open, self.arrow_starts))
        test.assertEqual(self.gone, set(self.containers) - {"0"})

    def event(self, name, fields):
        if "Time" in fields:
            self.test.assertRegex(fields["Time"], r"\A[0-9]+(\.[0-9]*[1-9])?\Z")
            fields["Time"] = float(fields["Time"])
            self.test.assertLessEqual(self.time, fields["Time"])
            self.time = fields["Time"]
        for number in set(fields) & {"Flop", "Bytes", "Energy"}:
            self.test.assertRegex(fields[number], r"\A[0-9]+(\.[0-9]+)?\Z")
        getattr(self, name)(fields)

    def define(self, kind, fields, *used):
        self.test.assertNotIn(fields["Alias"], self.types)
        for type_ in ("Type", *used):
            self.test.assertEqual("container", self.types[fields[type_]][0])
        self.types[fields["Alias"]] = (kind, fields["Type"], *(fields[use] for use in used))

    def PajeDefineContainerType(self, fields):
        self.define("container", fields)

    def PajeDefineStateType(self, fields):
        self.define("state", fields)

    def PajeDefineVariableType(self, fields):
        self.define("variable", fields)

    def PajeDefineLinkType(self, fields):
        self.define("link", fields, "StartContainerType", "EndContainerType")

    def PajeDefineEntityValue(self, fields):
        self.test.assertEqual("state", self.types[fields["Type"]][0])
        self.test.assertNotIn((fields["Type"], fields["Name"]), self.values)
        self.test.assertRegex(fields["Color"], r"\A[01](\.\d+)? [01](\.\d+)? [01](\.\d+)?\Z")
        self.values.add((fields["Type"], fields["Name"]))

    def PajeCreateContainer(self, fields):
        self.test.assertNotIn(fields["Alias"], self.containers)
        self.test.assertEqual(self.containers[fields["Container"]][1], self.types[fields["Type"]][1])
        self.containers[fields["Alias"]] = (fields["Name"], fields["Type"], fields["Container"])

    def PajeDestroyContainer(self, fields):
        self.test.assertEqual(self.containers[fields["Name"]][1], fields["Type"])
        self.test.assertNotIn(fields["Name"], self.gone)
        self.gone.add(fields["Name"])

    def check(self, fields, kind):
        self.test.assertEqual((kind, self.containers[fields["Container"]][1]), self.types[fields["Type"]][:2])
        self.test.assertNotIn(fields["Container"], self.gone)

    def PajeSetVariable(self, fields):
        self.check(fields, "variable")
        self.test.assertRegex(fields["Value"], r"\A[0-9]+(\.[0-9]+)?\Z")
        self.sets.append(fields)

    def PajePushState(self, fields):
        self.check(fields, "state")
        self.test.assertIn((fields["Type"], fields["Value"]), self.values)
        self.test.assertNotIn(fields["Container"], self.open, "a second state on a stream")
        self.open[fields["Container"]] = fields

    def PajePopState(self, fields):
        self.check(fields, "state")
        self.states.append((self.open.pop(fields["Container"]), fields["Time"]))

    def PajeStartLink(self, fields):
        self.check(fields, "link")
        self.test.assertEqual(self.containers[fields["StartContainer"]][1], self.types[fields["Type"]][2])
        self.test.assertNotIn(fields["Key"], self.keys)
        self.keys.add(fields["Key"])
        self.arrow_starts[fields["Key"]] = fields

    def PajeEndLink(self, fields):
        self.check(fields, "link")
        self.test.assertEqual(self.containers[fields["EndContainer"]][1], self.types[fields["Type"]][3])
        start = self.arrow_starts.pop(fields["Key"])
        self.test.assertEqual(start["Value"], fields["Value"])
        self.arrows.append((start, fields))


class PajeTest(CliTest):
    def timeline(self, scenario, *arguments):
        """Trace as text, and the result."""
        path = self.folder / "timeline.paje"
        result = parse_json(self.good("run", scenario, *arguments, "-q", "--paje", path, "--json", "/dev/stdout"))
        return path.read_text(encoding="utf-8"), result

    def near(self, expected, actual, what):
        self.assertTrue(math.isclose(expected, actual, rel_tol=1e-6, abs_tol=1e-18), f"{what}: {expected} {actual}")


@unittest.skipUnless(shutil.which("pj_dump"), "pj_dump (Debian's pajeng) is not installed")
class Totals(PajeTest):
    def dump(self, text):
        path = self.write("dumped.paje", text)
        outcome = subprocess.run(["pj_dump", "-u", "-l", "20", path], capture_output=True, text=True, check=False)
        self.assertEqual((0, ""), (outcome.returncode, outcome.stderr), outcome.stdout[-500:])
        rows = {"State": [], "Variable": [], "Link": [], "Container": []}
        for line in outcome.stdout.splitlines():
            kind, *columns = line.split(", ")
            rows[kind].append(columns)
        return rows

    def check_totals(self, scenario, *arguments):
        text, result = self.timeline(scenario, *arguments)
        rows = self.dump(text)
        integrals = {}
        for container, kind, _, _, duration, value in rows["Variable"]:
            integrals[container, kind] = integrals.get((container, kind), 0) + float(duration) * float(value)
        self.check_devices(result, rows, integrals)
        self.check_links(result, integrals)
        self.check_phases(result, rows)
        self.check_bytes(result, rows)
        return rows, result

    def check_devices(self, result, rows, integrals):
        for name, device in result["devices"].items():
            energy, busy = device["energy_J"], device["busy_s"]
            self.near(energy["compute"] + energy["main_mem"] + energy["active"] + energy["idle"],
                      integrals.get((name, "power (W)"), 0), name + " energy")
            self.near(busy["compute"], integrals.get((name, "compute use"), 0), name + " compute")
            self.near(busy["mem_transfer"] + busy["kv_load"], integrals.get((name, "memory use"), 0), name + " memory")
            states = [row for row in rows["State"] if row[0] == name and row[1] == "layer"]
            self.near(sum(float(row[-2]) for row in states), integrals.get((name, "memory bandwidth (B/s)"), 0),
                      name + " memory bytes")
            self.near(energy["compute"] + energy["main_mem"], sum(float(row[-1]) for row in states), name + " states")

    def check_links(self, result, integrals):
        for name, link in result["links"].items():
            self.near(link["energy_J"]["total"], integrals.get((name, "power (W)"), 0), name + " energy")
            self.near(link["moved_bytes"]["total"], link["bandwidth_Bps"] * integrals.get((name, "use"), 0), name)

    def check_phases(self, result, rows):
        phases = {row[-1]: float(row[4]) for row in rows["State"] if row[1] == "phase"}
        for name, phase in result["phases"].items():
            self.near(phase["time_s"], phases.get(name, 0), name)
        self.near(result["time_s"], sum(phases.values()), "time")
        flop = sum(float(row[-3]) for row in rows["State"] if row[1] != "phase")
        self.near(sum(events["flop"] for events in result["event_classes"]), flop, "flop")

    def check_bytes(self, result, rows):
        """A broadcast's bytes are once in the phase, and once at each of the devices that get them."""
        moved = sum(phase["moved_bytes"][part] for phase in result["phases"].values() for part in PARTS)
        self.near(moved, sum(float(row[-2]) for row in rows["State"] if row[1] == "transfer"), "moved bytes")
        at = dict.fromkeys(result["devices"], 0)
        for row in rows["Link"]:
            for end in {row[-4], row[-3]} - {"HOST"} or {"HOST"}:
                at[end] += float(row[-1])
        for name, device in result["devices"].items():
            self.near(sum(device["moved_bytes"].values()), at[name], name + " moved bytes")

    def test_a_small_run(self):
        rows, result = self.check_totals(self.scenario, "--set", "workload.detail=layers")
        labels = {row[6] for row in rows["State"] if row[1] == "layer"}
        self.assertLessEqual({"q_proj", "down_proj", "lm_head"}, labels)
        self.assertEqual(result["scenario"], next(row[-1] for row in rows["Container"] if row[1] == "machine"))

    def test_every_event_on_its_own(self):
        self.check_totals(self.scenario, "--set", "simulation.segments=false")

    def test_a_plain_scenario(self):
        self.check_totals(SCENARIOS / "llama-2-7b_mixed.yaml", *SHORT)

    def test_devices_in_parallel(self):
        rows, result = self.check_totals(SCENARIOS / "machines" / "llama-2-70b_24-dimms.yaml", *SHORT)
        devices = {row[-1] for row in rows["Container"] if row[1] == "device"}
        self.assertEqual(set(result["devices"]) - {"HOST"}, devices)

    def test_broadcasts(self):
        self.write("devices.yaml", device_yaml())
        self.write("machine.yaml", "devices:\n  - {name: dev, architecture: Mine, count: 4, broadcast: true}\n")
        scenario = self.small(mapping="{default: dev}").read_text()
        # What passes through the host is one transfer over the links of all, whose bytes it does not show one by one.
        by_host = "collectives: {all_reduce: host, all_gather: host, reduce_scatter: host, all_to_all: host}\n"
        path = self.write("broadcast.yaml", scenario + "platform: machine.yaml\narchitectures: [devices.yaml]\n" + by_host)
        rows, result = self.check_totals(path)
        self.assertIn("HOST to 4 devices", {row[0] for row in rows["State"]})
        once = sum(phase["moved_bytes"]["host_to_device"] for phase in result["phases"].values())
        self.assertLess(once, sum(float(row[-1]) for row in rows["Link"] if row[-4] == "HOST"))

    def test_a_gpu_beside_dimms(self):
        self.check_totals(SCENARIOS / "machines" / "llama-2-7b_gpu-and-pim.yaml", *SHORT)

    def test_two_stages_of_gpus(self):
        self.check_totals(SCENARIOS / "machines" / "llama-2-13b_two-stages.yaml", *SHORT)

    def test_a_window(self):
        text, result = self.timeline(self.scenario, "--timeline-window", "step=1")
        rows = self.dump(text)
        self.assertEqual({"1"}, {row[-4] for row in rows["State"] if row[1] != "phase"})
        self.assertLess(len(rows["State"]), result["events"])

    def test_names_that_readers_stumble_over(self):
        odd = self.small(name='"two, \\"three\\" # größe\\n%"')
        rows, result = self.check_totals(odd)
        name = next(row[-1] for row in rows["Container"] if row[1] == "machine")
        self.assertEqual(r"two; 'three' # größe\u000a%", name)
        self.assertIn('"three"', result["scenario"])


class Format(PajeTest):
    def trace(self, scenario, *arguments):
        return Trace(self, self.timeline(scenario, *arguments)[0])

    def test_a_small_run(self):
        trace = self.trace(self.scenario)
        classes = {state["Class"] for state, _ in trace.states if "Class" in state}
        self.assertLessEqual({"linear", "attention", "normalization", "transfer"}, classes)

    def test_with_segments_and_without(self):
        states = []
        for on in ("true", "false"):
            trace = self.trace(self.scenario, "--set", f"simulation.segments={on}")
            states.append([(state["Container"], state["Value"], state.get("Seq"), state["Time"], end)
                           for state, end in sorted(trace.states, key=lambda state: (state[0]["Container"], state[1]))])
        self.assertEqual(len(states[0]), len(states[1]))
        for one, other in zip(*states):
            self.assertEqual(one[:3], other[:3])
            self.close(one[4], other[4], 1e-9, str(one))

    def test_machines(self):
        for name in ("llama-2-70b_24-dimms", "llama-2-7b_gpu-and-pim", "llama-2-13b_two-stages"):
            with self.subTest(name):
                trace = self.trace(SCENARIOS / "machines" / f"{name}.yaml", *SHORT)
                self.assertTrue(trace.arrows)

    def test_containers_follow_the_platform(self):
        trace = self.trace(SCENARIOS / "machines" / "llama-2-7b_gpu-and-pim.yaml", *SHORT)
        parent = {name: trace.containers[up][0] for name, _, up in trace.containers.values() if up is not None}
        self.assertEqual(parent["HOST"], parent["gpu[0]"])
        self.assertEqual("channel[0]", parent["channel[0].host_to_device"])
        self.assertEqual("channel[0]", parent["dimm[0]"])
        self.assertEqual("dimm[0]", parent["dimm[0].host_to_device"])

    def test_the_same_run_gives_the_same_bytes(self):
        scenario = SCENARIOS / "machines" / "llama-2-7b_gpu-and-pim.yaml"
        self.assertEqual(self.timeline(scenario, *SHORT)[0], self.timeline(scenario, *SHORT)[0])

    def test_the_file_must_be_writable(self):
        self.run_refused(self.scenario, "--paje", self.folder / "no" / "a.paje", saying="no such folder")


if __name__ == "__main__":
    unittest.main()
