"""`arch`: the device profiles."""

import yaml

from program import PROJECT, CliTest, device_yaml, run


def shipped_devices():
    files = sorted((PROJECT / "architectures").glob("*.yaml"))
    return {name: figures for file in files for name, figures in yaml.safe_load(file.read_text()).items()}


class Arch(CliTest):
    def test_list_has_every_device_with_its_figures(self):
        devices = shipped_devices()
        self.assertEqual(len(devices), 29 + 14 + 6 + 9 + 1,
                         "published devices, cards, TPUs, Macs, a server, memories that compute, and HOST")
        names, units, rule, *rows = self.good("arch", "list").splitlines()
        self.assertEqual(names.split()[0], "device")
        self.assertEqual(units.split(), ["GB/s", "pJ/bit"] * 3 + ["TFLOP/s", "TFLOP/s", "pJ/FLOP"])
        self.assertEqual(rule.strip("-"), "")
        table = {row.split()[0]: row.split()[1:] for row in rows}
        self.assertEqual(table.keys(), devices.keys())
        for name, figures in devices.items():
            keys = [f"{way}_{key}" for way in ("host_to_device", "device_to_host", "mem")
                    for key in ("bw_GBs", "pj_per_bit")]
            tflops = figures["tflops"]
            expected = [figures[key] for key in keys] + [tflops["bfloat16"] if isinstance(tflops, dict) else tflops]
            self.assertEqual([float(cell) for cell in table[name][:7]], [float(f"{value:.6g}") for value in expected])
            self.assertEqual(float(table[name][7].replace("-", "0")), figures.get("tflops_int4", 0))
            self.close(float(table[name][8]), figures["pj_per_tflop"] * 1e-12, 1e-5, name)

    def test_list_with_more_devices(self):
        ours = self.write("ours.yaml", device_yaml("Mine") + device_yaml("H100", tflops=1))
        plain, more = (self.good("arch", "list", *options).splitlines() for options in ((), ("--extra-archs", ours)))
        self.assertEqual(len(more), len(plain) + 1)
        self.assertRegex("\n".join(more), r"(?m)^Mine +10 +20 +5 +30 +100 +1 +4 +- +0\.4 +assumed$")
        self.assertRegex("\n".join(more), r"(?m)^H100 +10 +20 +5 +30 +100 +1 +1 +- +0\.4 +assumed$")

    def test_show_takes_hyphens_and_underscores(self):
        text = self.good("arch", "show", "PIM-AI-4chip")
        self.assertEqual(text, self.good("arch", "show", "PIM_AI_4chip"))
        for line in (r"PIM_AI_4chip \(.*pim_ai\.yaml:\d+\)", r"host to device +12\.8 +GB/s", r" +80 +pJ/bit",
                     r"arithmetic +20 +TFLOP/s", r"at int4 +128 +TFLOP/s", r"softmax +0\.1 +ns per element"):
            self.assertRegex(text, line)

    def test_show_of_every_device(self):
        for name in shipped_devices():
            text = self.good("arch", "show", name)
            self.assertTrue(text.startswith(name + " ("))
            self.check_words(text, ("GB/s", "pJ/bit", "TFLOP/s", "W at full rate"))

    def test_show_says_where_published_figures_contradict_data_sheets(self):
        for name, saying in (("H100", "PCIe card"), ("H200", "4800 GB/s"), ("A800", "PIM-AI"), ("DGX100", "NVLink")):
            text = self.good("arch", "show", name)
            self.assertRegex(text, r"(?m)^  note  +A published device, ideal[.:]")
            self.check_words(" ".join(text.split()), (saying,))
        self.assertNotIn("  note", self.good("arch", "show", "HOST"))

    def test_a_misspelt_device_is_met_with_the_nearest(self):
        self.refused("arch", "show", "PIM-AI-4chp", saying=("'PIM-AI-4chp'", "did you mean 'PIM_AI_4chip'?"))
        self.refused("arch", "show", "h100", saying="did you mean 'H100'?")
        self.refused("arch", "show", "", saying="unknown device")

    def test_validate(self):
        good = self.write("good.yaml", device_yaml("One") + device_yaml("Two", idle_W=3, capacity_GB=16))
        self.assertEqual(self.good("arch", "validate", good), f"{good}: 2 devices, all good\n")
        for file in (PROJECT / "architectures").glob("*.yaml"):
            self.check_words(self.good("arch", "validate", file), "all good")
        bad = self.write("bad.yaml", device_yaml("One", tflops=-1))
        self.refused("arch", "validate", bad, saying=(f"{bad}:8: One.tflops", "'-1'", "above 0"))
        self.refused("arch", "validate", self.folder / "none.yaml", saying="no such file")
        self.refused("arch", "validate", self.folder, saying="folder")
        self.refused("arch", "validate", self.write("empty.yaml", ""), saying="empty")

    def test_validate_takes_files_in_turn(self):
        good, bad = self.write("good.yaml", device_yaml()), self.write("bad.yaml", "One: 3\n")
        self.assertEqual(self.good("arch", "validate", good, good), 2 * f"{good}: 1 device, all good\n")
        outcome = run("arch", "validate", good, bad, good)
        self.assertEqual((outcome.code, outcome.out), (2, f"{good}: 1 device, all good\n"))
        self.check_messages(outcome.err, ["error"])
        self.check_words(outcome.err, f"{bad}:1: One:")
