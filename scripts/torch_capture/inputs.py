"""What a model is called with, from a text as `upmem-des profile --input` takes it: random tensors (1x3x32x32, 1x64:int64,
2x7:int64:0..49), none, int:3, float:0.5, bool:true, str:text, and lists [INPUT,…], tuples (INPUT,…) and dictionaries
{NAME=INPUT,…} of these. The messages are that program's, too (src/profile/input_value.cpp)."""

from __future__ import annotations

import math
import re
from typing import Any

import torch

from basics.nearest import did_you_mean
from torch_capture.trace_file import CaptureError

_TYPES = {name: getattr(torch, name) for name in
          ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")}
_MAX_SIZE = 1_000_000_000
_MAX_RANK = 8
_MAX_ELEMENTS = 10**15
_DEEPEST = 16
_SPECIAL = ",=[](){}\""
_EXPECTED = ("expected sizes such as 1x3x32x32, then if need be a type and a range: 2x7:int64:0..49; or none, int:3, "
             "float:0.5, bool:true, str:text, [INPUT,…], (INPUT,…), {NAME=INPUT,…}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def random_input(spec: str) -> Any:
    """A tensor, None, a number, a text, or a list, tuple or dictionary. Floats are normally distributed; integers are
    drawn from the range, both ends in it, or zeros without one. Raises CaptureError on a text that is no input."""
    return _Reader(spec).read()


def first_tensor(value: Any) -> torch.Tensor | None:
    """The first tensor of an input, however deep in it."""
    if isinstance(value, torch.Tensor):
        return value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return next((found for part in parts if (found := first_tensor(part)) is not None), None)


def _whole_number(text: str) -> int | None:
    if not re.fullmatch(r"-?[0-9]+", text, re.ASCII) or len(text) > 5000:
        return None
    number = int(text)
    return number if -(1 << 63) <= number < 1 << 63 else None


class _Reader:
    def __init__(self, spec: str) -> None:
        self.spec = spec
        self.at = 0
        self.depth = 0

    def read(self) -> Any:
        value = self._value()
        if self.at < len(self.spec):
            raise self._wrong(f"'{self.spec[self.at:]}' behind its end; expected nothing there")
        return value

    def _wrong(self, problem: str) -> CaptureError:
        return CaptureError(f"--input: '{self.spec}': {problem}")

    def _take(self, character: str) -> bool:
        if self.spec[self.at:self.at + 1] != character:
            return False
        self.at += 1
        return True

    def _skip_spaces(self) -> None:
        while self._take(" "):
            pass

    def _value(self) -> Any:
        if self._take("["):
            return [value for _, value in self._items("]")]
        if self._take("("):
            return tuple(value for _, value in self._items(")"))
        if self._take("{"):
            return dict(self._items("}"))
        if self.spec.startswith("str:", self.at):
            self.at += len("str:")
            return self._quoted() if self.spec.startswith('"', self.at) else self._word()
        return self._single(self._word())

    def _items(self, end: str) -> list[tuple[Any, Any]]:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._wrong(f"more than {_DEEPEST} lists, tuples and dictionaries in each other; expected at most that "
                              "many")
        items: list[tuple[Any, Any]] = []
        self._skip_spaces()
        while not self._take(end):
            key = self._key([name for name, _ in items]) if end == "}" else None
            items.append((key, self._value()))
            self._skip_spaces()
            if self.at == len(self.spec):
                raise self._wrong(f"ends too early; expected '{end}' or ','")
            if self.spec[self.at] != end and not self._take(","):
                raise self._wrong(f"'{self.spec[self.at:]}' behind an item; expected '{end}' or ','")
            self._skip_spaces()
        self.depth -= 1
        return items

    def _key(self, others: list[Any]) -> Any:
        key: Any
        if self.spec.startswith('"', self.at):
            key = self._quoted()
        else:
            key = self._word()
            if not key:
                raise self._wrong("a key without a name; expected NAME=INPUT")
            number = _whole_number(key)
            key = key if number is None else number
        self._skip_spaces()
        if not self._take("="):
            raise self._wrong(f"no '=' behind the key {_key_text(key)}; expected NAME=INPUT")
        self._skip_spaces()
        if key in others:
            raise self._wrong(f"the key {_key_text(key)} is there twice; expected each once")
        return key

    def _single(self, word: str) -> Any:
        kind, colon, rest = word.partition(":")
        if word == "none":
            return None
        if colon and kind == "int":
            number = _whole_number(rest)
            if number is None:
                raise self._wrong(f"'{rest}'; expected a whole number of 64 bits, as in int:3")
            return number
        if colon and kind == "float":
            if not _NUMBER.fullmatch(rest) or not math.isfinite(float(rest)):
                raise self._wrong(f"'{rest}'; expected a finite number, as in float:0.5")
            return float(rest)
        if colon and kind == "bool":
            if rest not in ("true", "false"):
                raise self._wrong(f"'{rest}'; expected bool:true or bool:false")
            return rest == "true"
        try:
            return _tensor(word)
        except CaptureError as error:
            inside = "" if word == self.spec else f"'{word}': "
            raise self._wrong(f"{inside}{error}") from None

    def _word(self) -> str:
        begin = self.at
        if self.depth == 0:
            self.at = len(self.spec)
            return self.spec[begin:]
        while self.at < len(self.spec) and self.spec[self.at] not in _SPECIAL:
            self.at += 1
        return self.spec[begin:self.at].rstrip(" ")

    def _quoted(self) -> str:
        self.at += 1
        text = ""
        while not self._take('"'):
            if self.spec[self.at:] in ("", "\\"):
                raise self._wrong("a text that does not end; expected '\"'")
            self._take("\\")
            text += self.spec[self.at]
            self.at += 1
        return text


def _key_text(key: Any) -> str:
    if isinstance(key, int):
        return str(key)
    plain = key and not any(c in _SPECIAL for c in key) and key == key.strip(" ") and _whole_number(key) is None
    return key if plain else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tensor(spec: str) -> torch.Tensor:
    """Raises CaptureError without the text that it is about."""
    sizes, colon, rest = spec.partition(":")
    name, ranged, numbers = rest.partition(":")
    shape = _shape(sizes)
    name = name if colon else "float32"
    if name not in _TYPES:
        raise CaptureError(f"unknown type '{name}'; expected one of {', '.join(_TYPES)}{did_you_mean(name, _TYPES)}")
    dtype = _TYPES[name]
    if dtype.is_floating_point and ranged:
        raise CaptureError(f"a range of {name}; expected one of whole numbers or bool only")
    try:
        if dtype.is_floating_point:
            return torch.randn(shape).to(dtype)
        low, high = _range(numbers, dtype) if ranged else (0, 0)
        if high == (1 << 63) - 1:  # randint takes the number after the highest
            return torch.empty(shape, dtype=torch.int64).random_(low, None)
        return torch.randint(low, high + 1, shape).to(dtype)
    except RuntimeError as error:  # there is no memory for it
        raise CaptureError(f"{' '.join(str(error).split())}; expected a tensor that there is memory for") from None


def _shape(text: str) -> list[int]:
    shape: list[int] = []
    for part in text.split("x"):
        size = _whole_number(part)
        if size is None:
            raise CaptureError(f"'{part}' is no size; {_EXPECTED}")
        if not 1 <= size <= _MAX_SIZE:
            raise CaptureError(f"size {part}; expected a whole number from 1 to {_MAX_SIZE}")
        if len(shape) == _MAX_RANK:
            raise CaptureError("more than 8 sizes; expected at most that many")
        shape.append(size)
    if math.prod(shape) > _MAX_ELEMENTS:
        raise CaptureError(f"shape {shape} has more than 1e15 elements")
    return shape


def _range(text: str, dtype: torch.dtype) -> tuple[int, int]:
    first, dots, last = text.partition("..")
    low, high = _whole_number(first), _whole_number(last) if dots else None
    if low is None or high is None:
        raise CaptureError(f"'{text}' is no range; expected one such as 0..49")
    least, most = (0, 1) if dtype == torch.bool else (torch.iinfo(dtype).min, torch.iinfo(dtype).max)
    if low < least or high > most:
        raise CaptureError(f"the range {text}; expected numbers from {least} to {most}")
    if low > high:
        raise CaptureError(f"the range {text} is empty; expected the smaller number first")
    return low, high
