"""Arguments of a network from texts, as upmem-des profile reads them: tensors, numbers, texts, None, and lists, tuples and
dictionaries of these."""

from __future__ import annotations

import math
import re
from typing import Any

from torch_capture.inputs import random_input
from torch_capture.trace_file import CaptureError

_WORD = re.compile(r"[^,=\[\](){}\"]*")
_ENDS = {"[": "]", "(": ")", "{": "}"}
_DEEPEST = 16


def input_value(text: str) -> Any:
    """Of 1x3x32x32, 2x7:int64:0..49 a random tensor; of none, int:3, float:0.5, bool:true, str:text, str:"any text", and
    [INPUT,…], (INPUT,…), {NAME=INPUT,…} what they say. Raises CaptureError on others."""
    reader = _Reader(text)
    value = reader.value(0)
    if reader.left:
        reader.fail(f"'{reader.left}' behind its end; expected nothing there")
    return value


class _Reader:
    def __init__(self, text: str):
        self._text = text
        self.left = text

    def fail(self, problem: str) -> None:
        raise CaptureError(f"--input '{self._text}': {problem}")

    def value(self, depth: int) -> Any:
        if self.left[:1] in ("[", "(", "{"):
            return self._items(self.left[0], depth + 1)
        if self.left.startswith("str:"):
            self.left = self.left[4:]
            return self._quoted() if self.left.startswith('"') else self._word(depth)
        return self._single(self._word(depth))

    def _items(self, begin: str, depth: int) -> Any:
        if depth > _DEEPEST:
            self.fail("more than 16 lists, tuples and dictionaries in each other; expected at most that many")
        end, keys, items = _ENDS[begin], [], []
        self.left = self.left[1:].lstrip(" ")
        while not self._take(end):
            if begin == "{":
                keys.append(self._key(depth))
                if keys.count(keys[-1]) > 1:
                    self.fail(f"the key {keys[-1]} is there twice; expected each once")
            items.append(self.value(depth))
            self.left = self.left.lstrip(" ")
            if not self.left:
                self.fail(f"ends too early; expected '{end}' or ','")
            if self.left[0] != end and not self._take(","):
                self.fail(f"'{self.left}' behind an item; expected '{end}' or ','")
            self.left = self.left.lstrip(" ")
        return dict(zip(keys, items)) if begin == "{" else tuple(items) if begin == "(" else items

    def _key(self, depth: int) -> str | int:
        is_quoted = self.left.startswith('"')
        name = self._quoted() if is_quoted else self._word(depth)
        if not name and not is_quoted:
            self.fail("a key without a name; expected NAME=INPUT")
        self.left = self.left.lstrip(" ")
        if not self._take("="):
            self.fail(f"no '=' behind the key {name}; expected NAME=INPUT")
        self.left = self.left.lstrip(" ")
        return int(name) if not is_quoted and re.fullmatch(r"-?[0-9]{1,18}", name, re.ASCII) else name

    def _single(self, word: str) -> Any:
        before, colon, rest = word.partition(":")
        if word == "none":
            return None
        if colon and before == "int":
            if not re.fullmatch(r"-?[0-9]{1,19}", rest, re.ASCII) or not -1 << 63 <= int(rest) < 1 << 63:
                self.fail(f"'{rest}'; expected a whole number of 64 bits, as in int:3")
            return int(rest)
        if colon and before == "float":
            try:
                number = float(rest) if re.fullmatch(r"[-+.0-9eE]+", rest, re.ASCII) else math.inf
            except ValueError:
                number = math.inf
            if not math.isfinite(number):
                self.fail(f"'{rest}'; expected a finite number, as in float:0.5")
            return number
        if colon and before == "bool":
            if rest not in ("true", "false"):
                self.fail(f"'{rest}'; expected bool:true or bool:false")
            return rest == "true"
        return random_input(word)

    def _take(self, char: str) -> bool:
        taken = self.left.startswith(char)
        self.left = self.left[taken:]
        return taken

    def _word(self, depth: int) -> str:
        """Up to what ends it; in a list or the like without the spaces behind it."""
        if depth == 0:
            word, self.left = self.left, ""
            return word
        word = _WORD.match(self.left)[0]
        self.left = self.left[len(word):]
        return word.rstrip(" ")

    def _quoted(self) -> str:
        match = re.match(r'"((?:[^"\\]|\\.)*)"', self.left, re.DOTALL)
        if not match:
            self.fail("a text that does not end; expected '\"'")
        self.left = self.left[match.end():]
        return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
