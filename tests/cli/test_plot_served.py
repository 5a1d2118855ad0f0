"""scripts/plot_served: pictures of what a server did, and what it says of files that are none."""

import struct
import subprocess
import unittest

from program import PROJECT, CliTest

SCRIPT = PROJECT / "scripts" / "plot_served"
REQUESTS = """\
id,ttft_s,tpot_s,e2e_s,rejected
0,0.5,0.01,1.5,
1,1.5,,1.5,
2,,,,too long
"""
SERIES = """\
t_s,running,waiting,kv_blocks,prompt_tokens,output_tokens,power_W
1,2,0,5,10,3,300
2,0,0,0,0,4,250
"""
HAS_MATPLOTLIB = subprocess.run(["/usr/bin/python3", "-c", "import matplotlib"], capture_output=True).returncode == 0


class PlotServed(CliTest):
    def setUp(self):
        super().setUp()
        self.write("r.csv", REQUESTS)
        self.write("s.csv", SERIES)

    def plot(self, *arguments):
        done = subprocess.run(["/usr/bin/python3", "-B", SCRIPT, *map(str, arguments)], cwd=self.folder, capture_output=True,
                              text=True)
        return done.returncode, done.stdout, done.stderr

    def refused(self, message, *arguments):
        self.assertEqual(self.plot(*arguments), (2, "", f"plot_served: {message}\n"))

    @unittest.skipUnless(HAS_MATPLOTLIB, "needs Debian's python3-matplotlib")
    def test_pictures(self):
        self.assertEqual(self.plot("r.csv"), (0, "", ""))
        self.assertEqual(self.plot("r.csv", "s.csv", "-o", "both", "--ttft", 1, "--title", "a $run"), (0, "", ""))
        sizes = []
        for name in ("r.png", "both.png"):
            start = (self.folder / name).read_bytes()[:24]
            self.assertEqual(start[:8], b"\x89PNG\r\n\x1a\n")
            sizes.append(struct.unpack(">II", start[16:]))
        self.assertEqual([width for width, _ in sizes], [1300, 1300])
        self.assertLess(sizes[0][1], sizes[1][1])
        drawn = (self.folder / "both.svg").read_text(encoding="utf-8")
        for text in ("time to first token (s)", "time per output token (ms)", "end to end (s)", "50 % within 1 s", "running",
                     "waiting", "KV blocks in use", "power (W)", "a $run"):
            self.assertIn(text, drawn)

    def test_messages(self):
        self.refused("no.csv: no such file", "no.csv")
        self.write("empty.csv", "id,ttft_s\n")
        self.refused("empty.csv: has no rows; expected what 'upmem-des run' writes of requests or of spans", "empty.csv")
        self.refused("s.csv: has no column ttft_s; expected what 'upmem-des run' writes of requests or of spans", "s.csv")
        self.refused("r.csv: has no column t_s; expected what 'upmem-des run' writes of requests or of spans", "r.csv", "r.csv")
        self.write("none.csv", "id,ttft_s,tpot_s,e2e_s,rejected\n0,,,,too long\n")
        self.refused("none.csv: no request was served; expected some that were", "none.csv")
        for value in ("x", "nan", "inf"):
            self.write("bad.csv", f"id,ttft_s,tpot_s,e2e_s\n0,1,1,1\n1,{value},1,1\n")
            self.refused(f"bad.csv:3: ttft_s: '{value}' is no number", "bad.csv")
        for value in ("0", "-1", "inf", "x"):
            self.refused(f"argument --tpot: '{value}'; expected a time above 0, in s", "r.csv", f"--tpot={value}")


if __name__ == "__main__":
    unittest.main()
