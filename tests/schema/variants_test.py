"""Holds the JSON schemas to the readers of files: what one takes of many variants of files, the other takes, too.

    variants_test.py PROJECT_FOLDER FILE_READER

Each variant is a file with one thing changed: a key left out, set to another value, one that the schema knows and the
file lacks put in, or one that nobody knows. EXCEPTIONS are what a schema cannot say. Needs Debian's python3-jsonschema
and python3-yaml; ends with 77 (skipped) without them.
"""

import copy
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

from exceptions import EXCEPTIONS  # noqa: E402

project = pathlib.Path(sys.argv[1])
FILE_READER = sys.argv.pop(2)
sys.argv.pop(1)

VALUES = (None, -1, 0, 0.5, 1, 2, 3, 1e-10, 1e19, 10**12, "", "x", "1", "auto", True, False, [], [1], ["x"], {}, {"x": 1})
PUT_IN = (0, 0.5, 1, "x", True, [1], {})
ABSENT = object()


class Schema:
    """A schema, and what it says at a place of a document."""

    def __init__(self, path):
        self.document = json.loads((project / path).read_text())
        checker = jsonschema.validators.validator_for(self.document)
        checker.check_schema(self.document)
        self.validator = checker(self.document)

    def parts(self, schema):
        """A schema and all that it may stand for at its place."""
        if not isinstance(schema, dict):
            return
        yield schema
        if "$ref" in schema:
            part = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                part = part[step]
            yield from self.parts(part)
        for key in ("allOf", "anyOf", "oneOf"):
            for one in schema.get(key, ()):
                yield from self.parts(one)
        for key in ("then", "else"):
            yield from self.parts(schema.get(key))

    def below(self, schemas, step):
        """What may stand for the value at a step below any of `schemas`."""
        for schema in schemas:
            for part in self.parts(schema):
                if isinstance(step, int):
                    yield from [part["items"]] if isinstance(part.get("items"), dict) else ()
                elif step in part.get("properties", {}):
                    yield part["properties"][step]
                elif isinstance(part.get("additionalProperties"), dict):
                    yield part["additionalProperties"]

    def at(self, path):
        schemas = [self.document]
        for step in path:
            schemas = list(self.below(schemas, step))
        return schemas

    def keys(self, path):
        return {key for schema in self.at(path) for part in self.parts(schema) for key in part.get("properties", {})}

    def names(self, path):
        """The texts that an enumeration has there."""
        return [name for schema in self.at(path) for part in self.parts(schema)
                for name in (*part.get("enum", ()), *([part["const"]] if "const" in part else ()))]


def places(value, path=()):
    """Every value of a document, with the keys that lead to it."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from places(item, (*path, step))


def changed(document, path, value):
    document = copy.deepcopy(document)
    if not path:
        return value
    part = document
    for step in path[:-1]:
        part = part[step]
    if value is ABSENT:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return document


def variants(schema, document):
    """Pairs of a place and the document with a change there."""
    for path, value in places(document):
        if path:
            yield path, changed(document, path, ABSENT)
        for other in (*VALUES, *schema.names(path)):
            if type(other) is not type(value) or other != value:
                yield path, changed(document, path, other)
        if isinstance(value, dict):
            yield (*path, "colour"), changed(document, (*path, "colour"), "red")
            for key in sorted(schema.keys(path) - set(value)):
                for put in (*PUT_IN, *schema.names((*path, key))):
                    yield (*path, key), changed(document, (*path, key), put)


# Files that are there, whatever is in them: what they hold is read later.
PRESENT = ("a.json", "a.jsonl", "a.jsonl.gz", "a.csv", "a.csv.gz", "a.pt", "a.pt2", "a.yaml")


def local(value):
    """A document whose files are those of the folder."""
    if isinstance(value, dict):
        return {key: local(item) for key, item in value.items()}
    if isinstance(value, list):
        return [local(item) for item in value]
    ending = re.search(r"\.(json|jsonl|jsonl\.gz|csv|csv\.gz|pt|pt2|yaml)$", value) if isinstance(value, str) else None
    return "a" + ending[0] if ending else value


def files(*patterns):
    for pattern in patterns:
        for path in sorted(project.glob(pattern)):
            document = yaml.safe_load(path.read_text())
            if isinstance(document, dict):
                yield local(document)


def shown(document, path):
    """What stands there, as messages have it."""
    try:
        for step in path:
            document = document[step]
    except (KeyError, IndexError):
        return "left out"
    return json.dumps(document)[:60]


class Variants(unittest.TestCase):
    def readers(self, kind, documents):
        with tempfile.TemporaryDirectory(prefix="upmem-des-variants-") as folder:
            for name in PRESENT:
                (pathlib.Path(folder) / name).write_text("")
            done = subprocess.run([FILE_READER, folder], check=True, capture_output=True, encoding="utf-8",
                                  input="".join(f"{kind} {json.dumps(document)}\n" for document in documents))
        return done.stdout.splitlines()

    def hold(self, kind, schema, bases, count):
        """Of so many variants, drawn by chance, the same each time: all of them would take minutes."""
        drawn = [one for document in bases for one in variants(schema, document)]
        self.assertGreater(len(drawn), count)
        random.Random(1).shuffle(drawn)
        drawn = drawn[:count]
        said = self.readers(kind, [document for _, document in drawn])
        self.assertEqual(len(said), len(drawn))
        accepted = rejected = 0
        problems = []
        for (path, document), answer in zip(drawn, said):
            is_valid = schema.validator.is_valid(document)
            accepted += is_valid and answer == "ok"
            rejected += not is_valid and answer != "ok"
            if is_valid == (answer == "ok"):
                continue
            place = ".".join(map(str, path))
            if not any(one.covers(place, answer) for one in EXCEPTIONS[kind]):
                problems.append(f"{place} = {shown(document, path)}: the schema says {'yes' if is_valid else 'no'}, the program: {answer}")
        self.assertEqual(sorted(set(problems)), [], f"{len(problems)} of {len(drawn)}")
        self.assertGreater(min(accepted, rejected), count // 20)

    def test_architectures(self):
        whole = [document for path in ("cards", "pim_others", "pim_ai") for document in files(f"architectures/{path}.yaml")]
        devices = [{name: figures} for document in whole for name, figures in document.items()]
        self.hold("architecture", Schema("architectures/architecture.schema.json"), devices[:6] + devices[-12:], 6000)

    def test_platforms(self):
        self.hold("platform", Schema("platforms/platform.schema.json"),
                  list(files("platforms/*.yaml")), 6000)

    def test_scenarios(self):
        shipped = files("scenarios/*.yaml", "scenarios/machines/*.yaml", "scenarios/serving/*.yaml", "scenarios/papers/*.yaml")
        self.hold("scenario", Schema("scenarios/scenario.schema.json"), list(shipped), 6000)

    def test_what_is_profiled(self):
        workloads = ({"torchscript": "a.pt", "inputs": ["1x3"], "repeat": 2}, {"exported": "a.pt2", "seed": 3},
                     {"model": "a.json", "profile": True, "prompt_tokens": 4, "output_tokens": 2, "sampling": True, "top_k": 5},
                     {"model": "a.json", "profile": True, "prompt_ids": "a.csv", "output_tokens": 2})
        self.hold("scenario", Schema("scenarios/scenario.schema.json"), [{"workload": one} for one in workloads], 1200)


if __name__ == "__main__":
    unittest.main()
