"""Recurrent layers, cells and functions: the kind `recurrent` of docs/traces.md."""

from __future__ import annotations

from typing import Any, Sequence

import torch

_MODULES = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn", "RNN_TANH": "rnn", "RNN_RELU": "rnn"}
_FUNCTIONS = {"lstm": "lstm", "gru": "gru", "rnn_tanh": "rnn", "rnn_relu": "rnn"}
RECURRENT_FUNCTIONS = frozenset([*_FUNCTIONS, *(f"{name}_cell" for name in _FUNCTIONS)])


def recurrent_layer(module: torch.nn.Module) -> str | None:
    """Of torch.nn's LSTM, GRU, RNN, their cells and what derives from them, quantised ones too; None of any other."""
    for base in type(module).__mro__:
        if not base.__module__.startswith(("torch.nn.", "torch.ao.nn.")):
            continue
        name = base.__name__
        if name.endswith("Cell") and name[:-4] in _MODULES:
            return _written(_MODULES[name[:-4]], module.hidden_size, bias=bool(module.bias), step=True)
        if name in _MODULES:
            return _written(_MODULES[name], module.hidden_size, module.num_layers, 1 + bool(module.bidirectional),
                            getattr(module, "proj_size", 0), bool(module.bias), bool(module.batch_first))
    return None


def recurrent_function(kind: str, args: Sequence[Any]) -> str | None:
    """Of torch.lstm and its like, called as torch.nn's layers do; None of other ways to call them."""
    try:
        if kind.endswith("_cell"):
            hidden = args[1][0] if kind == "lstm_cell" else args[1]
            return _written(_FUNCTIONS[kind[:-5]], int(hidden.shape[-1]), bias=len(args) > 4 and args[4] is not None,
                            step=True)
        packed = isinstance(args[1], torch.Tensor) and isinstance(args[3], (tuple, list))
        hidden, has_bias, layers, _, _, both = (args[at + packed] for at in (1, 3, 4, 5, 6, 7))
        projection = 0
        if kind == "lstm":
            projection = int(hidden[0].shape[-1])
            hidden = hidden[1]
            projection = projection if projection != hidden.shape[-1] else 0
        return _written(_FUNCTIONS[kind], int(hidden.shape[-1]), int(layers), 1 + bool(both), projection,
                        bool(has_bias), not packed and bool(args[8]))
    except (AttributeError, IndexError, TypeError):
        return None


def _written(cell: str, hidden: int, layers: int = 1, directions: int = 1, projection: int = 0, bias: bool = False,
             batch_first: bool = False, step: bool = False) -> str:
    words = ["recurrent", f"cell={cell}", f"hidden={hidden}"]
    words += [f"layers={layers}"] * (layers > 1) + [f"directions={directions}"] * (directions > 1)
    words += [f"projection={projection}"] * (projection > 0)
    words += ["bias"] * bias + ["batch_first"] * batch_first + ["step"] * step
    return " ".join(words)
