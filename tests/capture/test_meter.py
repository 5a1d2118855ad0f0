"""Time and energy of whole passes, and where a network has come to."""

import tempfile
import unittest
from pathlib import Path

import captured  # noqa: F401 - says where the scripts are
from torch_capture.meter import Meter
from torch_capture.reached import Place, place_text


class Meters(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "energy_uj"
        self.file.write_text("100\n")

    def test_what_a_counter_has_counted(self):
        meter = Meter([f"1000:{self.file}"])
        meter.run(lambda: self.file.write_text("350\n"))
        meter.run(lambda: self.file.write_text("900\n"))
        meter.run(lambda: self.file.write_text("20\n"))  # 100 up to its largest value of 1000, then 20
        self.assertEqual([(phase["passes"], phase["energy_uj"]) for phase in meter.phases], [(1, [250]), (2, [550 + 120])])
        self.assertTrue(all(phase["time_s"] > 0 for phase in meter.phases))

    def test_a_counter_that_is_lost(self):
        meter = Meter([f"1000:{self.file}"])
        meter.run(lambda: None)
        meter.run(self.file.unlink)
        meter.run(lambda: self.file.write_text("x"))
        self.assertEqual([phase["energy_uj"] for phase in meter.phases], [[0], None])

    def test_without_counters(self):
        meter = Meter([])
        meter.run(lambda: None)
        self.assertEqual([(phase["passes"], phase["energy_uj"]) for phase in meter.phases], [(1, []), (0, [])])

    def test_the_place_is_what_was_written_last(self):
        place = Place(str(self.file))
        place.write(place_text("layer", "encoder.0.fc1", "Linear"))
        place.write(place_text("function", "relu"))
        place.write(place_text("layer", "x" * 5000, "Linear"))
        place.write(place_text("function", "relu"))
        self.assertEqual(self.file.read_bytes().split(b"\0")[0], b"function 'relu'")
        self.assertEqual(len(self.file.read_bytes()), 1024)


if __name__ == "__main__":
    unittest.main()
