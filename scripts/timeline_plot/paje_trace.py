"""Reads Paje traces: https://paje.sourceforge.net/download/publication/lang-paje.pdf."""

import math
import re

from pictures.command import BadInput, expect_regular_file

LONGEST_S = 1e30  # what an axis can be made for
LONGEST_LINE = 1 << 20
TOKEN = re.compile(r'"([^"]*)"|(\S+)')


class Container:
    def __init__(self, name, kind, parent, order):
        self.name, self.kind, self.parent, self.order = name, kind, parent, order
        self.open = []      # states that have begun: (start, label, class)
        self.destroyed = False


class Trace:
    """Reads a trace line by line; tells `on_state(container, start, end, label, class)` and `on_arrow(source, start,
    destination, end)` when they end."""

    def __init__(self, path, on_state=lambda *state: None, on_arrow=lambda *arrow: None):
        self.path, self.on_state, self.on_arrow = path, on_state, on_arrow
        self.definitions = {}
        self.kinds = {"0": "0"}      # of container types: name
        self.values = {}             # (type, alias or name): (name, colour)
        self.containers = {}
        self.arrows = {}             # key: (source, start)
        self.start, self.end = math.inf, -math.inf
        self.line = 0

    def fail(self, what):
        raise BadInput(f"{self.path}: line {self.line}: {what}")

    def read(self):
        expect_regular_file(self.path, "a Paje trace")
        try:
            with open(self.path, encoding="utf-8", errors="replace") as file:
                definition = None
                while text := file.readline(LONGEST_LINE):
                    self.line += 1
                    if len(text) == LONGEST_LINE:
                        self.fail("longer than any line of a Paje trace")
                    definition = self.read_line([quoted or plain for quoted, plain in TOKEN.findall(text)], definition)
        except OSError as error:
            raise BadInput(f"{self.path}: {error.strerror}") from None
        if self.line == 0:
            raise BadInput(f"{self.path}: empty; expected a Paje trace")
        if not self.definitions:
            raise BadInput(f"{self.path}: no Paje trace: it defines no events")
        self.check_whole()
        return self

    def read_line(self, words, definition):
        if not words or words[0].startswith("#"):
            return definition
        if words[0].startswith("%"):
            return self.read_definition([word for word in [words[0][1:], *words[1:]] if word], definition)
        if words[0] not in self.definitions:
            self.fail(f"no event has the number {words[0][:20]!r}" if self.definitions else
                      "no Paje trace; expected %EventDef")
        name, fields = self.definitions[words[0]]
        if len(words) - 1 != len(fields):
            self.fail(f"{len(words) - 1} fields; expected {len(fields)} of {name}; is the file cut off?")
        self.read_event(name, dict(zip(fields, words[1:])))
        return definition

    def read_definition(self, words, definition):
        if words[:1] == ["EventDef"] and len(words) == 3:
            self.definitions[words[2]] = (words[1], [])
            return words[2]
        if words[:1] == ["EndEventDef"] and definition is not None:
            return None
        if definition is None or len(words) != 2:
            self.fail("no definition of a Paje event")
        self.definitions[definition][1].append(words[0])
        return definition

    def read_event(self, event, fields):
        try:
            if "Time" in fields:
                self.read_time(fields)
            handler = {"PajeDefineContainerType": self.define_type, "PajeDefineEntityValue": self.define_value,
                       "PajeCreateContainer": self.create, "PajeDestroyContainer": self.destroy,
                       "PajePushState": self.push, "PajePopState": self.pop, "PajeSetState": self.set,
                       "PajeResetState": self.reset, "PajeStartLink": self.start_link,
                       "PajeEndLink": self.end_link}.get(event)
            if handler:
                handler(fields)
        except KeyError as error:
            self.fail(f"{event} has no {error} or names something that was not defined")

    def read_time(self, fields):
        try:
            time = float(fields["Time"])
        except ValueError:
            time = math.nan
        if not abs(time) <= LONGEST_S:
            self.fail(f"'{fields['Time']}' is no time")
        if time < self.end:
            self.fail("the time runs backwards")
        self.start, self.end = min(self.start, time), max(self.end, time)
        fields["Time"] = time

    def define_type(self, fields):
        self.kinds[fields.get("Alias", fields["Name"])] = fields["Name"]

    def define_value(self, fields):
        value = (fields["Name"], colour_of(fields.get("Color", "")))
        self.values[fields["Type"], fields.get("Alias", fields["Name"])] = value

    def create(self, fields):
        parent = self.containers.get(fields["Container"])
        kind = self.kinds[fields["Type"]]
        container = Container(fields["Name"], kind, parent, len(self.containers))
        self.containers[fields.get("Alias", fields["Name"])] = container

    def destroy(self, fields):
        container = self.containers[fields["Name"]]
        while container.open:
            self.finish(container, fields["Time"])
        container.destroyed = True

    def push(self, fields):
        name, colour = self.values.get((fields["Type"], fields["Value"]), (fields["Value"], None))
        state = (fields["Time"], name, fields.get("Class"), colour)
        self.containers[fields["Container"]].open.append(state)

    def pop(self, fields):
        container = self.containers[fields["Container"]]
        if not container.open:
            self.fail(f"a state of {container.name} ends that did not begin")
        self.finish(container, fields["Time"])

    def set(self, fields):
        self.reset(fields)
        self.push(fields)

    def reset(self, fields):
        while self.containers[fields["Container"]].open:
            self.finish(self.containers[fields["Container"]], fields["Time"])

    def finish(self, container, end):
        start, label, kind, colour = container.open.pop()
        self.on_state(container, start, end, label, kind, colour)

    def start_link(self, fields):
        self.arrows[fields["Key"]] = (self.containers[fields["StartContainer"]], fields["Time"])

    def end_link(self, fields):
        source, start = self.arrows.pop(fields["Key"])
        self.on_arrow(source, start, self.containers[fields["EndContainer"]], fields["Time"])

    def check_whole(self):
        destroys = any(name == "PajeDestroyContainer" for name, _ in self.definitions.values())
        for container in self.containers.values():
            if container.open or (destroys and not container.destroyed):
                raise BadInput(f"{self.path}: cut off: {container.name} does not end")


def colour_of(text):
    """Paje's "0.2 0.4 1" as #rrggbb; None where it is no colour."""
    try:
        parts = [min(max(float(part), 0), 1) for part in text.replace(",", " ").split()[:3]]
    except ValueError:
        return None
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts) if len(parts) == 3 else None
