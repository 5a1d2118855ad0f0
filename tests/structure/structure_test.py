"""The rooms of src/ keep to the architecture: includes follow the build files, and the picture shows what they say."""

import collections
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
SOURCE = ROOT / "src"
HOMES = {
    r"<(simgrid|xbt)/": {"simulation"},
    r"<(torch|ATen|c10)/": {"profiler"},
    r"<sentencepiece": {"tokenizer"},
    r"<pcre2\.h>": {"unicode"},
    r"<utf8proc\.h>": {"unicode"},
    r"<yaml-cpp/": {"util"},
    r"<CLI/": {"cli"},
    r"<spdlog/": {"cli"},
    r"<simdjson": {"trace"},
    r"<(pybind11/|Python\.h)": {"python"},
    r"<zlib\.h>": {"lines", "profiler", "trace"},
    r"<xxhash\.h>": {"util"},
}


def used_rooms():
    rooms = {}
    for build_file in SOURCE.glob("*/CMakeLists.txt"):
        text = build_file.read_text()
        uses = re.search(r"USES ([\w\s]+?)(?:PRIVATE|PUBLIC|\))", text)
        rooms[build_file.parent.name] = set(uses.group(1).split()) if uses else set()
    return rooms


def reachable(rooms, room):
    found, waiting = set(), {room}
    while waiting:
        at = waiting.pop()
        found.add(at)
        waiting |= rooms[at] - found
    return found


def includes():
    for path in sorted(SOURCE.rglob("*.[ch]pp")):
        relative = path.relative_to(SOURCE)
        if len(relative.parts) > 1:
            for target in re.findall(r'^#include ([<"][^>"]+[>"])', path.read_text(), re.MULTILINE):
                yield relative, relative.parts[0], target


def named_types(path):
    """The types that a file defines for others, with their namespaces."""
    spaces = []
    for line in path.read_text().splitlines():
        if opened := re.match(r"(?:inline )?namespace(?: ([\w:]+))? \{$", line):
            spaces.append(opened.group(1) or "")
        elif re.match(r"\}  // namespace", line):
            spaces.pop()
        elif defined := re.match(r"(?:template <.*> )?(?:class|struct|union|enum(?: class)?) ([\w:]+)"
                                 r"(?: final)?(?: : [^;]*)? \{", line):
            if "" not in spaces:
                yield "::".join([*spaces, defined.group(1)])


class Structure(unittest.TestCase):
    def test_rooms_form_no_circle(self):
        rooms = used_rooms()
        self.assertGreater(len(rooms), 10)
        for room, uses in rooms.items():
            for used in uses:
                self.assertNotIn(room, reachable(rooms, used), f"{room} and {used} use each other")

    def test_includes_follow_the_build_files(self):
        rooms = used_rooms()
        for path, room, target in includes():
            if target.startswith('"'):
                used = target.strip('"').split("/")[0]
                self.assertIn(used, reachable(rooms, room), f"{path} includes {target}")

    def test_no_room_names_one_that_it_does_not_include(self):
        included = {(room, target.strip('"').split("/")[0]) for _, room, target in includes()}
        for room, uses in used_rooms().items():
            for used in uses:
                self.assertIn((room, used), included)

    def test_each_library_has_one_home(self):
        for path, room, target in includes():
            for pattern, homes in HOMES.items():
                if re.match(pattern, target):
                    self.assertIn(room, homes, f"{path} includes {target}")

    def test_no_private_names_of_simdjson(self):
        for path in (SOURCE / "trace").glob("*.[ch]pp"):
            self.assertNotRegex(path.read_text(), r"simdjson::internal|dom_parser_implementation|structural_indexes")

    def test_the_picture_shows_the_build_files(self):
        text = (ROOT / "docs" / "architecture.svg").read_text()
        drawn = set(re.findall(r"<title>(\w+)&#45;&gt;(\w+)</title>", text))
        built = {(room, used) for room, uses in used_rooms().items() for used in uses}
        self.assertEqual(built, drawn)

    def test_types_have_names_of_their_own(self):
        """A program that links two libraries whose types of one name differ would call the functions of one on the
        other."""
        files = collections.defaultdict(set)
        for path in SOURCE.rglob("*.[ch]pp"):
            for name in named_types(path):
                files[name].add(str(path.relative_to(SOURCE)))
        self.assertGreater(len(files), 200)
        # Built one or the other.
        files.pop("upmem_des::Tokenizer::Engine")
        for name, where in files.items():
            self.assertEqual(1, len(where), f"{name} is defined in {sorted(where)}")

    def test_files_stay_small(self):
        for path in SOURCE.rglob("*.[ch]pp"):
            self.assertLessEqual(len(path.read_text().splitlines()), 400, path)

    def test_headers_are_guarded_and_sources_are_built(self):
        for path in SOURCE.rglob("*.hpp"):
            self.assertIn("#pragma once", path.read_text(), path)
        for path in SOURCE.rglob("*.cpp"):
            if path.name == "main.cpp":
                continue
            room = SOURCE / path.relative_to(SOURCE).parts[0]
            name = str(path.relative_to(room))
            self.assertRegex((room / "CMakeLists.txt").read_text(), rf"(?<![\w/]){re.escape(name)}\b", name)


if __name__ == "__main__":
    unittest.main()
