"""Which calls wrote what a call reads: followed from tensor to tensor by their storages."""

from __future__ import annotations

import dataclasses
from typing import Any, Iterator, Sequence

import torch

_Tensor = torch.Tensor
# Of arguments that nobody writes in a pass, or that have no storage.
_WITHOUT_TENSORS = frozenset([torch.nn.Parameter, int, float, bool, str, type(None), torch.dtype, torch.device, torch.Size])
_MAX_DEPTH = 8


def tensors_in(value: Any, depth: int = 0) -> Iterator[torch.Tensor]:
    """All tensors among arguments or in a result, however deep in tuples, lists, dictionaries and dataclasses."""
    if isinstance(value, _Tensor):
        yield value
        return
    if isinstance(value, (tuple, list)):
        items = value
    elif isinstance(value, dict):
        items = value.values()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = vars(value).values()
    else:
        return
    if depth < _MAX_DEPTH:
        for item in items:
            yield from tensors_in(item, depth + 1)


def _storage(tensor: torch.Tensor) -> int:
    """Tells a tensor's storage from all others that are alive; views of a tensor share it. 0 of a tensor without one."""
    try:
        place = tensor.data_ptr()
        if place:
            offset = tensor.storage_offset()
            return place - offset * tensor.element_size() if offset else place
        storage = tensor.untyped_storage() if hasattr(tensor, "untyped_storage") else tensor.storage()
        return -storage._cdata  # of a tensor without memory, as on the meta device
    except Exception:  # a sparse or nested tensor, one of a class of its own
        return 0


class Flow:
    """Of one generation. Calls are known by their place in `calls`, whose entries end in the places that they wait for.

    A storage that is freed and used again is overwritten here by whoever makes the new tensor. What nobody has written
    in this pass (inputs, parameters, a cache) is there when the pass begins."""

    def __init__(self, calls: list[tuple]):
        self._calls = calls
        self._writers: dict[int, tuple[int, ...]] = {}
        self._begin = 0  # the first call of this pass
        self._before: list[int] = []  # of each call since then all that it waits for, directly or not, as bits

    def begin_pass(self) -> None:
        self._writers.clear()
        self._begin = len(self._calls)
        self._before.clear()

    def source(self, tensor: torch.Tensor) -> tuple[int, ...]:
        """As sources(), of one tensor."""
        return self._writers.get(_storage(tensor), ())

    def sources(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[int, ...]:
        """The calls that wrote what is read, ascending."""
        writers = self._writers
        found: set[int] = set()
        for value in (*args, *kwargs.values()) if kwargs else args:
            kind = type(value)
            if kind is _Tensor:
                found.update(writers.get(_storage(value), ()))
            elif kind not in _WITHOUT_TENSORS:
                for tensor in tensors_in(value):
                    found.update(writers.get(_storage(tensor), ()))
        return tuple(sorted(found)) if len(found) > 1 else tuple(found)

    def write(self, result: Any, at: int) -> None:
        """The call at place `at` gave this."""
        own = (at,)
        if type(result) is _Tensor:
            self._writers[_storage(result)] = own
            return
        for tensor in tensors_in(result):
            self._writers[_storage(tensor)] = own

    def pass_on(self, args: Sequence[Any], kwargs: dict[str, Any], result: Any, in_place: bool) -> None:
        """A function that is no event of its own gave this, out of what others wrote. `in_place`: it changed its first
        argument."""
        given = list(tensors_in(result))
        if not given and not in_place:
            return
        storages = dict.fromkeys(map(_storage, tensors_in((args, kwargs))))
        changed = [_storage(tensor) for tensor in given]
        if in_place:
            changed += list(storages)[:1]
        elif "out" not in kwargs:
            changed = [storage for storage in changed if storage not in storages]  # not of views
        if changed:
            sources = self._merged(storages)
            for storage in changed:
                if sources:
                    self._writers[storage] = sources
                else:
                    self._writers.pop(storage, None)

    def _merged(self, storages: dict[int, None]) -> tuple[int, ...]:
        """Their writers, without those that others of them wait for anyhow: residual streams would gather all layers."""
        known = {self._writers[storage] for storage in storages if storage in self._writers}
        if len(known) < 2:
            return next(iter(known), ())
        kept: list[int] = []
        covered = 0
        for at in sorted({at for writers in known for at in writers}, reverse=True):
            if not covered >> at - self._begin & 1:
                kept.append(at)
                covered |= self._all_before(at)
        return tuple(reversed(kept))

    def _all_before(self, at: int) -> int:
        for call in self._calls[self._begin + len(self._before):]:
            bits = 0
            for source in call[-1]:
                bits |= self._before[source - self._begin] | 1 << source - self._begin
            self._before.append(bits)
        return self._before[at - self._begin]


def waits(calls: Sequence[tuple], step_of: Any) -> Iterator[list[int]]:
    """For each call of a generation the calls that it waits for: those it has found, else the ends of the pass before,
    which are the calls that nobody of their pass waits for; nothing in the first pass. `step_of` tells a call's pass."""
    ends: list[int] = []
    open_ends: set[int] = set()
    step = None
    for at, call in enumerate(calls):
        if step_of(call) != step:
            step, ends, open_ends = step_of(call), sorted(open_ends), set()
        open_ends.difference_update(call[-1])
        open_ends.add(at)
        yield list(call[-1]) or ends
