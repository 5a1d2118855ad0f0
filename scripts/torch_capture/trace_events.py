"""The events of a trace, from what was called."""

from __future__ import annotations

from typing import Any, Iterator

from torch_capture.calls import Generation, pass_of
from torch_capture.dependencies import Dependencies
from torch_capture.flow import waits
from torch_capture.layers import Layer
from torch_capture.operations import Parameters
from torch_capture.shapes import written_shape
from torch_capture.trace_file import keeps_rules


def events_of(generation: Generation, parameters: Parameters, vocabulary: int | None,
              rule: Dependencies | None) -> Iterator[dict[str, Any]]:
    """In the order of their calls. `vocabulary` is what the header says; `rule` tells what waits for what in place of
    the flow of tensors."""
    first = generation.calls[0][3]
    ends = set() if generation.ends_with_head() else set(generation.ends)
    sources = waits(generation.calls, pass_of)
    for at, (called, input_sizes, output_sizes, start, duration, step, _) in enumerate(generation.calls):
        input_shape, output_shape = written_shape(input_sizes), written_shape(output_sizes)
        is_layer = isinstance(called, Layer)
        event = {"kind": "layer" if is_layer else "function", "type": "", "name": "", "id": None,
                 "phase": "decode" if step else "prefill", "step": step, "input_shape": input_shape,
                 "weight_shape": None, "output_shape": output_shape, **called.fields(input_shape, output_shape),
                 "start_ns": start - first, "duration_ns": duration}
        if is_layer:
            event.update(called.operation(event, parameters, vocabulary))
        if at in ends:
            event["ends_pass"] = True
        if not keeps_rules(event):
            event["type"] = called.own_type()
            event.pop("op", None)
            if is_layer:
                event["weight_shape"] = [1, 1]
        if rule is None:
            deps = next(sources)
            yield {**event, "deps": deps} if at > 0 else event
        else:
            deps = rule.next(event["name"])
            yield {**event, "deps": deps} if deps else event
