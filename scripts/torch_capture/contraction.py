"""einsum and tensordot as what PyTorch makes of them: products of matrices, one after another."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import math
from typing import Any, Sequence

import torch

CONTRACTIONS = frozenset(["einsum", "tensordot"])
_DOTS = "..."


@dataclasses.dataclass
class Step:
    """A kernel. Sizes of 1 are left out of the shapes of sums and of what is multiplied element by element."""
    kind: str  # "product": [b, m, k] and [b, m, n]; "mul": no size is summed over; "sum": of one tensor
    input: list[int]
    output: list[int]
    reads: list[int]  # earlier steps
    reads_operands: bool  # and what the call is given

    def flop(self) -> int:
        if self.kind == "product":
            return 2 * math.prod(self.output) * self.input[-1]
        return max(math.prod(self.input), math.prod(self.output))


def contraction_steps(kind: str, args: tuple, kwargs: dict) -> list[Step] | None:
    """Of a call of einsum or tensordot. No steps where nothing is computed (one operand in another order), None where the
    arguments are others than expected."""
    try:
        if kind == "tensordot":
            return _tensordot(*args, **kwargs)
        if isinstance(args[0], str):
            operands = args[1] if isinstance(args[1], (tuple, list)) else args[1:]
            terms, kept = _read(args[0], operands)
        else:
            operands, terms, kept = _from_lists(args)
        is_operator = len(args) == 3 and isinstance(args[1], (tuple, list)) and isinstance(args[0], str)
        path = kwargs["path"] if "path" in kwargs else args[2] if is_operator else _plan(terms, kept, operands)
        terms = [_sizes(labels, operand.shape) for labels, operand in zip(terms, operands)]
        return _Chain(terms, set(kept), False).contract(path)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


def _tensordot(a: torch.Tensor, b: torch.Tensor, dims: Any = 2, *more: Any, **_: Any) -> list[Step]:
    """`dims`: how many, two lists, or, as the operator is called, one list and another."""
    if more:
        first, second = dims, more[0]
    elif isinstance(dims, int) or isinstance(dims, torch.Tensor) and dims.numel() == 1:
        first, second = range(a.dim() - int(dims), a.dim()), range(int(dims))
    else:
        first, second = (one.tolist() if isinstance(one, torch.Tensor) else one for one in dims)
    labels = [[("a", at) for at in range(a.dim())], [("b", at) for at in range(b.dim())]]
    for number, places in enumerate(zip(first, second)):
        for own, place in zip(labels, places):
            own[place] = ("both", number)
    kept = {label for own in labels for label in own if label[0] != "both"}
    return _Chain([_sizes(labels[0], a.shape), _sizes(labels[1], b.shape)], kept, True).contract(None)


def _read(equation: str, operands: Sequence[torch.Tensor]) -> tuple[list[list[Any]], list[Any]]:
    """Labels of each operand and of the result."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    texts = left.split(",")
    if len(texts) != len(operands):
        raise ValueError
    terms = [_labels(text, operand.dim() - len(text.replace(_DOTS, ""))) for text, operand in zip(texts, operands)]
    if arrow:
        dots = {label for term in terms for label in term if isinstance(label, int)}
        return terms, _labels(right, len(dots))
    return terms, _once(terms)


def _labels(text: str, dots: int) -> list[Any]:
    """Letters; sizes that "..." stands for are numbers, counted from the last."""
    before, found, after = text.partition(_DOTS)
    if not (before + after).isalpha() and before + after:
        raise ValueError
    return [*before, *(range(dots - 1, -1, -1) if found else []), *after]


def _from_lists(args: tuple) -> tuple[list[torch.Tensor], list[list[Any]], list[Any]]:
    """einsum(operand, labels, operand, labels, …[, labels of the result])."""
    pairs = len(args) // 2
    if pairs == 0:
        raise ValueError
    operands, terms = list(args[0:2 * pairs:2]), []
    for labels, operand in zip(args[1:2 * pairs:2], operands):
        terms.append(_spread(labels, operand.dim() - sum(label is not Ellipsis for label in labels)))
    if len(args) % 2 == 0:
        return operands, terms, _once(terms)
    dots = {label for term in terms for label in term if isinstance(label, int)}
    return operands, terms, _spread(args[-1], len(dots))


def _spread(labels: Sequence[Any], dots: int) -> list[Any]:
    return list(itertools.chain.from_iterable(range(dots - 1, -1, -1) if label is Ellipsis else [f"{label}"]
                                              for label in labels))


def _once(terms: list[list[Any]]) -> list[Any]:
    counts = collections.Counter(itertools.chain.from_iterable(terms))
    return [label for label, count in counts.items() if count == 1 or isinstance(label, int)]


def _plan(terms: list[list[Any]], kept: list[Any], operands: Sequence[torch.Tensor]) -> list[int] | None:
    """The order in which torch.einsum multiplies: opt_einsum's, where there is that package, else from left to right."""
    planner = getattr(torch.backends, "opt_einsum", None)
    if len(operands) < 3 or planner is None or not planner.enabled or not planner.is_available():
        return None
    letters: dict[Any, int] = {}
    for label in itertools.chain(*terms, kept):
        letters.setdefault(label, len(letters))
    given = itertools.chain.from_iterable((operand, [letters[label] for label in own])
                                          for own, operand in zip(terms, operands))
    path = planner.get_opt_einsum().contract_path(*given, [letters[label] for label in kept],
                                                  optimize=planner.strategy)[0]
    return list(itertools.chain.from_iterable(path))


def _sizes(labels: list[Any], shape: Sequence[int]) -> dict[Any, int]:
    """Those above 1. A label that is there twice is a diagonal."""
    if len(labels) != len(shape) or 0 in shape:
        raise ValueError
    return {label: int(size) for label, size in zip(labels, shape) if size != 1}


class _Chain:
    """`terms` are tensors on the way: sizes by label, and in `_steps_of` the step that gives each."""

    def __init__(self, terms: list[dict[Any, int]], kept: set[Any], always_multiplies_matrices: bool):
        self._terms: list[tuple[dict[Any, int], int | None]] = [(term, None) for term in terms]
        self._kept = kept
        self._always_multiplies_matrices = always_multiplies_matrices
        self._steps: list[Step] = []

    def contract(self, path: Sequence[int] | None) -> list[Step]:
        """`path`: pairs of places, whose results go to the end."""
        if len(self._terms) == 1:
            self._sum(self._terms.pop(), ({}, None))
        pairs = iter(path or ())
        while len(self._terms) > 1:
            first, second = sorted((next(pairs), next(pairs))) if path else (0, 1)
            b, a = self._terms.pop(second), self._terms.pop(first)
            self._terms.insert(len(self._terms) if path else 0, self._multiply(a, b))
        return self._steps

    def _is_needed(self, label: Any) -> bool:
        return label in self._kept or any(label in sizes for sizes, _ in self._terms)

    def _add(self, kind: str, input_shape: list[int], output_shape: list[int], *sources: int | None) -> int:
        self._steps.append(Step(kind, input_shape, output_shape, sorted({at for at in sources if at is not None}),
                                None in sources))
        return len(self._steps) - 1

    def _sum(self, term: tuple[dict[Any, int], int | None],
             other: tuple[dict[Any, int], int | None]) -> tuple[dict[Any, int], int | None]:
        """Over what nobody needs but the term itself."""
        sizes, source = term
        left = {label: size for label, size in sizes.items() if label in other[0] or self._is_needed(label)}
        if len(left) == len(sizes):
            return term
        return left, self._add("sum", list(sizes.values()), list(left.values()), source)

    def _multiply(self, first: tuple[dict[Any, int], int | None],
                  second: tuple[dict[Any, int], int | None]) -> tuple[dict[Any, int], int]:
        first, second = self._sum(first, second), self._sum(second, first)
        (a, a_step), (b, b_step) = first, second
        inner = math.prod(size for label, size in a.items() if label in b and not self._is_needed(label))
        result = {label: size for label, size in {**a, **b}.items()
                  if not (label in a and label in b) or self._is_needed(label)}
        if inner == 1 and not self._always_multiplies_matrices:
            return result, self._add("mul", list(a.values()), list(result.values()), a_step, b_step)
        both = math.prod(size for label, size in a.items() if label in b) // inner
        rows = math.prod(size for label, size in a.items() if label not in b)
        columns = math.prod(size for label, size in b.items() if label not in a)
        return result, self._add("product", [both, rows, inner], [both, rows, columns], a_step, b_step)
