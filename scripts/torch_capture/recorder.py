"""The context manager that records."""

from __future__ import annotations

import collections
import functools
import sys
import threading
import time
import warnings
from typing import Any, Callable, Sequence

import torch

from basics.nearest import did_you_mean
from torch_capture.calls import Function, Generation
from torch_capture.contraction import CONTRACTIONS, contraction_steps
from torch_capture.dependencies import Dependencies
from torch_capture.exported_modules import is_exported
from torch_capture.exported_run import Operator, ProgramRun
from torch_capture.function_facts import FunctionFacts, drops, is_in_place
from torch_capture.functions import BOOKKEEPING, FRESH, HEAVY, function_name, function_type
from torch_capture.layers import PUBLISHED_FAMILIES, Layer, leaves, model_type
from torch_capture.model_facts import (autocast_dtype, check_model, device_of, dtype_of, is_empty, name_of,
                                       told_by_config)
from torch_capture.modes import Mode, Subscripts, opened
from torch_capture.operations import Caller, Parameters, is_cache, is_of_transformers
from torch_capture.reached import Place
from torch_capture.shapes import computes, first_shape, written_shape
from torch_capture.trace_events import events_of
from torch_capture.trace_file import (MAX_SIZE, CaptureError, bounded_text, check_path, numbered_paths,
                                      write_trace)

FUNCTIONS = ("heavy", "all")
MAX_FUNCTIONS = 10_000
_EXPORTED = (torch.export.ExportedProgram,) if hasattr(torch, "export") else ()


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

    A program of torch.export is run node by node: nodes of a leaf module are one call. Of an ExportedProgram
    `recorder.model` is the module to call.

    Afterwards `recorder` tells `events` and `passes`, in `paths` the files, and in `left_out` which functions were not
    recorded, and how often. Only the thread that entered the block is recorded.

    Raises CaptureError where an argument is wrong, the model cannot be captured, nothing was recorded, or the file
    cannot be written."""

    def __init__(self, model: torch.nn.Module, path: str, *, last_layer: str | None = None, functions: str = "heavy",
                 dtype: str | torch.dtype | None = None, batch: int | None = None, name: str | None = None,
                 published: bool | None = None):
        if isinstance(model, _EXPORTED):
            model = model.module()
        check_model(model)
        if functions not in FUNCTIONS:
            raise CaptureError(f"functions: '{functions}'; expected heavy or all")
        if batch is not None and (type(batch) is not int or not 1 <= batch <= MAX_SIZE):
            raise CaptureError(f"batch: {batch}; expected a whole number from 1 to 1000000000")
        self.model = self._model = model
        self._path = str(path)
        check_path(self._path)
        self._dtype_given = dtype is not None
        self._dtype = dtype_of(model, dtype)
        self._device = device_of(model)
        self._batch = batch
        self._all = functions == "all"
        self._program = ProgramRun(model, self) if is_exported(model) else None
        if self._program:
            model = self._program.modules
        self._published = model_type(model) in PUBLISHED_FAMILIES if published is None else published
        self._name = name or name_of(model)
        self._layers = self._program.layers if self._program else leaves(model, self._published)
        self._last_layer = self._find(last_layer) if last_layer is not None else None

        self.events = 0
        self.passes = 0
        self.paths: list[str] = []
        self.left_out: collections.Counter[str] = collections.Counter()
        self._place: Place | None = None
        self.reached = ""  # the path of the layer that was called last
        self._generations = [Generation()]
        self._parameters = Parameters(model)
        self._told = told_by_config(model)  # what the header says of attention and tables
        self._facts = FunctionFacts(self._parameters, self._told)
        self._callers: list[Caller] = []  # modules of Hugging Face that are being called, the innermost last
        self._restore: list[Callable[[], None]] = []
        self._functions: dict[Callable, tuple[str, bool, Callable | None]] = {}  # what is known of those that were called
        self._mode = Mode(self.call_function)
        self._subscripts = Subscripts(self.call_function)
        self._thread = 0
        self._inside = False  # is a leaf module being called?
        self._passing = 0  # how many calls of the model itself are under way
        self._elsewhere = 0  # calls on other threads

    def __enter__(self) -> capture:
        if self._thread:
            raise CaptureError("a capture is entered once; make another one")
        self._thread = threading.get_ident()
        if self._program:
            self._set_forward(self._model, self._program_call(self._program, self._model.forward))
        for layer in [] if self._program else self._layers:
            self._set_forward(layer.module, self._layer_call(layer, layer.module.forward))
        for module in self._model.modules():
            if module is not self._model and is_of_transformers(module) and next(module.children(), None) is not None:
                self._replace_forward(module, functools.partial(self._call_module, module))
        self._replace_forward(self._model, self._call_model)
        self._mode.__enter__()
        self._subscripts.__enter__()
        return self

    def __exit__(self, kind: type | None, *rest: Any) -> None:
        self._subscripts.__exit__()
        self._mode.__exit__(kind, *rest)
        for restore in reversed(self._restore):
            restore()
        if kind is None:
            self._write()

    def _replace_forward(self, module: torch.nn.Module, call: Callable) -> None:
        original = module.forward

        @functools.wraps(original)  # generate() looks at the signature
        def forward(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._thread:
                self._elsewhere += 1
                return original(*args, **kwargs)
            return call(original, args, kwargs)

        self._set_forward(module, forward)

    def _set_forward(self, module: torch.nn.Module, forward: Callable) -> None:
        """Hooks get no keyword arguments before PyTorch 2.0, and are not called where a module's forward is; so the
        instance gets a forward of its own."""
        own = module.__dict__.get("forward")

        def restore() -> None:
            del module.__dict__["forward"]
            if own is not None:
                module.__dict__["forward"] = own

        module.__dict__["forward"] = forward
        self._restore.append(restore)

    def _layer_call(self, layer: Layer, original: Callable) -> Callable:
        """A forward that records. Every line of it is time that a layer's call takes longer."""
        mode, thread_of, clock = self._mode, threading.get_ident, time.perf_counter_ns

        @functools.wraps(original)
        def forward(*args: Any, **kwargs: Any) -> Any:
            if self._inside or thread_of() != self._thread:
                self._elsewhere += thread_of() != self._thread
                return original(*args, **kwargs)
            self._inside = True
            self.reached = layer.path
            if self._place is not None:
                self._place.write(layer.place)
            is_off = mode.turn_off()
            try:
                generation = self._generations[-1]
                flow = generation.flow
                if len(args) == 1 and not kwargs and type(args[0]) is torch.Tensor:  # nearly all layers
                    sources, input_shape = flow.source(args[0]), args[0].shape
                else:
                    sources, input_shape = flow.sources(args, kwargs), first_shape(args) or first_shape(kwargs)
                start = clock()
                result = original(*args, **kwargs)
                duration = clock() - start
                if layer.id is not None:
                    calls = generation.calls
                    flow.write(result, len(calls))
                    calls.append((layer, input_shape, first_shape(result), start, duration, generation.passes, sources))
                else:
                    flow.pass_on(args, kwargs, result, False)
            finally:
                if is_off:
                    mode.turn_on()
                self._inside = False
            if layer is self._last_layer:
                self._end_pass()
            return result

        return forward

    def _program_call(self, program: ProgramRun, original: Callable) -> Callable:
        @functools.wraps(original)
        def forward(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() != self._thread:
                return original(*args, **kwargs)
            is_off = self._mode.turn_off()  # the program says itself what it calls
            try:
                return program(*args, **kwargs)
            finally:
                if is_off:
                    self._mode.turn_on()

        return forward

    def _call_module(self, module: torch.nn.Module, original: Callable, args: tuple, kwargs: dict) -> Any:
        self._callers.append(Caller(module, args, kwargs))
        try:
            return original(*args, **kwargs)
        finally:
            self._callers.pop()

    def _end_pass(self) -> None:
        self.passes += 1
        self._generations[-1].end_pass()

    def _call_model(self, original: Callable, args: tuple, kwargs: dict) -> Any:
        if self._batch is None and not self._inside:
            self._batch = self._batch_of(args, kwargs)
        if self._passing == 0:
            is_off = self._mode.turn_off()  # its questions about tensors are no functions of the model
            try:
                self._begin_pass(args, kwargs)
            finally:
                if is_off:
                    self._mode.turn_on()
        generation = self._generations[-1]
        before = len(generation.calls)
        self._passing += 1
        try:
            result = original(*args, **kwargs)
        except BaseException:
            generation.forget(before)
            raise
        finally:
            self._passing -= 1
        if self._passing == 0 and self._last_layer is None:
            self._end_pass()
        return result

    def _begin_pass(self, args: tuple, kwargs: dict) -> None:
        if not self._dtype_given:
            self._dtype = autocast_dtype(self._device) or self._dtype
        cache = next((value for value in [*args, *kwargs.values()]
                      if not isinstance(value, torch.Tensor) and is_cache(value)), None)
        if cache is not None and self._generations[-1].passes > 0 and is_empty(cache):
            self._generations.append(Generation())

    def call_function(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        """Calls a function of PyTorch, and records it where that is asked for."""
        if self._inside or threading.get_ident() != self._thread:
            return function(*args, **kwargs)
        known = self._functions.get(function)
        if known is None:
            known = function_type(function), is_in_place(function), opened(function)
            if len(self._functions) < MAX_FUNCTIONS:
                self._functions[function] = known
        kind, in_place, inner = known
        if inner is not None:
            with self._mode:
                return inner(*args, **kwargs)
        return self._run_function(kind, function, args, kwargs, args, None, in_place or "out" in kwargs)

    def tell_where(self, place: Place | None) -> None:
        """Each layer that begins is written there; of an exported program each function, too."""
        self._place = place

    def run_operator(self, operator: Operator, function: Callable, args: tuple, kwargs: dict) -> Any:
        """A node of an exported program that is of no layer."""
        if self._place is not None:
            self._place.write(operator.place)
        return self._run_function(operator.kind, function, args, kwargs, operator.as_function(args), operator.name,
                                  operator.is_in_place)

    def begin_layer(self, layer: Layer, inputs: list[Any]) -> Callable[[list[Any], int], None]:
        """The nodes of a layer of an exported program are called next. What is returned takes their results, and when
        they ended."""
        generation = self._generations[-1]
        self.reached = layer.path
        if self._place is not None:
            self._place.write(layer.place)
        sources, input_shape = generation.flow.sources(inputs, {}), first_shape(inputs)

        def end(results: list[Any], at: int) -> None:
            generation.flow.write(results, len(generation.calls))
            generation.calls.append((layer, input_shape, first_shape(results), start, at - start, generation.passes,
                                     sources))
            if layer is self._last_layer:
                self._end_pass()

        start = time.perf_counter_ns()
        return end

    def _run_function(self, kind: str, function: Callable, args: tuple, kwargs: dict, told: tuple, name: str | None,
                      is_in_place: bool) -> Any:
        """`told`: the arguments in the order of torch.nn.functional's; `name`: None where the statement that calls it
        tells."""
        generation = self._generations[-1]
        flow = generation.flow
        if kind in BOOKKEEPING or kind == "dropout" and not drops(args, kwargs):
            result = function(*args, **kwargs)
            if kind in FRESH:
                args, kwargs = (), {}
            flow.pass_on(args, kwargs, result, is_in_place)
            return result
        if kind not in HEAVY and not self._all:
            result = function(*args, **kwargs)
            if computes(args, kwargs, result):
                self.left_out[kind] += 1
            flow.pass_on(args, kwargs, result, is_in_place)
            return result
        input_shape, causal = self._facts.input_shape(kind, function, told, kwargs)
        sources = flow.sources(args, kwargs)
        start = time.perf_counter_ns()
        result = function(*args, **kwargs)
        duration = time.perf_counter_ns() - start
        if not computes(args, kwargs, result):
            flow.pass_on(args, kwargs, result, False)
            return result
        if name is None:
            name = function_name(sys._getframe(3), kind)
        shapes = self._facts.shapes(kind, told, (input_shape, first_shape(result)))
        if kind in CONTRACTIONS and (steps := contraction_steps(kind, told, kwargs)) is not None:
            generation.add_steps(steps, Function(kind, name, None, function, {}), start, duration, sources)
            if steps:
                flow.write(result, len(generation.calls) - 1)
            else:
                flow.pass_on(args, kwargs, result, False)
            return result
        caller = self._callers[-1] if self._callers else None
        details = self._facts.details(kind, name, told, kwargs, shapes, causal is False, caller)
        flow.write(result, len(generation.calls))
        generation.calls.append((Function(kind, name, causal, function, details), *shapes, start, duration,
                                 generation.passes, sources))
        return result

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
            self.events += write_trace(path, self._header(generation),
                                       events_of(generation, self._parameters, self._told.get("vocab_size"),
                                                 self._rule()))

    def _header(self, generation: Generation) -> dict[str, Any]:
        header = {"model": bounded_text(self._name), "dtype": self._dtype, "batch": min(self._batch or 1, MAX_SIZE),
                  "source": f"torch {torch.__version__}", **self._told}
        if generation.ends_with_head():
            return header
        last_layer = generation.last_layer()
        told = {"last_layer": bounded_text(last_layer)} if last_layer else {}
        return {**header, **told, "marks_passes": True}

    def _rule(self) -> Dependencies | None:
        """Of decoders whose events' names tell what they read; with all functions a name does not."""
        decoder = self._published and not self._all and model_type(self._model) in PUBLISHED_FAMILIES
        return Dependencies() if decoder else None
