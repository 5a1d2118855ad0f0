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
from torch_capture.functions import BOOKKEEPING, HEAVY, attention_details, function_name, function_type
from torch_capture.layers import PUBLISHED_FAMILIES, Layer, leaves, model_type
from torch_capture.trace_file import (DATA_TYPES, MAX_SIZE, CaptureError, bounded_shape, bounded_text, check_path,
                                      did_you_mean, keeps_rules, write_trace)

FUNCTIONS = ("heavy", "all")


class capture:  # noqa: N801 - used like a function
    """`with capture(model, "trace.jsonl.gz") as recorder: model.generate(…)` writes a trace of all that the model does
    in the block, once the block ends. Of a block that an exception leaves no file is written.

    path          the trace; packed with gzip where it ends in .gz
    last_layer    name or path of the layer that ends a forward pass; without it a pass is a call of `model` itself
    functions     "heavy": functions that do a layer's work (products, attention, softmax, activations, …);
                  "all": every function that computes. Either way only functions called outside leaf modules.
    dtype         of the weights, as the simulator knows it: int4, int8, float16, bfloat16 or float32; default: the
                  model's first parameter's
    batch         rows that run side by side; default: the first size of the model's first input if it has 2 or more
    name          the model's name in the header; default: what Hugging Face loaded, or the class
    published     names, and ids, as in the trace that the simulator derives from a config.json: every RMSNorm is a
                  LlamaRMSNorm, a SiLU a SiLUActivation called "return", and only Llama's rotary embeddings are layers;
                  default: for Llama, Mistral and Mixtral

    Afterwards `recorder` tells `events` and `passes`, and in `left_out` which functions were not recorded, and how
    often. Only the thread that entered the block is recorded.

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
        self._dtype = _dtype_of(model, dtype)
        self._batch = batch
        self._name = name or _name_of(model)
        self._all = functions == "all"
        self._published = model_type(model) in PUBLISHED_FAMILIES if published is None else published
        self._layers = leaves(model, self._published)
        self._last_layer = self._find(last_layer) if last_layer is not None else None

        self.events = 0
        self.passes = 0
        self.left_out: collections.Counter[str] = collections.Counter()
        self.reached = ""  # the path of the layer that was called last
        # What was called, input and output shape, start and duration in ns, pass.
        self._calls: list[tuple[Layer | _Function, Sequence[int], Sequence[int], int, int, int]] = []
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
                self._calls.append((layer, input_shape, first_shape(result), start, duration, self.passes))
        finally:
            self._inside -= 1
        if layer is self._last_layer:
            self.passes += 1
        return result

    def _call_model(self, original: Callable, args: tuple, kwargs: dict) -> Any:
        if self._batch is None and self._inside == 0:
            self._batch = self._batch_of(args, kwargs)
        before = len(self._calls)
        self._passing += 1
        try:
            result = original(*args, **kwargs)
        except BaseException:
            del self._calls[before:]  # a caller may try again
            raise
        finally:
            self._passing -= 1
        if self._passing == 0 and self._last_layer is None:
            self.passes += 1
        return result

    def call_function(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        """Calls a function of PyTorch, and records it where that is asked for."""
        if self._inside or threading.get_ident() != self._thread:
            return function(*args, **kwargs)
        kind = function_type(function)
        if kind in BOOKKEEPING or kind == "dropout" and not _drops(args, kwargs):
            return function(*args, **kwargs)
        if kind not in HEAVY and not self._all:
            result = function(*args, **kwargs)
            if _computes(args, kwargs, result):
                self.left_out[kind] += 1
            return result
        input_shape, causal = first_shape(args) or first_shape(kwargs), None
        if kind == "scaled_dot_product_attention":
            private = getattr(function, "__name__", "").startswith("_")
            key_shape, causal = attention_details(args, kwargs, private)
            input_shape = key_shape or input_shape
        start = time.perf_counter_ns()
        result = function(*args, **kwargs)
        duration = time.perf_counter_ns() - start
        if _computes(args, kwargs, result):
            called = _Function(kind, function_name(sys._getframe(2), kind), causal, function)
            self._calls.append((called, input_shape, first_shape(result), start, duration, self.passes))
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
            if not self._calls:
                raise CaptureError(f"nothing was recorded: {told}")
            warnings.warn(f"{told}; they are not in {self._path}", stacklevel=3)
        if not self._calls:
            raise CaptureError("nothing was recorded: no layer of the model was called")
        self.events = write_trace(self._path, self._header(), self._events())

    def _header(self) -> dict[str, Any]:
        header = {"model": bounded_text(self._name), "dtype": self._dtype, "batch": min(self._batch or 1, MAX_SIZE),
                  "source": f"torch {torch.__version__}"}
        config = getattr(self._model, "config", None)
        for key in ("num_key_value_heads", "sliding_window"):
            value = getattr(config, key, None)
            on = key != "sliding_window" or getattr(config, "use_sliding_window", True)
            if type(value) is int and 1 <= value <= MAX_SIZE and on:
                header[key] = value
        return header

    def _events(self) -> Iterator[dict[str, Any]]:
        first = self._calls[0][3]
        # With all functions an event's name does not tell what it reads.
        decoder = self._published and not self._all and model_type(self._model) in PUBLISHED_FAMILIES
        dependencies = Dependencies() if decoder else None
        for called, input_sizes, output_sizes, start, duration, step in self._calls:
            input_shape, output_shape = written_shape(input_sizes), written_shape(output_sizes)
            event = {"kind": "layer" if isinstance(called, Layer) else "function", "type": "", "name": "", "id": None,
                     "phase": "decode" if step else "prefill", "step": step, "input_shape": input_shape,
                     "weight_shape": None, "output_shape": output_shape, **called.fields(input_shape, output_shape),
                     "start_ns": start - first, "duration_ns": duration}
            if not keeps_rules(event):
                event["type"] = called.own_type()
                if isinstance(called, Layer):
                    event["weight_shape"] = [1, 1]
            deps = dependencies.next(event["name"]) if dependencies else []
            yield {**event, "deps": deps} if deps else event


@dataclasses.dataclass
class _Function:
    kind: str
    name: str
    causal: bool | None
    function: Callable

    def fields(self, _input_shape: list[int], _output_shape: list[int]) -> dict[str, Any]:
        fields = {"type": bounded_text(self.kind), "name": bounded_text(self.name)}
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


def check_model(model: Any) -> None:
    """Raises CaptureError on what is no module and on what Python does not see the inside of."""
    if not isinstance(model, torch.nn.Module):
        raise CaptureError(f"{type(model).__name__} object; expected a torch.nn.Module")
    for path, module in model.named_modules():
        where = f"'{path}'" if path else "the model"
        if isinstance(module, torch.jit.ScriptModule):
            raise CaptureError(f"{where} is TorchScript, whose layers Python does not call; expected the module that "
                               "it was made from (or profile it with upmem-des profile --torchscript)")
        if hasattr(module, "_orig_mod") or getattr(module, "_compiled_call_impl", None) is not None:
            raise CaptureError(f"{where} is compiled, and its layers are no calls any more; expected it as it was "
                               "before torch.compile")


def first_shape(value: Any) -> Sequence[int]:
    """The sizes of the first tensor in arguments or a result; none where there is no tensor."""
    tensor = value if isinstance(value, torch.Tensor) else _first_tensor(value)
    if tensor is None:
        return ()
    try:
        return tensor.shape
    except RuntimeError:  # a nested tensor has no sizes
        return ()


def written_shape(sizes: Sequence[int]) -> list[int]:
    """As a trace can hold it: 1 or more sizes."""
    try:
        return bounded_shape(sizes) or [1]
    except (RuntimeError, TypeError, ValueError):  # sizes that are symbols
        return [1]


def _first_tensor(value: Any, depth: int = 0) -> torch.Tensor | None:
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, dict):
        items = value.values()
    elif isinstance(value, (tuple, list)):
        items = value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = vars(value).values()
    else:
        return None
    if depth == 8:
        return None
    return next((found for item in items if (found := _first_tensor(item, depth + 1)) is not None), None)


def _computes(args: tuple, kwargs: dict, result: Any) -> bool:
    return _first_tensor(result) is not None and _first_tensor((args, kwargs)) is not None


def _drops(args: tuple, kwargs: dict) -> bool:
    """Is this dropout one? Outside of training it hands its input on."""
    return bool(kwargs.get("training", args[2] if len(args) > 2 else True))


def _dtype_of(model: torch.nn.Module, dtype: str | torch.dtype | None) -> str:
    if dtype is None:
        dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)
        hint = "; name one of them with dtype"
    else:
        hint = did_you_mean(str(dtype), DATA_TYPES)
    text = str(dtype).replace("torch.", "")
    if text not in DATA_TYPES:
        raise CaptureError(f"dtype: {text}; expected one of {', '.join(DATA_TYPES)}{hint}")
    return text


def _name_of(model: torch.nn.Module) -> str:
    path = getattr(getattr(model, "config", None), "_name_or_path", None)
    return (isinstance(path, str) and path.rstrip("/").rpartition("/")[2]) or type(model).__name__
