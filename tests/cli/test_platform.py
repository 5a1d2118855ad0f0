"""`platform show`: the machine that a scenario runs on."""

import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

from program import SHIPPED, CliTest, device_yaml


def unit_number(text, unit):
    assert text.endswith(unit), text
    return float(text[:-len(unit)])


class Platform(CliTest):
    def mine(self, **figures):
        """The small scenario on a device of round figures."""
        self.write("mine.yaml", device_yaml("Mine", **figures))
        scenario = self.small(mapping="{ default: Mine }")
        return self.write("s.yaml", scenario.read_text() + "architectures: [mine.yaml]\n")

    def show(self, scenario, *options):
        return self.good("platform", "show", scenario, *options)

    def test_text(self):
        text = self.show(self.mine(link_latency_ns=7))
        self.assertEqual(text, self.show(self.mine(link_latency_ns=7), "--format", "text"))
        self.check_words(text, ("TFLOP/s", "memory GB/s", "latency ns", "pJ/bit", "arithmetic W"))
        for line in (r"Mine +4 +1\.6 +\S+ +100 +0\.8", r"HOST +8\.192 ", r"Mine\.memory +Mine +Mine +100 +0 +1 +0\.8",
                     r"Mine\.host_to_device +HOST +Mine +10 +7 +20 +1\.6",
                     r"Mine\.device_to_host +Mine +HOST +5 +7 +30 +1\.2"):
            self.assertRegex(text, rf"(?m)^{line}")

    def machine(self, *arguments):
        text = self.show(*arguments, "--format", "xml")
        self.assertIn("simgrid.dtd", text)
        zone = ElementTree.fromstring(text).find("zone")
        props = {prop_of.get("id"): prop_of.find("prop").get("value") for prop_of in zone.findall("*[prop]")}
        return zone, props

    def test_xml(self):
        zone, props = self.machine(self.mine(link_latency_ns=7, idle_W=3))
        hosts = {host.get("id"): unit_number(host.get("speed"), "f") for host in zone.iter("host")}
        links = {link.get("id"): link for link in zone.iter("link")}
        self.close(hosts["Mine"], 4e12, 1e-12)
        self.assertEqual(hosts.keys(), {"HOST", "HOST.fixed_time", "Mine", "Mine.fixed_time", "Mine.idle"})
        for name, rate, watts in (("memory", 100e9, 0.8), ("host_to_device", 10e9, 1.6), ("device_to_host", 5e9, 1.2)):
            self.close(unit_number(links[f"Mine.{name}"].get("bandwidth"), "Bps"), rate, 1e-12, name)
            idle, busy = map(float, props[f"Mine.{name}"].split(":"))
            self.assertEqual(idle, 0)
            self.close(busy, watts, 1e-12, name)
        self.close(unit_number(links["Mine.host_to_device"].get("latency"), "s"), 7e-9, 1e-12)
        self.close(float(props["Mine"].split(":")[2]), 1.6, 1e-12)
        self.assertEqual(props["Mine.idle"], "3:3:3")
        routes = {(route.get("src"), route.get("dst")): route.find("link_ctn").get("id")
                  for route in zone.iter("route")}
        self.assertEqual(routes[("HOST", "Mine")], "Mine.host_to_device")
        self.assertEqual(routes[("Mine", "HOST")], "Mine.device_to_host")
        self.assertEqual(routes[("Mine", "Mine")], "Mine.memory")

    def test_xml_of_every_shipped_scenario(self):
        for scenario in SHIPPED:
            with self.subTest(scenario=scenario.name):
                zone, _ = self.machine(scenario)
                hosts = {host.get("id") for host in zone.iter("host")}
                links = {link.get("id") for link in zone.iter("link")}
                for route in zone.iter("route"):
                    self.assertLessEqual({route.get("src"), route.get("dst")}, hosts)
                    self.assertIn(route.find("link_ctn").get("id"), links)

    def test_options_change_the_machine(self):
        base = self.show(self.scenario)
        self.assertNotEqual(self.show(self.scenario, "--dtype", "int4"), base)
        self.assertIn("H100", self.show(self.scenario, "--set", "mapping.default=H100"))
        self.assertNotEqual(self.show(self.scenario, "--cost-model", "reference"), base)

    def test_dot(self):
        text = self.show(self.scenario, "--format", "dot")
        self.assertTrue(text.startswith("digraph "))
        self.assertEqual(text.count("{"), text.count("}"))
        self.assertIn('"HOST" -> "PIM_AI_4chip" [label="12.8 GB/s"]', text)
        self.assertIn('"PIM_AI_4chip" -> "HOST" [label="51.2 GB/s"]', text)
        self.assertRegex(text, re.escape('"PIM_AI_4chip" [label="PIM_AI_4chip\\n20 TFLOP/s\\nmemory 409.6 GB/s"]'))

    @unittest.skipUnless(shutil.which("dot"), "graphviz is not installed")
    def test_dot_is_drawn_by_graphviz(self):
        for scenario in SHIPPED:
            drawn = subprocess.run(["dot", "-Tsvg"], input=self.show(scenario, "--format", "dot").encode(),
                                   capture_output=True, check=True)
            self.assertEqual(drawn.stderr, b"")
            self.assertIn(b"<svg", drawn.stdout)

    def test_unknown_format(self):
        self.refused("platform", "show", self.scenario, "--format", "svg", saying=("--format", "svg", "text", "dot"))

    def test_a_bad_scenario_has_no_machine(self):
        self.refused("platform", "show", self.folder / "none.yaml", saying="no such file")
        self.refused("platform", "show", self.scenario, "--set", "mapping.default=H101", saying="did you mean 'H100'?")
