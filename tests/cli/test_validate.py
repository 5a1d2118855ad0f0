"""`validate` and `calibrate`: profiles beside measured kernels."""

import csv
import io
import json
import os
import unittest

import yaml

from program import PROJECT, CliTest, device_yaml, run

MEASURED = PROJECT / "tests" / "data" / "measured"
HEADER = ("hardware,model,op,m,n,k,batch,q_heads,kv_heads,head_dim,q_len,kv_len,comm_bytes,devices,dtype,"
          "measured_time_us,power_W,stat,note,source\n")
# Mean errors that issue and docs promise; of a sample, so with some room for chance.
GOALS = {"product bfloat16": 6.5, "product float16": 6.5, "product fp8": 12, "attention_decode": 12,
         "attention_prefill": 15, "attention_mixed": 15, "elementwise": 15, "collective": 17, "experts bfloat16": 25,
         "experts fp8": 25, "experts fp8-b128": 25, "experts nvfp4": 25, "experts mxfp4": 30}


def product_row(hardware="DEV", m=100, n=1000, k=1000, us=300, dtype="bf16", note=""):
    return f"{hardware},-,matmul,{m},{n},{k},,,,,,,,1,{dtype},{us},,mean,{note},lab\n"


class Validate(CliTest):
    def test_the_shipped_profiles_keep_their_errors(self):
        done = json.loads(self.good("validate", MEASURED / "kernels.csv", MEASURED / "experts.csv", "-q",
                                    "--json", "/dev/stdout"))
        pooled = {group["class"]: group for group in done["pooled"]}
        for kind, most in GOALS.items():
            with self.subTest(kind):
                self.assertGreater(pooled[kind]["rows"], 10)
                self.assertLess(pooled[kind]["mean_pct"], most)
        devices = {group["device"] for group in done["groups"]}
        self.assertEqual(devices, {"A100_80GB_SXM", "H100_80GB_SXM", "H200_SXM", "B200_SXM", "L40S", "RTX4090",
                                   "RTX_PRO_6000_Blackwell_Server"})

    def test_errors_are_by_hand(self):
        # 200 us at 1 TFLOP/s: +100, 0 and -50 %.
        archs = self.write("a.yaml", device_yaml("DEV", tflops=1, mem_bw_GBs=1000))
        rows = self.write("m.csv", HEADER + product_row(us=100) + product_row(us=200) + product_row(us=400))
        text = self.good("validate", rows, "--extra-archs", archs, "--json", (self.folder / "o.json"), "--csv", (self.folder / "o.csv"),
                         "--worst", 1)
        group = {"rows": 3, "mean_pct": 50, "median_pct": 50, "p90_pct": 100, "suspect": 1}
        done = json.loads((self.folder / "o.json").read_text())
        self.assertEqual(len(done["groups"]), 1)
        self.assertEqual((done["groups"][0]["device"], done["groups"][0]["class"]), ("DEV", "product bfloat16"))
        for found in (done["groups"][0], done["pooled"][0]):
            for key, value in group.items():
                self.close(found[key], value, 1e-12, key)
            self.close(found["bias_pct"], 50 / 3, 1e-12)
        table = list(csv.DictReader(io.StringIO((self.folder / "o.csv").read_text())))
        self.assertEqual([row["line"] for row in table], ["2", "3", "4"])
        self.assertEqual([float(row["estimated_us"]) for row in table], [200, 200, 200])
        self.assertEqual([row["suspect"] for row in table], ["1", "0", "0"])
        self.assertIn("m.csv:2", text)
        self.assertRegex(text, r"DEV +product bfloat16 +3 +50\.0 +50\.0 +100\.0 +\+16\.7 +1")

    def test_devices_that_compute_in_banks_are_told_of(self):
        said = "estimated without `pim`, what runs in banks of a memory: "
        rows = self.write("m.csv", HEADER + product_row("HBM_PIM") + product_row("A40") + product_row("AiM_GDDR6"))
        self.assertIn(said + "AiM_GDDR6, HBM_PIM\n", self.good("validate", rows))
        rows = self.write("n.csv", HEADER + product_row("A40"))
        self.assertNotIn("pim", self.good("validate", rows))

    def test_constants_and_what_is_left_out(self):
        archs = self.write("a.yaml", device_yaml("DEV", tflops=1, mem_bw_GBs=1000))
        rows = self.write("m.csv", HEADER + product_row(us=220) + product_row(us=900, note="broken") +
                          product_row(us=1, note="warm L2 possible"))
        text = self.good("validate", rows, "--extra-archs", archs, "--constant", "lab=20", "--leave-out", "note=broken,op=matmul")
        self.assertRegex(text, r"DEV +product bfloat16 +1 +0\.0 ")
        self.assertIn("1 row not taken: --leave-out", text)
        self.assertIn("1 row not taken: noted", text)

    def test_what_is_wrong_is_one_line_and_nothing_is_written(self):
        archs = self.write("a.yaml", device_yaml("DEV"))
        output = (self.folder / "o.json")

        def refused(text, saying, *options):
            with self.subTest(saying):
                rows = self.write("m.csv", text)
                self.refused("validate", rows, "--extra-archs", archs, "--json", output, *options, saying=saying)
                self.assertFalse(output.exists())

        refused(HEADER + product_row("DEVV"), "m.csv:2: hardware: unknown device 'DEVV'; expected one of upmem-des arch list, "
                                              "or of --extra-archs; did you mean 'DEV'?")
        refused(HEADER + product_row(us=0), "m.csv:2: measured_time_us: '0'; expected a time above 0")
        refused(HEADER + product_row(us=-1), "m.csv:2: measured_time_us: '-1'; expected a number from 0")
        refused(HEADER + product_row(m=""), "m.csv:2: m: missing; expected a number, which matmul depends on")
        refused(HEADER, "m.csv: no rows to compare; expected some that are taken")
        refused("", "m.csv: empty; expected a line of column names")
        refused(HEADER + product_row(), "--constant: 'lab'; expected TEXT=US, such as LLMCompass=22", "--constant", "lab")
        refused(HEADER + product_row(), "--constant: 'x'; expected microseconds from 0 to 1e9", "--constant", "lab=x")
        refused(HEADER + product_row(), "--leave-out: no row is left out; expected columns and texts that some have",
                "--leave-out", "note=nothing")
        self.refused("validate", (self.folder / "none.csv"), saying="none.csv: no such file")

    def test_what_is_read_is_not_written_over(self):
        archs = self.write("a.yaml", device_yaml("DEV"))
        rows = self.write("m.csv", HEADER + product_row())
        before = archs.read_text(), rows.read_text()
        for option in ("--json", "--csv"):
            for read in (archs, rows):
                self.refused("validate", rows, "--extra-archs", archs, option, read, saying=str(read))
        self.assertEqual((archs.read_text(), rows.read_text()), before)


def measured_trace(rows, name="up"):
    """Linears of [m, k] by [k, n] that took so many microseconds."""
    lines = [{"format": "upmem-des-trace", "version": 1, "model": "tiny", "dtype": "float32", "batch": 1, "source": "test"}]
    for seq, (m, n, k, us) in enumerate(rows):
        lines.append({"seq": seq, "kind": "layer", "type": "Linear", "name": name, "id": seq, "phase": "prefill", "step": 0,
                      "input_shape": [m, k], "weight_shape": [k, n], "output_shape": [m, n], "start_ns": seq * 1_000_000,
                      "duration_ns": us * 1000})
    return "".join(json.dumps(line) + "\n" for line in lines)


class ValidateTraces(CliTest):
    def test_what_was_profiled_is_a_measurement_of_the_host(self):
        # 1 TFLOP/s: 200 us, measured 400; the call of 0.5 us is too short.
        archs = self.write("a.yaml", device_yaml("HOST", tflops=1, mem_bw_GBs=1000))
        trace = self.write("t.jsonl", measured_trace([(100, 1000, 1000, 400), (1, 8, 8, 0.5)]))
        text = self.good("validate", trace, "--extra-archs", archs)
        self.assertRegex(text, r"HOST +product float32 +1 +50\.0 +50\.0 +50\.0 +-50\.0 +0")
        self.assertIn("1 row not taken: too short", text)

    def test_csv_fields_are_quoted(self):
        archs = self.write("a.yaml", device_yaml("HOST", tflops=1, mem_bw_GBs=1000))
        trace = self.write("a, \"b\".jsonl", measured_trace([(100, 1000, 1000, 400)], name='mlp, "up"'))
        output = self.folder / "o.csv"
        self.good("validate", trace, "--extra-archs", archs, "--csv", output)
        self.assertEqual(len(output.read_text().splitlines()), 2)
        with open(output, newline="") as file:
            (row,) = csv.DictReader(file, strict=True)
        self.assertEqual((row["file"], row["device"], row["class"], row["op"], row["shape"]),
                         (str(trace), "HOST", "product float32", 'mlp, "up"', 'mlp, "up"_[100, 1000][100, 1000]'))
        self.assertEqual((row["measured_us"], row["estimated_us"], row["suspect"]), ("400", "200", "0"))
        self.assertNotIn(None, row)

    def test_without_times_it_is_none(self):
        trace = self.write("t.jsonl", "\n".join(line.replace("start_ns", "x_begin").replace("duration_ns", "x_took")
                                                for line in measured_trace([(4, 8, 8, 5)]).splitlines()) + "\n")
        self.refused("validate", trace, saying="t.jsonl: no measured times; expected a trace of upmem-des profile or "
                                               "scripts/capture_torch.py")


@unittest.skipUnless(os.environ.get("UPMEM_DES_HAS_CALIBRATION") == "1", "built without NLopt")
class Calibrate(CliTest):
    def test_a_profile_is_written_that_validates_as_it_says(self):
        output = (self.folder / "fit.yaml")
        text = self.good("calibrate", MEASURED / "kernels.csv", "--arch", "H100-80GB-SXM", "--holdout", 0.3, "--leave-out",
                         "op=attention", "--leave-out", "op=all", "--leave-out", "op=r", "--leave-out", "dtype=fp8",
                         "--leave-out", "dtype=fp16", "-o", output)
        self.assertRegex(text, r"product +bfloat16 +in sample +30 ")
        self.assertRegex(text, r"product +bfloat16 +held out +\d+ ")
        fitted = yaml.safe_load(output.read_text())
        self.assertEqual(list(fitted), ["H100_80GB_SXM"])
        self.assertEqual(fitted["H100_80GB_SXM"]["basis"], "measured")
        self.assertIn("fitted by upmem-des calibrate on ", output.read_text())
        self.good("arch", "validate", output)
        done = json.loads(self.good("validate", MEASURED / "kernels.csv", "--extra-archs", output, "-q", "--json", "/dev/stdout"))
        group = next(group for group in done["groups"] if (group["device"], group["class"]) ==
                     ("H100_80GB_SXM", "product bfloat16"))
        self.assertRegex(text, rf"in sample +30 +{group['mean_pct']:.1f} ")

    def test_the_host_is_calibrated_from_what_was_profiled(self):
        # 3 us and what 0.5 TFLOP/s and 50 GB/s take of 4-byte numbers.
        sizes = [(m, 64 * n, 64 * k) for m in (1, 4, 16, 64, 256) for n in (4, 8, 16) for k in (4, 8, 32)]
        rows = [(m, n, k, 3 + max(2e6 * m * n * k / 0.5e12, 4e6 * (m * k + n * k + m * n) / 50e9)) for m, n, k in sizes]
        archs = self.write("a.yaml", device_yaml("HOST", tflops=1, mem_bw_GBs=100))
        output = self.folder / "host.yaml"
        text = self.good("calibrate", self.write("t.jsonl", measured_trace(rows)), "--arch", "HOST", "--extra-archs", archs,
                         "-o", output)
        error = float(text.splitlines()[2].split()[5])
        self.assertLess(error, 3)
        self.assertEqual(list(yaml.safe_load(output.read_text())), ["HOST"])

    def test_what_is_wrong(self):
        output = (self.folder / "fit.yaml")

        def refused(saying, *options, rows=MEASURED / "kernels.csv"):
            with self.subTest(saying):
                self.refused("calibrate", rows, *options, "-o", output, saying=saying)
                self.assertFalse(output.exists())

        refused("--arch: unknown device 'H100_80'", "--arch", "H100_80")
        few = self.write("few.csv", HEADER + product_row("L40S") * 3)
        refused("few.csv:2: too few rows of product to fit the 9 numbers that move them: 3; expected 18 or more, or --leave-out",
                "--arch", "L40S", rows=few)
        refused("no rows of PIM_AI_1chip; expected some of its hardware", "--arch", "PIM-AI-1chip")


if __name__ == "__main__":
    unittest.main()
