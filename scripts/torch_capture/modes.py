"""PyTorch's way of telling which of its functions are called."""

from __future__ import annotations

import functools
import types
from typing import Any, Callable

import torch
from torch._C import _len_torch_function_stack
from torch.overrides import TorchFunctionMode, _pop_mode, _push_mode

FunctionCalled = Callable[[Callable, tuple, dict], Any]


class Mode(TorchFunctionMode):
    """PyTorch asks it to call every function of its interface that is called in this thread. Inside it is off."""

    def __init__(self, call: FunctionCalled):
        super().__init__()
        self._call = call

    def __torch_function__(self, function: Callable, _types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        return self._call(function, args, kwargs or {})

    def turn_off(self) -> bool:
        """Inside a layer it is not asked: that takes time. False where another mode would be."""
        if not _len_torch_function_stack():
            return False
        last = _pop_mode()
        if last is self:
            return True
        _push_mode(last)
        return False

    def turn_on(self) -> None:
        _push_mode(self)


class Subscripts:
    """PyTorch 1.13 does not ask a mode about `x[…]` and `x[…] = y`; this asks while it is entered."""

    _asked: list[FunctionCalled] = []  # by all that are entered, the last one first

    def __init__(self, call: FunctionCalled):
        self._call = call

    def __enter__(self) -> None:
        if not _ASKS_ABOUT_SUBSCRIPTS:
            Subscripts._asked.insert(0, self._call)
            torch.Tensor.__getitem__, torch.Tensor.__setitem__ = _get, _set

    def __exit__(self, *_: Any) -> None:
        if not _ASKS_ABOUT_SUBSCRIPTS:
            Subscripts._asked.remove(self._call)
            if not Subscripts._asked:
                del torch.Tensor.__getitem__, torch.Tensor.__setitem__


def _get(tensor: torch.Tensor, place: Any) -> Any:
    return _ask(Subscripts._asked, torch._C._TensorBase.__getitem__, (tensor, place))


def _set(tensor: torch.Tensor, place: Any, value: Any) -> None:
    _ask(Subscripts._asked, torch._C._TensorBase.__setitem__, (tensor, place, value))


_get.__name__, _set.__name__ = "__getitem__", "__setitem__"  # by which functions are known


def _ask(calls: list[FunctionCalled], function: Callable, args: tuple) -> Any:
    if not calls:
        return function(*args)
    if len(calls) == 1:
        return calls[0](function, args, {})
    others = calls[1:]

    @functools.wraps(function)
    def asked(*args: Any) -> Any:
        return _ask(others, function, args)

    return calls[0](asked, args, {})


def _asks_about_subscripts() -> bool:
    asked = []
    with Mode(lambda function, args, kwargs: asked.append(function)):
        torch._C._TensorBase.__getitem__(_ONE, 0)
    return bool(asked)


_ONE = torch.ones(1)
_ASKS_ABOUT_SUBSCRIPTS = _asks_about_subscripts()


def opened(function: Callable) -> Callable | None:
    """Of a function of PyTorch that others make up, one whose inner functions are called where a mode sees them; None of
    any other."""
    return _OPENED.get(function)


def _open(function: Callable) -> Callable:
    # Its own first question is whether somebody else is to be asked. Its name tells functions' names in it apart.
    own = {**function.__globals__, "has_torch_function": lambda *_: False, "__name__": f"{__name__}.opened"}
    return types.FunctionType(function.__code__, own, function.__name__, function.__defaults__, function.__closure__)


_OPENED = {}
_attention = torch.nn.functional.multi_head_attention_forward
if isinstance(_attention, types.FunctionType) and "has_torch_function" in _attention.__code__.co_names:
    _OPENED[_attention] = _open(_attention)
