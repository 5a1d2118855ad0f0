"""Results that come back as text: a script that runs points on a host and prints what they leave between lines that
name them, and the reader of those lines.

Nothing has to be shared with the host, and nothing stays there. What a login shell prints of its own lies outside of
the frames; a frame that broke off is no result."""

import json
import shlex
from dataclasses import dataclass

from sweeping.shell import RUN, arguments

MARK = "upmem-des-sweep"
# A point: its digest, and what `run` takes. The result goes to descriptor 3, messages into a variable; `cat` is there
# because sshd may give a socket, which no program can open by its name. The first line does not go through it: where
# the connection is gone the shell ends there. GNU parallel ends what runs on a connection that breaks, but not what is
# only being started when it does. A lost connection may have left half a line: marks start with a line's end.
FUNCTION = f"""\
{RUN}point() {{
printf '\\n{MARK} begin %s\\n' "$1"
{{
message=$(shift; run "$@" </dev/null 2>&1 >/dev/null)
printf '\\n{MARK} said %s %s %s\\n%s\\n{MARK} end %s\\n' "$1" $? "$PARALLEL_SSHLOGIN" "$message" "$1"
}} 3>&1 | cat
}}
"""


@dataclass(frozen=True)
class Frame:
    """What came back of one point."""
    digest: str
    code: int        # exit code of the program
    login: str       # where it ran, as the file of hosts has it
    result: str      # the JSON, exactly as the program wrote it
    message: str     # what it said on standard error

    def is_result(self):
        """Whether it is the whole result of a run that succeeded."""
        if self.code != 0:
            return False
        try:
            return isinstance(json.loads(self.result), dict)
        except ValueError:
            return False


def script(tasks):
    """A command for a POSIX shell that runs tasks one after the other and prints a frame for each."""
    return "exec sh -c " + shlex.quote(FUNCTION + "".join(map(point_line, tasks)))


def point_line(task):
    return f"point {shlex.quote(task.digest)} {arguments(task, '/dev/fd/3')}\n"


def length_in_script(task):
    """By how many characters it makes a script longer."""
    return len(shlex.quote(point_line(task)))


class FrameReader:
    """Puts frames together from lines `TAG<tab>TEXT`; lines of one tag are in order, those of different tags mixed."""

    def __init__(self):
        self.rest = b""
        self.open = {}

    def feed(self, data):
        """Takes further bytes and yields the frames that they complete."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            tag, tab, text = line.decode("utf-8", "replace").partition("\t")
            if tab and (frame := self.take(tag, text)):
                yield frame

    def take(self, tag, text):
        mark, _, rest = text.partition(" ")
        if mark == MARK:
            kind, _, rest = rest.partition(" ")
            if kind == "begin":
                self.open[tag] = {"digest": rest, "result": [], "message": None}
                return None
            frame = self.open.get(tag)
            digest, _, rest = rest.partition(" ")
            if frame is None or digest != frame["digest"]:
                self.open.pop(tag, None)
                return None
            if kind == "said":
                code, _, frame["login"] = rest.partition(" ")
                frame["code"] = int(code) if code.isascii() and code.isdigit() else -1
                frame["message"] = []
                return None
            if kind == "end":
                del self.open[tag]
                return None if frame["message"] is None else self.close(frame)
        if frame := self.open.get(tag):
            (frame["result"] if frame["message"] is None else frame["message"]).append(text)
        return None

    @staticmethod
    def close(frame):
        return Frame(frame["digest"], frame["code"], frame["login"], "\n".join(frame["result"]),
                     "\n".join(frame["message"]))
