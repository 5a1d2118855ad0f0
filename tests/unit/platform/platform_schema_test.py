"""Holds platforms/platform.schema.json to the shipped platforms, and to what the program refuses.

    platform_schema_test.py PROJECT_FOLDER

Needs Debian's python3-jsonschema and python3-yaml; ends with 77 (skipped) without them.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "architecture"))
from schema_test import SchemaCase, changed, project, validator  # noqa: E402  (takes the argument away)


class PlatformSchema(SchemaCase):
    schema = validator("platforms/platform.schema.json")
    good = {"devices": [{"name": "dimm", "architecture": "PIM-AI-1dimm"}]}
    link = {"name": "channel", "count": 2, "bw_GBs": 44}
    network = {"name": "nvlink", "between": "dimm", "topology": "ring", "bw_GBs": 450}

    def with_device(self, **changes):
        return {"devices": [{**self.good["devices"][0], **changes}]}

    def with_link(self, **changes):
        return {**self.good, "links": [{key: value for key, value in {**self.link, **changes}.items()
                                        if value is not None}]}

    def with_network(self, **changes):
        return {**self.good, "networks": [{key: value for key, value in {**self.network, **changes}.items()
                                           if value is not None}]}

    def test_shipped_files(self):
        self.accept_files(self.schema, sorted((project / "platforms").glob("*.yaml")), 11)
        # Others in that folder are files of device profiles.
        machines = sorted((project / "scenarios/papers/machines").glob("*.yaml"))
        self.accept_files(self.schema, [file for file in machines if "\ndevices:" in "\n" + file.read_text()], 4)

    def test_good(self):
        self.accept(self.schema, self.good)
        self.accept(self.schema, {**self.good, "name": "a", "host": {"architecture": "HOST", "capacity_GB": 512, "idle_W": 0,
                                                                 "active_W": 5, "power_share": 0.25}})
        for key in ("capacity_GB", "host_to_device_bw_GBs", "device_to_host_bw_GBs", "compute_efficiency",
                    "mem_efficiency"):
            self.accept(self.schema, self.with_device(**{key: 0.5}))
            self.reject(self.schema, self.with_device(**{key: 0}))
        for key in ("host_to_device_pj_per_bit", "device_to_host_pj_per_bit", "link_latency_ns", "idle_W", "active_W",
                    "launch_overhead_ns"):
            self.accept(self.schema, self.with_device(**{key: 0}))
            self.reject(self.schema, self.with_device(**{key: -1}))
        self.accept(self.schema, self.with_device(count=4096, broadcast=True, under="channel"))
        self.accept(self.schema, self.with_link(under="socket", duplex="half", pj_per_bit=0, latency_ns=3))
        for key in ("mem_bw_GBs", "tflops", "tflops_int4", "softmax_ns_per_element", "SiLU_ns_per_element",
                    "RMSNorm_ns_per_element", "power_limit_W"):
            self.accept(self.schema, self.with_device(**{key: 0.5}))
            self.reject(self.schema, self.with_device(**{key: 0}))
        for key in ("mem_pj_per_bit", "pj_per_tflop"):
            self.accept(self.schema, self.with_device(**{key: 0}))
            self.reject(self.schema, self.with_device(**{key: -1}))
        self.accept(self.schema, self.with_device(tflops={"fp8": 3, "bfloat16": 1.5}))
        self.reject(self.schema, self.with_device(tflops={"fp9": 3}))
        self.accept(self.schema, self.with_network(between=["a", "b"], pj_per_bit=0, latency_ns=0))

    def test_networks(self):
        self.accept(self.schema, self.with_network(each=2))
        for value in (1, 0, -1, 4097, 2.5, "2"):
            self.reject(self.schema, self.with_network(each=value))
        nic = {"per": 4, "bw_GBs": 50, "pj_per_bit": 0, "latency_ns": 0}
        for good in ({"nic": nic}, {"nic": {"per": 1, "bw_GBs": 1}}, {"oversubscription": 1},
                     {"nic": nic, "oversubscription": 2.5}):
            self.accept(self.schema, self.with_network(topology="switch", **good))
            self.reject(self.schema, self.with_network(topology="ring", **good))
        for bad in (3, {}, {"per": 4}, {"bw_GBs": 1}, {**nic, "per": 0}, {**nic, "bw_GBs": 0}, {**nic, "count": 1},
                    {**nic, "latency_ns": -1}, {**nic, "pj_per_bit": 1e19}):
            self.reject(self.schema, self.with_network(topology="switch", nic=bad))
        shapes = {"torus": {"dimensions": [4, 2]}, "fat_tree": {"down": [4, 2], "up": [1, 2]},
                  "dragonfly": {"groups": [2, 1], "chassis": [1, 1], "routers": [2, 1], "nodes": 2}}
        for topology, shape in shapes.items():
            self.accept(self.schema, self.with_network(topology=topology, shape=shape))
            self.reject(self.schema, self.with_network(topology=topology))
            self.reject(self.schema, self.with_network(topology="switch", shape=shape))
            for key in shape:
                self.reject(self.schema, self.with_network(topology=topology, shape={**shape, key: 0}))
                self.reject(self.schema, self.with_network(topology=topology, shape={**shape, key: [0, 1]}))
        self.accept(self.schema, self.with_network(topology="fat_tree", shape={**shapes["fat_tree"], "links": [1, 2]}))
        for bad in (0, 0.9, -1, 1e7, "2"):
            self.reject(self.schema, self.with_network(topology="switch", oversubscription=bad))

    def test_either_bandwidth(self):
        both = {"host_to_device_bw_GBs": 1, "device_to_host_bw_GBs": 2}
        self.accept(self.schema, self.with_link(bw_GBs=None, **both))
        self.reject(self.schema, self.with_link(bw_GBs=None))
        self.reject(self.schema, self.with_link(**both))
        for key, value in both.items():
            self.reject(self.schema, self.with_link(**{key: value}))
            self.reject(self.schema, self.with_link(**{key: value, "bw_GBs": None}))
        for key in ("host_to_device_pj_per_bit", "device_to_host_pj_per_bit"):
            self.accept(self.schema, self.with_link(**{key: 1}))
            self.reject(self.schema, self.with_link(**{key: 1, "pj_per_bit": 1}))

    def test_names(self):
        for name in ("a", "PIM_AI_4chip", "PIM-AI", "hosts", "x" * 100):
            self.accept(self.schema, self.with_device(name=name))
        for name in ("", "4chip", "-a", "a b", "a.b", "a[0]", "host", "HOST", "Host", "x" * 101, 5, None):
            self.reject(self.schema, self.with_device(name=name))
            self.reject(self.schema, self.with_link(name=name))
            self.reject(self.schema, self.with_network(name=name))

    def test_bad(self):
        for document in (None, {}, [], {"devices": []}, {"devices": {}}, {"devices": [5]}, {**self.good, "colour": 1}):
            self.reject(self.schema, document)
        for value in (0, -1, 1.5, "2", 4097, True):
            self.reject(self.schema, self.with_device(count=value))
            self.reject(self.schema, self.with_link(count=value))
        for value in (0, -1, "44", 1e19, True, []):
            self.reject(self.schema, self.with_link(bw_GBs=value))
            self.reject(self.schema, self.with_network(bw_GBs=value))
        for value in (-1, "1", 1e19):
            for key in ("pj_per_bit", "latency_ns"):
                self.reject(self.schema, self.with_link(**{key: value}))
                self.reject(self.schema, self.with_network(**{key: value}))
        self.reject(self.schema, self.with_device(architecture="HOST"))
        self.reject(self.schema, self.with_device(broadcast="yes"))
        self.reject(self.schema, self.with_device(mem_GBs=3))
        self.reject(self.schema, self.with_link(duplex="both"))
        self.reject(self.schema, self.with_link(colour="red"))
        for key in self.network:
            self.reject(self.schema, self.with_network(**{key: None}))
        self.reject(self.schema, self.with_network(topology="star"))
        self.reject(self.schema, self.with_network(between=[]))
        self.reject(self.schema, self.with_network(between=["a", "a"]))
        self.reject(self.schema, self.with_network(colour="red"))
        self.reject(self.schema, changed(self.good, "host.colour", "red"))
        self.reject(self.schema, changed(self.good, "host.capacity_GB", 0))


if __name__ == "__main__":
    unittest.main()
