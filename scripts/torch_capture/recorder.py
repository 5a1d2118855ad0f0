"""The context manager that records."""

from __future__ import annotations

import collections
import dataclasses
import functools
import sys
import threading
import time
import warnings
from typing import Any, Callable, Iterator, Sequence

import torch
from torch.overrides import TorchFunctionMode

from torch_capture.dependencies import Dependencies
from torch_capture.functions import (BOOKKEEPING, HEAVY, attention_details, einsum_shapes, function_name, function_type)
from torch_capture.layers import PUBLISHED_FAMILIES, Layer, leaves, model_type
from torch_capture.model_facts import autocast_dtype, check_model, dtype_of, is_empty, name_of, told_by_config
from torch_capture.operations import (Caller, Parameters, attention_operation, attention_part, convolution_operation,
                                      is_cache, is_of_transformers, product_operation)
from torch_capture.shapes import computes, first_shape, written_shape
from torch_capture.trace_file import (MAX_SIZE, CaptureError, bounded_text, check_path, did_you_mean, keeps_rules,
                                      numbered_paths, write_trace)

FUNCTIONS = ("heavy", "all")
PRODUCTS = frozenset(["linear", "matmul", "mm", "bmm", "addmm", "baddbmm", "grouped_mm"])
CONVOLUTIONS = frozenset(["conv1d", "conv2d", "conv3d"])


class capture:  # noqa: N801 - used like a function
    """`with capture(model, "trace.jsonl.gz") as recorder: model.generate(…)` writes a trace of all that the model does
    in the block, once the block ends. Of a block that an exception leaves no file is written. A forward pass on an empty
    KV cache begins a generation; each has a trace of its own, the second trace-2.jsonl.gz.

    path          the trace; packed with gzip where it ends in .gz
    last_layer    name or path of the layer that ends a forward pass; without it a pass is a call of `model` itself
    functions     "heavy": functions that do a layer's work (products, attention, softmax, activations, …);
                  "all": every function that computes. Either way only functions called outside leaf modules.
    dtype         that is computed with, as the simulator knows it: int4, int8, float16, bfloat16 or float32; default:
                  autocast's where that is on, else the model's first parameter's
    batch         rows that run side by side; default: the first size of the model's first input if it has 2 or more
    name          the model's name in the header; default: what Hugging Face loaded, or the class
    published     names, and ids, as in the trace that the simulator derives from a config.json: every RMSNorm is a
                  LlamaRMSNorm, a SiLU a SiLUActivation called "return", and only Llama's rotary embeddings are layers;
                  default: for Llama, Mistral and Mixtral

    Afterwards `recorder` tells `events` and `passes`, in `paths` the files, and in `left_out` which functions were not
    recorded, and how often. Only the thread that entered the block is recorded.

    Raises CaptureError where an argument is wrong, the model cannot be captured, nothing was recorded, or the file
    cannot be written."""

    def __init__(self, model: torch.nn.Module, path: str, *, last_layer: str | None = None, functions: str = "heavy",
                 dtype: str | torch.dtype | None = None, batch: int | None = None, name: str | None = None,
                 published: bool | None = None):
        check_model(model)
        if functions not in FUNCTIONS:
            raise CaptureError(f"functions: '{functions}'; expected heavy or all")
        if batch is not None and (type(batch) is not int or not 1 <= batch <= MAX_SIZE):
            raise CaptureError(f"batch: {batch}; expected a whole number from 1 to 1000000000")
        self._model = model
        self._path = str(path)
        check_path(self._path)
        self._dtype_given = dtype is not None
        self._dtype = dtype_of(model, dtype)
        self._batch = batch
        self._name = name or name_of(model)
        self._all = functions == "all"
        self._published = model_type(model) in PUBLISHED_FAMILIES if published is None else published
        self._layers = leaves(model, self._published)
        self._last_layer = self._find(last_layer) if last_layer is not None else None

        self.events = 0
        self.passes = 0
        self.paths: list[str] = []
        self.left_out: collections.Counter[str] = collections.Counter()
        self.reached = ""  # the path of the layer that was called last
        self._generations = [_Generation()]
        self._parameters = Parameters(model)
        self._told = told_by_config(model)  # what the header says of attention and tables
        self._callers: list[Caller] = []  # modules of Hugging Face that are being called, the innermost last
        self._restore: list[Callable[[], None]] = []
        self._mode = _Mode(self)
        self._thread = 0
        self._inside = 0  # how many leaf modules are being called
        self._passing = 0  # how many calls of the model itself are under way
        self._elsewhere = 0  # calls on other threads

    def __enter__(self) -> capture:
        if self._thread:
            raise CaptureError("a capture is entered once; make another one")
        self._thread = threading.get_ident()
        for layer in self._layers:
            self._replace_forward(layer.module, functools.partial(self._call_layer, layer))
        for module in self._model.modules():
            if module is not self._model and is_of_transformers(module) and next(module.children(), None) is not None:
                self._replace_forward(module, functools.partial(self._call_module, module))
        self._replace_forward(self._model, self._call_model)
        self._mode.__enter__()
        return self

    def __exit__(self, kind: type | None, *rest: Any) -> None:
        self._mode.__exit__(kind, *rest)
        for restore in reversed(self._restore):
            restore()
        if kind is None:
            self._write()

    def _replace_forward(self, module: torch.nn.Module, call: Callable) -> None:
        """Hooks get no keyword arguments before PyTorch 2.0, and are not called where a module's forward is; so the
        instance gets a forward of its own."""
        original = module.forward
        own = module.__dict__.get("forward")

        @functools.wraps(original)  # generate() looks at the signature
        def forward(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._thread:
                self._elsewhere += 1
                return original(*args, **kwargs)
            return call(original, args, kwargs)

        def restore() -> None:
            del module.__dict__["forward"]
            if own is not None:
                module.__dict__["forward"] = own

        module.__dict__["forward"] = forward
        self._restore.append(restore)

    def _call_layer(self, layer: Layer, original: Callable, args: tuple, kwargs: dict) -> Any:
        if self._inside:
            return original(*args, **kwargs)
        self._inside += 1
        self.reached = layer.path
        try:
            input_shape = first_shape(args) or first_shape(kwargs)
            start = time.perf_counter_ns()
            result = original(*args, **kwargs)
            duration = time.perf_counter_ns() - start
            if layer.id is not None:
                self._record(layer, input_shape, first_shape(result), start, duration)
        finally:
            self._inside -= 1
        if layer is self._last_layer:
            self._end_pass()
        return result

    def _call_module(self, module: torch.nn.Module, original: Callable, args: tuple, kwargs: dict) -> Any:
        self._callers.append(Caller(module, args, kwargs))
        try:
            return original(*args, **kwargs)
        finally:
            self._callers.pop()

    def _record(self, called: Layer | _Function, input_shape: Sequence[int], output_shape: Sequence[int], start: int,
                duration: int) -> None:
        generation = self._generations[-1]
        generation.calls.append((called, input_shape, output_shape, start, duration, generation.passes))

    def _end_pass(self) -> None:
        self.passes += 1
        generation = self._generations[-1]
        generation.passes += 1
        generation.ends.append(len(generation.calls) - 1)

    def _call_model(self, original: Callable, args: tuple, kwargs: dict) -> Any:
        if self._batch is None and self._inside == 0:
            self._batch = self._batch_of(args, kwargs)
        if self._passing == 0:
            self._begin_pass(args, kwargs)
        calls = self._generations[-1].calls
        before = len(calls)
        self._passing += 1
        try:
            result = original(*args, **kwargs)
        except BaseException:
            del calls[before:]  # a caller may try again
            raise
        finally:
            self._passing -= 1
        if self._passing == 0 and self._last_layer is None:
            self._end_pass()
        return result

    def _begin_pass(self, args: tuple, kwargs: dict) -> None:
        if not self._dtype_given:
            self._dtype = autocast_dtype(self._model) or self._dtype
        cache = next((value for value in [*args, *kwargs.values()] if is_cache(value)), None)
        if cache is not None and self._generations[-1].passes > 0 and is_empty(cache):
            self._generations.append(_Generation())

    def call_function(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        """Calls a function of PyTorch, and records it where that is asked for."""
        if self._inside or threading.get_ident() != self._thread:
            return function(*args, **kwargs)
        kind = function_type(function)
        if kind in BOOKKEEPING or kind == "dropout" and not _drops(args, kwargs):
            return function(*args, **kwargs)
        if kind not in HEAVY and not self._all:
            result = function(*args, **kwargs)
            if computes(args, kwargs, result):
                self.left_out[kind] += 1
            return result
        input_shape, causal = first_shape(args) or first_shape(kwargs), None
        if kind in ("addmm", "baddbmm") and len(args) > 1:  # of what is multiplied, not of what it is added to
            input_shape = first_shape(args[1:]) or input_shape
        matrices = einsum_shapes(args) if kind == "einsum" else None
        if kind == "scaled_dot_product_attention":
            private = getattr(function, "__name__", "").startswith("_")
            key_shape, causal = attention_details(args, kwargs, private)
            input_shape = key_shape or input_shape
        start = time.perf_counter_ns()
        result = function(*args, **kwargs)
        duration = time.perf_counter_ns() - start
        if computes(args, kwargs, result):
            name, output_shape = function_name(sys._getframe(2), kind), first_shape(result)
            if matrices:
                input_shape, output_shape = matrices
            details = self._details(kind, name, args, kwargs, (input_shape, output_shape), causal is False)
            called = _Function(kind, name, causal, function, details)
            self._record(called, input_shape, output_shape, start, duration)
        return result

    def _details(self, kind: str, name: str, args: tuple, kwargs: dict, shapes: tuple[Sequence[int], Sequence[int]],
                 both_ways: bool) -> dict[str, Any]:
        """What of a function its type and its shapes do not tell."""
        if kind in PRODUCTS and (found := product_operation(kind, args, kwargs, self._parameters)):
            return found
        if kind in CONVOLUTIONS:
            return convolution_operation(kind, args, kwargs, self._parameters)
        if kind == "einsum":
            return {"op": "product second=tensor"} if einsum_shapes(args) else {}
        caller = self._callers[-1] if self._callers else None
        part = attention_part(kind, name, caller) if caller is not None else ""
        if not part or caller is None or len(shapes[0]) < 4 or len(shapes[1]) < 4:
            return {}
        heads, queries = shapes[1][-3], shapes[1][-2]
        operation = attention_operation(part, name, caller, heads, queries, both_ways, self._told)
        rows = {"fused": shapes[0][-2], "scores": shapes[1][-1]}.get(part, shapes[0][-1])
        cached = caller.cached_rows()
        fields = {"op": operation} if operation else {}
        return {**fields, "kv_length": cached} if cached is not None and cached < rows else fields

    def _batch_of(self, args: tuple, kwargs: dict) -> int:
        shape = written_shape(first_shape((args, kwargs)))
        return max(shape[0], 1) if len(shape) > 1 else 1

    def _find(self, last_layer: str) -> Layer:
        for layer in self._layers:
            if last_layer in (layer.path, layer.name):
                return layer
        known = [text for layer in self._layers for text in (layer.path, layer.name)]
        raise CaptureError(f"last_layer: no layer is called '{last_layer}'{did_you_mean(last_layer, known)}")

    def _write(self) -> None:
        if self._elsewhere:
            told = f"{self._elsewhere} module calls ran on other threads than the one that entered capture()"
            if not self._generations[0].calls:
                raise CaptureError(f"nothing was recorded: {told}")
            warnings.warn(f"{told}; they are not in {self._path}", stacklevel=3)
        if not self._generations[0].calls:
            raise CaptureError("nothing was recorded: no layer of the model was called")
        self.paths = numbered_paths(self._path, len(self._generations))
        for path, generation in zip(self.paths, self._generations):
            self.events += write_trace(path, self._header(generation), self._events(generation))

    def _header(self, generation: _Generation) -> dict[str, Any]:
        header = {"model": bounded_text(self._name), "dtype": self._dtype, "batch": min(self._batch or 1, MAX_SIZE),
                  "source": f"torch {torch.__version__}", **self._told}
        return header if generation.ends_with_head() else {**header, "marks_passes": True}

    def _events(self, generation: _Generation) -> Iterator[dict[str, Any]]:
        first = generation.calls[0][3]
        ends = set() if generation.ends_with_head() else set(generation.ends)
        # With all functions an event's name does not tell what it reads.
        decoder = self._published and not self._all and model_type(self._model) in PUBLISHED_FAMILIES
        dependencies = Dependencies() if decoder else None
        for at, (called, input_sizes, output_sizes, start, duration, step) in enumerate(generation.calls):
            input_shape, output_shape = written_shape(input_sizes), written_shape(output_sizes)
            event = {"kind": "layer" if isinstance(called, Layer) else "function", "type": "", "name": "", "id": None,
                     "phase": "decode" if step else "prefill", "step": step, "input_shape": input_shape,
                     "weight_shape": None, "output_shape": output_shape, **called.fields(input_shape, output_shape),
                     "start_ns": start - first, "duration_ns": duration}
            if isinstance(called, Layer):
                event.update(called.operation(event, self._parameters, self._told.get("vocab_size")))
            if at in ends:
                event["ends_pass"] = True
            if not keeps_rules(event):
                event["type"] = called.own_type()
                event.pop("op", None)
                if isinstance(called, Layer):
                    event["weight_shape"] = [1, 1]
            deps = dependencies.next(event["name"]) if dependencies else []
            yield {**event, "deps": deps} if deps else event


class _Generation:
    """The forward passes from an empty cache on."""

    def __init__(self) -> None:
        # What was called, input and output shape, start and duration in ns, pass.
        self.calls: list[tuple[Layer | _Function, Sequence[int], Sequence[int], int, int, int]] = []
        self.passes = 0
        self.ends: list[int] = []  # where in `calls` passes end

    def ends_with_head(self) -> bool:
        """Does every pass end with the layer by whose name passes are known to end?"""
        last = [self.calls[at][0] for at in self.ends if at >= 0]
        return bool(last) and all(isinstance(called, Layer) and called.name == "lm_head" for called in last)


@dataclasses.dataclass
class _Function:
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


class _Mode(TorchFunctionMode):
    """PyTorch asks it to call every function of its interface that is called in this thread. Inside it is off."""

    def __init__(self, recorder: capture):
        super().__init__()
        self._recorder = recorder

    def __torch_function__(self, function: Callable, _types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        return self._recorder.call_function(function, args, kwargs or {})


def _drops(args: tuple, kwargs: dict) -> bool:
    """Is this dropout one? Outside of training it hands its input on."""
    return bool(kwargs.get("training", args[2] if len(args) > 2 else True))
