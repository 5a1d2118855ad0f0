"""What was called, as it is kept until the trace is written."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Sequence

from torch_capture.contraction import Step
from torch_capture.flow import Flow
from torch_capture.layers import Layer
from torch_capture.trace_file import bounded_text


@dataclasses.dataclass
class Function:
    kind: str
    name: str
    causal: bool | None
    function: Callable
    details: dict[str, Any]

    def fields(self, _input_shape: list[int], _output_shape: list[int]) -> dict[str, Any]:
        fields = {"type": bounded_text(self.kind), "name": bounded_text(self.name), **self.details}
        return fields if self.causal is None else {**fields, "causal": self.causal}

    def own_type(self) -> str:
        """A name that cannot be taken for a type whose shapes are known."""
        return bounded_text(f"{getattr(self.function, '__module__', None) or 'torch'}.{self.kind}")


# What was called, input and output shape, start and duration in ns, pass, and the places of the calls that it waits for.
Call = tuple["Layer | Function", Sequence[int], Sequence[int], int, int, int, tuple[int, ...]]


def pass_of(call: Call) -> int:
    return call[5]


class Generation:
    """The forward passes from an empty cache on."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.flow = Flow(self.calls)
        self.passes = 0
        self.ends: list[int] = []  # where in `calls` passes end

    def end_pass(self) -> None:
        self.passes += 1
        self.ends.append(len(self.calls) - 1)
        self.flow.begin_pass()

    def forget(self, calls_before: int) -> None:
        """A pass failed; a caller may try again."""
        del self.calls[calls_before:]
        self.flow.begin_pass()

    def last_layer(self) -> str | None:
        """The layer that every pass calls last and once, by its path; by its name where the path is empty."""
        found, begin = None, 0
        for end in self.ends:
            layers = [call[0] for call in self.calls[begin:end + 1] if isinstance(call[0], Layer)]
            begin = end + 1
            text = (layers[-1].path or layers[-1].name) if layers else None
            if text is None or found not in (None, text) or sum(text in (one.path, one.name) for one in layers) != 1:
                return None
            found = text
        return found

    def add_steps(self, steps: Sequence[Step], called: Function, start: int, duration: int, sources: tuple[int, ...]) -> None:
        """Those of one call of a function, whose time they share by their arithmetic."""
        first, whole = len(self.calls), sum(step.flop() for step in steps)
        for step in steps:
            is_product = step.kind == "product"
            part = dataclasses.replace(called, kind=called.kind if is_product else step.kind,
                                       details={"op": "product second=tensor"} if is_product else {})
            took = duration * step.flop() // whole
            waits = {*(first + at for at in step.reads), *(sources if step.reads_operands else ())}
            self.calls.append((part, step.input, step.output, start, took, self.passes, tuple(sorted(waits))))
            start += took

    def ends_with_head(self) -> bool:
        """Does every pass end with the layer by whose name passes are known to end?"""
        last = [self.calls[at][0] for at in self.ends if at >= 0]
        return bool(last) and all(isinstance(called, Layer) and called.name == "lm_head" for called in last)
