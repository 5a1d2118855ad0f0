"""The modules that a program of torch.export was made of, as far as its nodes and parameters tell."""

from __future__ import annotations

import importlib
import re
from typing import Any, Iterable, Iterator

import torch
from torch import nn

Node = Any  # torch.fx.Node


def is_exported(model: Any) -> bool:
    """Is it a program's module, whose nodes say which module they are of? One without any has what looks at its inputs."""
    return isinstance(model, torch.fx.GraphModule) and (hasattr(model, "_guards_fn") or
                                                        any(owner_of(node) for node in nodes_of(model)))


def nodes_of(program: torch.fx.GraphModule) -> Iterator[Node]:
    """Those that call functions, in the order of their calls; those of inner graphs after the others."""
    for module in program.modules():
        if isinstance(module, torch.fx.GraphModule):
            yield from (node for node in module.graph.nodes if node.op == "call_function")


def owner_of(node: Node) -> tuple[str, str] | None:
    """The path of the innermost module that called it, and a text that tells one call of that module from another."""
    stack = node.meta.get("nn_module_stack")
    if not stack:
        return None
    call, (path, _) = list(stack.items())[-1]
    return _plain(path), str(call)


def stand_in(program: torch.fx.GraphModule) -> nn.Module:
    """A tree of modules with the program's parameters, and of leaf modules the attributes that the trace says something
    of. Leaf modules are in the order of the parameters; those without any follow what is called before them."""
    nodes = list(nodes_of(program))
    classes = _classes(nodes)
    owned = list(program.named_parameters(remove_duplicate=False)) + list(program.named_buffers(remove_duplicate=False))
    holders = [path.rpartition(".")[0] for path, _ in owned]
    parents = {above for path in [*classes, *holders] for above in _above(path)}
    called = [path for path in classes if path not in parents]
    root = _made(classes.get("", ""))
    for path in _merged([path for path, _ in program.named_modules() if path in holders and path not in parents], called):
        _place(root, path, classes)
    shared: dict[tuple[Any, ...], nn.Parameter] = {}
    for path, tensor in owned:
        _hold(_place(root, path.rpartition(".")[0], classes), path.rpartition(".")[2], tensor, shared)
    modules = dict(root.named_modules(remove_duplicate=False))
    for node in nodes:
        owner = owner_of(node)
        if owner and owner[0] in modules and owner[0] not in parents:
            _describe(modules[owner[0]], node)
    return root


def arguments_of(node: Node) -> dict[str, Any]:
    """By the names of the operator's schema."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:
        return {}
    given = {argument.name: argument.default_value for argument in schema.arguments if argument.has_default_value()}
    given.update(zip((argument.name for argument in schema.arguments), node.args))
    return {**given, **node.kwargs}


def _plain(path: str) -> str:
    path = re.sub(r"^L\['self'\]\.?|^L__self__\.?", "", path)  # of older versions
    return re.sub(r"@[0-9]+", "", path)  # of later calls of one module


def _classes(nodes: Iterable[Node]) -> dict[str, str]:
    """Of each path the class, in the order of their first calls."""
    found: dict[str, str] = {}
    for node in nodes:
        for path, kind in (node.meta.get("nn_module_stack") or {}).values():
            name = kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}"
            found.setdefault(_plain(path), name)
    return found


def _above(path: str) -> list[str]:
    parts = path.split(".") if path else []
    return [".".join(parts[:count]) for count in range(len(parts))]


def _merged(first: list[str], second: list[str]) -> list[str]:
    merged = list(first)
    before = None
    for path in second:
        if path not in merged:
            merged.insert(merged.index(before) + 1 if before is not None else 0, path)
        before = path
    return merged


def _made(name: str) -> nn.Module:
    """A module of this class: PyTorch's own, or one that has the name only."""
    place, _, own = name.rpartition(".")
    kind: Any = None
    if place.startswith("torch."):
        try:
            kind = getattr(importlib.import_module(place), own, None)
        except ImportError:  # of a newer version
            pass
    if not isinstance(kind, type) or not issubclass(kind, nn.Module):
        kind = type(own or "Module", (nn.Module,), {"__module__": place or "exported"})
    module = kind.__new__(kind)
    nn.Module.__init__(module)
    return module


def _place(root: nn.Module, path: str, classes: dict[str, str]) -> nn.Module:
    module = root
    parts = path.split(".") if path else []
    for count, part in enumerate(parts, 1):
        if part not in module._modules:
            nn.Module.add_module(module, part, _made(classes.get(".".join(parts[:count]), "torch.nn.Module")))
        module = module._modules[part]
    return module


def _hold(module: nn.Module, name: str, tensor: torch.Tensor, shared: dict[tuple[Any, ...], nn.Parameter]) -> None:
    if not isinstance(tensor, nn.Parameter):
        module._buffers[name] = tensor
        return
    key = (tensor.data_ptr(), tuple(tensor.shape), tensor.stride()) if tensor.data_ptr() else (id(tensor),)
    module._parameters[name] = shared.setdefault(key, tensor)


def _describe(module: nn.Module, node: Node) -> None:
    """Gives it the attributes that torch.nn's classes have, by the operator that it called."""
    given = arguments_of(node)
    weight = module._parameters.get("weight")
    if isinstance(module, nn.Linear) and weight is not None:
        module.out_features, module.in_features = weight.shape
    elif isinstance(module, nn.modules.conv._ConvNd) and weight is not None and "stride" in given:
        places = weight.dim() - 2
        module.kernel_size = tuple(weight.shape[2:])
        module.groups = given["groups"]
        for name in ("stride", "padding", "dilation"):
            value = given[name]
            setattr(module, name, value if isinstance(value, str) else tuple(value) * (places // max(len(value), 1)))
    elif isinstance(module, nn.GELU) and "approximate" in given:
        module.approximate = given["approximate"]
    elif isinstance(module, nn.RNNBase) and "num_layers" in given:
        hidden = module._parameters.get("weight_hh_l0")
        gates = {"LSTM": 4, "GRU": 3}.get(next((base.__name__ for base in type(module).__mro__
                                                if base.__name__ in ("LSTM", "GRU")), ""), 1)
        if hidden is not None:
            module.hidden_size = hidden.shape[0] // gates
            module.proj_size = hidden.shape[1] if hidden.shape[1] != module.hidden_size else 0
        module.num_layers, module.bidirectional = given["num_layers"], given["bidirectional"]
        module.bias, module.batch_first = given["has_biases"], given.get("batch_first", False)
    elif isinstance(module, nn.modules.rnn.RNNCellBase) and "weight_hh" in module._parameters:
        module.hidden_size = module._parameters["weight_hh"].shape[1]
        module.bias = "bias_hh" in module._parameters


