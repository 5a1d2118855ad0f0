"""The rooms of src/ keep to the architecture: includes follow the build files, and the picture shows what they say."""

import collections
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
SOURCE = ROOT / "src"
PUBLIC = ROOT / "include" / "upmem_des"
FRONT_DOOR = PUBLIC / "upmem_des.hpp"
HOMES = {
    r"<(simgrid|xbt)/": {"simulation"},
    r"<(torch|ATen|c10)/": {"profiler"},
    r"<sentencepiece": {"tokenizer"},
    r"<pcre2\.h>": {"unicode"},
    r"<utf8proc\.h>": {"unicode"},
    r"<yaml-cpp/": {"util"},
    r"<CLI/": {"cli"},
    r"<httplib": {"explore"},
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


def files(pattern="*.[ch]pp"):
    """Of all rooms, public headers among them, with the path within src/ or include/upmem_des/, whose first part is the room."""
    for folder in (SOURCE, PUBLIC):
        for path in sorted(folder.rglob(pattern)):
            yield path, path.relative_to(folder)


def included_by(path):
    return re.findall(r'^#include ([<"][^>"]+[>"])', path.read_text(), re.MULTILINE)


def room_of(target):
    """Of what an include line names in quotes."""
    parts = target.strip('"').split("/")
    return parts[1] if parts[0] == "upmem_des" else parts[0]


def includes():
    for path, relative in files():
        if len(relative.parts) > 1:
            for target in included_by(path):
                yield path.relative_to(ROOT), relative.parts[0], target


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
                used = room_of(target)
                self.assertIn(used, reachable(rooms, room), f"{path} includes {target}")

    def test_no_room_names_one_that_it_does_not_include(self):
        included = {(room, room_of(target)) for _, room, target in includes()}
        for room, uses in used_rooms().items():
            for used in uses:
                self.assertIn((room, used), included)

    def test_each_library_has_one_home(self):
        for path, room, target in includes():
            for pattern, homes in HOMES.items():
                if re.match(pattern, target):
                    self.assertIn(room, homes, f"{path} includes {target}")

    def test_json_is_parsed_in_one_room(self):
        for path, relative in files():
            if relative.parts[0] not in ("json", "trace"):
                self.assertNotRegex(path.read_text(), r"\b[Jj]son::(sax_)?parse\(|json_sax|\.get(_ref)?<", path)
        for path in (SOURCE / "json").glob("*.hpp"):
            self.assertNotIn("nlohmann", path.read_text(), path)

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
        definitions = collections.defaultdict(set)
        for path, _ in files():
            for name in named_types(path):
                definitions[name].add(str(path.relative_to(ROOT)))
        self.assertGreater(len(definitions), 200)
        # Built one or the other.
        definitions.pop("upmem_des::Tokenizer::Engine")
        for name, where in definitions.items():
            self.assertEqual(1, len(where), f"{name} is defined in {sorted(where)}")

    def test_public_headers_include_public_headers_alone(self):
        headers = {f"upmem_des/{relative}" for path, relative in files() if PUBLIC in path.parents}
        self.assertGreater(len(headers), 50)
        for path in PUBLIC.rglob("*"):
            self.assertTrue(path.is_dir() or path.suffix == ".hpp", path)
        for path in PUBLIC.rglob("*.hpp"):
            for target in included_by(path):
                if target.startswith('"'):
                    self.assertIn(target.strip('"'), headers, f"{path} includes {target}")
                else:
                    self.assertRegex(target, r"^<[a-z_]+>$|^<torch/torch\.h>$", f"{path} includes {target}")

    def test_the_front_door_has_all_public_headers(self):
        """But for that of the profiler, which needs libtorch."""
        rest = {f'"upmem_des/{path.relative_to(PUBLIC)}"' for path in PUBLIC.rglob("*.hpp") if path != FRONT_DOOR}
        rest.remove('"upmem_des/profiler/profiler.hpp"')
        self.assertEqual(sorted(rest), included_by(FRONT_DOOR))

    def test_one_version_everywhere(self):
        version = re.search(r"project\(upmem-des VERSION ([\d.]+) ", (ROOT / "CMakeLists.txt").read_text()).group(1)
        self.assertIn(f"\nversion: {version}\n", (ROOT / "CITATION.cff").read_text())
        self.assertRegex((ROOT / "CHANGELOG.md").read_text(), rf"\A# Changes\n[^#]*## {re.escape(version)} \(")

    def test_files_stay_small(self):
        for path, _ in files():
            self.assertLessEqual(len(path.read_text().splitlines()), 400, path)

    def test_headers_are_guarded_and_sources_are_built(self):
        for path, _ in files("*.hpp"):
            self.assertIn("#pragma once", path.read_text(), path)
        for path in SOURCE.rglob("*.cpp"):
            if path.name == "main.cpp":
                continue
            room = SOURCE / path.relative_to(SOURCE).parts[0]
            name = str(path.relative_to(room))
            self.assertRegex((room / "CMakeLists.txt").read_text(), rf"(?<![\w/]){re.escape(name)}\b", name)


if __name__ == "__main__":
    unittest.main()
