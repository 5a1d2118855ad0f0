"""`platform`: the machine of a scenario or of a platform file, and those that come with the program."""

import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

from program import PROJECT, SHIPPED, CliTest, device_yaml, environment

PLATFORMS = sorted((PROJECT / "platforms").glob("*.yaml"))
MACHINE = """\
name: mine
links: [{ name: channel, count: 2, duplex: half, bw_GBs: 44 }]
devices: [{ name: dimm, architecture: Mine, count: 4, under: channel, capacity_GB: 3 }]
"""


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
        for line in (r"Mine +1 +Mine +4 +1\.6 +\S+ +100 +1 +0\.8 +- +0 +0 +-$", r"HOST +1 +HOST +8\.192 ",
                     r"Mine\.host_to_device +1 +1 +10 +full +7 +20 +1\.6$",
                     r"Mine\.device_to_host +1 +1 +5 +full +7 +30 +1\.2$"):
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
        routes = {(route.get("src"), route.get("dst")): ",".join(link.get("id") for link in route.iter("link_ctn"))
                  for route in zone.iter("route")}
        self.assertEqual(routes[("HOST", "Mine")], "Mine.host_to_device")
        self.assertEqual(routes[("Mine", "HOST")], "Mine.device_to_host")
        self.assertEqual(routes[("Mine", "Mine")], "Mine.memory")

    def test_xml_of_every_shipped_scenario_and_platform(self):
        for file in SHIPPED + PLATFORMS:
            if file.name == "h100_cluster.yaml":
                continue
            with self.subTest(file=file.name):
                zone, _ = self.machine(file)
                hosts = {host.get("id") for host in zone.iter("host")}
                links = {link.get("id") for link in zone.iter("link")}
                crossed = set()
                for route in zone.iter("route"):
                    self.assertLessEqual({route.get("src"), route.get("dst")}, hosts)
                    crossed |= {link.get("id") for link in route.iter("link_ctn")}
                self.assertEqual(crossed, links)

    def test_options_change_the_machine(self):
        base = self.show(self.scenario)
        self.assertNotEqual(self.show(self.scenario, "--dtype", "int4"), base)
        self.assertIn("H100", self.show(self.scenario, "--set", "mapping.default=H100", "--set", "mapping.lm_head=H100"))
        self.assertNotEqual(self.show(self.scenario, "--cost-model", "reference"), base)

    def test_dot(self):
        text = self.show(self.scenario, "--format", "dot")
        self.assertTrue(text.startswith("digraph "))
        self.assertEqual(text.count("{"), text.count("}"))
        self.assertIn('"HOST" -> "PIM_AI_4chip" [dir=both, label="to 12.8 GB/s\\nfrom 51.2 GB/s"]', text)
        self.assertRegex(text, re.escape('"PIM_AI_4chip" [label="PIM_AI_4chip\\n20 TFLOP/s\\nmemory 409.6 GB/s, 128 GB"]'))

    @unittest.skipUnless(shutil.which("dot"), "graphviz is not installed")
    def test_dot_is_drawn_by_graphviz(self):
        for file in SHIPPED + PLATFORMS:
            drawn = subprocess.run(["dot", "-Tsvg"], input=self.show(file, "--format", "dot").encode(),
                                   capture_output=True, check=True)
            self.assertEqual(drawn.stderr, b"")
            self.assertIn(b"<svg", drawn.stdout)

    def test_xml_is_not_for_a_million_ways(self):
        # 2 x 1024 to and from the host, 1024 x 1023 from GPU to GPU.
        self.refused("platform", "show", PROJECT / "platforms" / "h100_cluster.yaml", "--format", "xml",
                     saying=("--format: xml has each way of the machine, 1049600; expected at most 131072",))

    def test_unknown_format(self):
        self.refused("platform", "show", self.scenario, "--format", "svg", saying=("--format", "svg", "text", "dot"))

    def test_a_bad_scenario_has_no_machine(self):
        self.refused("platform", "show", self.folder / "none.yaml", saying="no such file")
        self.refused("platform", "show", self.scenario, "--set", "mapping.default=H101", saying="did you mean 'H100'?")


class PlatformFile(CliTest):
    def mine(self, text=MACHINE):
        self.archs = self.write("mine.yaml", device_yaml("Mine", link_latency_ns=7))
        return self.write("machine.yaml", text)

    def show(self, *arguments):
        return self.good("platform", "show", *arguments)

    def test_text_has_a_row_for_all_of_a_group(self):
        text = self.show(self.mine(), "--extra-archs", self.archs)
        self.assertTrue(text.startswith("mine\n\n"))
        for line in (r"dimm\[0\.\.3\] +4 +Mine +4 +1\.6 +\S+ +100 +1 +0\.8 +3 +0 +0 +-$",
                     r"channel\[0\.\.1\]\.host_to_device +2 +2 +44 +half +0 +0 +0$",
                     r"dimm\[0\.\.3\]\.device_to_host +4 +1 +5 +full +7 +30 +1\.2$",
                     r"HOST -> dimm +4 +2 +10 +7 +20$"):
            self.assertRegex(text, rf"(?m)^{line}")
        server = self.show(PROJECT / "platforms" / "pim_ai_server.yaml")
        self.assertRegex(server, r"(?m)^dimm\[0\.\.23\] +24 +PIM_AI_1dimm +80 ")
        self.assertRegex(server, r"(?m)^HOST -> dimm +24 +3 +44 +0 +50$")

    def test_xml(self):
        zone = ElementTree.fromstring(self.show(self.mine(), "--extra-archs", self.archs, "--format", "xml")).find("zone")
        routes = {(route.get("src"), route.get("dst")): [link.get("id") for link in route.iter("link_ctn")]
                  for route in zone.iter("route")}
        self.assertEqual(routes[("HOST", "dimm[2]")],
                         ["channel[1].host_to_device", "channel[1].medium", "dimm[2].host_to_device"])

    def test_a_name_is_looked_for_among_the_shipped_ones(self):
        self.assertEqual(self.good("platform", "show", "gpu_server.yaml", cwd=self.folder),
                         self.show(PROJECT / "platforms" / "gpu_server.yaml"))

    def test_what_is_here_comes_first(self):
        self.write("gpu_server.yaml", "devices: [{ name: a, architecture: V100 }]")
        self.assertIn("V100", self.good("platform", "show", "gpu_server.yaml", cwd=self.folder))

    def test_options(self):
        file = PROJECT / "platforms" / "one_device.yaml"
        self.assertRegex(self.show(file), r"(?m)^PIM_AI_4chip +1 +PIM_AI_4chip +20 ")
        self.assertRegex(self.show(file, "--dtype", "int4"), r"(?m)^PIM_AI_4chip +1 +PIM_AI_4chip +128 ")
        self.assertNotEqual(self.show(file, "--cost-model", "reference"), self.show(file))
        for option, value in (("--set", "workload.batch=2"), ("--num-key-value-heads", "8"),
                              ("--sliding-window", "8")):
            self.refused("platform", "show", file, option, value, saying=(f"{option}: {file} is a platform",
                                                                          "expected a scenario"))
        self.refused("platform", "show", file, "--dtype", "int5",
                     saying=("--dtype: unknown value 'int5'", "did you mean 'int4'?"))
        self.refused("platform", "show", file, "--cost-model", "rooflin", saying="did you mean 'roofline'?")
        self.refused("platform", "show", file, "--extra-archs", self.folder / "none.yaml", saying="no such file")

    def test_figures_can_be_set(self):
        file = PROJECT / "platforms" / "gpu_server.yaml"
        text = self.show(file, "--set", "platform.devices.gpu.mem_bw_GBs=4800", "--set",
                         "platform.networks.nvlink.bw_GBs=900")
        self.assertRegex(text, r"(?m)^gpu\[0\.\.7\] +8 +H100_80GB_SXM +\S+ +\S+ +\S+ +4800 ")
        self.assertRegex(text, r"(?m)^gpu\[0\.\.7\]\.nvlink\.up +8 +1 +900 ")
        for setting, saying in (("platform.devices.gpu.mem_bw_GB=1", "did you mean 'mem_bw_GBs'?"),
                                ("platform.devices.gp.mem_bw_GBs=1", "did you mean 'gpu'?"),
                                ("platform.device.gpu.mem_bw_GBs=1", "did you mean 'devices'?"),
                                ("platform.devices.gpu.mem_bw_GBs=0", "expected a number above 0")):
            self.refused("platform", "show", file, "--set", setting, saying=("--set: platform.device", saying))

    def test_a_swept_figure_changes_the_run(self):
        self.mine()
        scenario = self.small(mapping="{ default: dimm }")
        self.write("s.yaml", scenario.read_text() + "architectures: [mine.yaml]\nplatform: machine.yaml\n")
        times = [self.result(self.folder / "s.yaml", *settings)["time_s"] for settings in
                 ((), ("--set", "platform.devices.dimm.mem_bw_GBs=200"), ("--set", "platform.links.channel.bw_GBs=1"))]
        self.assertLess(times[1], times[0])
        self.assertLess(times[0], times[2])

    def test_a_file_of_one_device_is_the_generated_machine(self):
        scenario = self.small(mapping="{ default: PIM-AI-4chip }")
        title = "One PIM-AI device of four chips\n\n"
        self.assertEqual(self.show("one_device.yaml"), title + self.show(scenario))

    def test_messages(self):
        self.refused("platform", "show", self.mine(), saying=(f"{self.folder / 'machine.yaml'}:3", "devices[0].architecture",
                                                              "unknown device 'Mine'"))
        bad = self.write("bad.yaml", "devices: [{ name: a, architecture: H100, cuont: 3 }]")
        self.refused("platform", "show", bad, saying=("bad.yaml:1: devices[0].cuont: unknown key",
                                                      "did you mean 'count'?"))
        self.refused("platform", "show", "gpu_servr.yaml", saying="no such file", cwd=self.folder)
        self.refused("platform", "show", self.folder, saying="a folder")
        for text in ("", "text", "- 1", "[", "name: x"):
            self.refused("platform", "show", self.write("bad.yaml", text), saying="bad.yaml")
        for key in ("host: {}", "links: []", "networks: []"):
            self.refused("platform", "show", self.write("bad.yaml", f"{key}\ndevice: []"),
                         saying="bad.yaml:1: devices: missing; expected a value (there is a 'device')")


class PlatformList(CliTest):
    def test_all_with_devices_and_titles(self):
        names, rule, *rows = self.good("platform", "list").splitlines()
        self.assertEqual(names.split(), ["platform", "devices", "title"])
        self.assertEqual(rule.strip("-"), "")
        self.assertEqual([row.split()[0] for row in rows], [path.name for path in PLATFORMS])
        self.assertIn("gpu_pim.yaml        2 gpu, 16 dimm  GPU host, two H100 SXM beside 16 PIM-AI DIMMs on 8 channels", rows)

    def test_of_another_data_folder(self):
        for name in ("architectures", "platforms"):
            (self.folder / name).mkdir()
        env = environment(UPMEM_DES_DATA=str(self.folder))
        self.assertEqual(len(self.good("platform", "list", env=env).splitlines()), 2)
        self.write("platforms/x.yaml", "devices: []")
        self.refused("platform", "list", env=env, saying="x.yaml:1: devices: an empty list")


class Drawings(CliTest):
    def test_each_platform_has_one_that_is_up_to_date(self):
        folder = PROJECT / "docs" / "platforms"
        self.assertEqual([path.stem for path in sorted(folder.glob("*.svg"))], [path.stem for path in PLATFORMS])
        for path in PLATFORMS:
            with self.subTest(platform=path.name):
                source = self.good("platform", "show", path, "--format", "dot", env=environment(UPMEM_DES_DATA=str(PROJECT)))
                svg = (folder / f"{path.stem}.svg").read_text()
                self.assertIn("<svg", svg)
                self.assertEqual(svg.split("<!--\n")[-1], source.replace("--", "- -") + "-->\n",
                                 "run scripts/draw-platforms")

    def test_the_documentation_shows_each(self):
        text = (PROJECT / "docs" / "platforms.md").read_text()
        for path in PLATFORMS:
            self.assertIn(f"](platforms/{path.stem}.svg)", text)
            self.assertIn(f"`{path.name}`", text)
