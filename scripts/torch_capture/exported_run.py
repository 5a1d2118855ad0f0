"""Runs a program of torch.export node by node."""

from __future__ import annotations

import ast
import time
from operator import itemgetter
from typing import Any, Callable, Iterable, Iterator

import torch
from torch.fx import Interpreter
from torch.fx.node import map_arg

from torch_capture.exported_modules import Node, arguments_of, owner_of, stand_in
from torch_capture.functions import function_type
from torch_capture.layers import Layer, leaves
from torch_capture.reached import place_text

# Names of operators that their functions do not have.
_KINDS = {"native_layer_norm": "layer_norm", "native_group_norm": "group_norm", "native_batch_norm": "batch_norm",
          "native_batch_norm_legit_no_training": "batch_norm", "cudnn_batch_norm": "batch_norm",
          "scaled_dot_product_flash_attention_for_cpu": "scaled_dot_product_attention",
          "scaled_dot_product_flash_attention": "scaled_dot_product_attention",
          "scaled_dot_product_efficient_attention": "scaled_dot_product_attention",
          "fused_rms_norm": "rms_norm", "adaptive_avg_pool2d": "adaptive_avg_pool2d", "to_copy": "to",
          "unsafe_view": "view", "slice": "select", "lift_fresh_copy": "clone", "index": "getitem",
          "assert_tensor_metadata": "is_nonzero", "native_dropout": "dropout", "feature_dropout": "dropout"}


class Called:
    """A layer's call: the nodes that it consists of, in the order of their calls."""

    def __init__(self, layer: Layer):
        self.layer = layer
        self.nodes: list[Node] = []

    def finish(self) -> None:
        own = set(self.nodes)
        given = [node for call in self.nodes for node in _inputs(call) if node not in own]
        self.inputs = [node for node in given if node.op != "get_attr"] or given
        self.outputs = [node for node in self.nodes if any(user not in own for user in node.users)] or self.nodes[-1:]
        self.first, self.last = self.nodes[0], self.nodes[-1]


class ProgramRun:
    """Of one program. `modules` and `layers` are what is known of those that it was made of; the recorder is told of what
    is called."""

    def __init__(self, program: torch.fx.GraphModule, recorder: Any):
        self.recorder = recorder
        self.modules = stand_in(program)
        self.layers = leaves(self.modules, False)
        self._program = program
        self._calls: dict[Node, Called] = {}
        self._operators: dict[Node, Operator] = {}
        self._arguments: dict[Node, Arguments] = {}
        self._held: dict[torch.fx.GraphModule, dict[Any, Any]] = {}
        own = type(self.modules).__module__.startswith("torch.nn.")
        layers = {layer.path: layer for layer in self.layers if layer.path or own}
        for module in program.modules():
            if isinstance(module, torch.fx.GraphModule):
                self._find_calls(module, layers)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        info = getattr(self._program.graph._codegen, "pytree_info", None)
        if kwargs and info is not None and info.in_spec is not None:
            order = info.in_spec.children_specs[1].context
            args = *args, *(kwargs[name] for name in order if name in kwargs)
        return self.run(self._program, args)

    def run(self, module: torch.fx.GraphModule, args: Iterable[Any]) -> Any:
        """Parameters and buffers are looked up once for all passes."""
        run = _Run(self, module)
        if module not in self._held:
            held = self._held[module] = {node: run.fetch_attr(node.target) for node in module.graph.nodes
                                         if node.op == "get_attr"}
            for node in module.graph.nodes:
                self._arguments[node] = Arguments(node, held)
        return run.run(*args, initial_env=dict(self._held[module]))

    def call_of(self, node: Node) -> Called | None:
        return self._calls.get(node)

    def operator(self, node: Node) -> Operator:
        return self._operators[node]

    def arguments(self, node: Node, values: dict[Any, Any]) -> tuple[tuple, dict[str, Any]]:
        return self._arguments[node].of(values)

    def _find_calls(self, module: torch.fx.GraphModule, layers: dict[str, Layer]) -> None:
        previous: tuple[str, str] | None = None
        called: list[Called] = []
        for node in module.graph.nodes:
            if node.op != "call_function":
                continue
            owner = owner_of(node)
            if owner is not None and owner[0] in layers:
                if owner != previous:
                    called.append(Called(layers[owner[0]]))
                called[-1].nodes.append(node)
                self._calls[node] = called[-1]
            else:
                self._operators[node] = Operator(node)
            previous = owner
        for call in called:
            call.finish()


class Arguments:
    """Of a node's call, by the values of nodes. What is no node's value is put into `constants`, whose entries `values`
    has, too, so that most arguments are looked up at once."""

    def __init__(self, node: Node, constants: dict[Any, Any]):
        self._node = node
        self._look_up: Callable[[dict[Any, Any]], Any] | None = None
        if node.kwargs or len(node.args) < 2:
            return
        keys: list[Any] = []
        for given in node.args:
            if isinstance(given, torch.fx.Node):
                keys.append(given)
            elif _nodes_in(given):
                return
            else:
                key = object()
                constants[key] = given
                keys.append(key)
        self._look_up = itemgetter(*keys)

    def of(self, values: dict[Any, Any]) -> tuple[tuple, dict[str, Any]]:
        if self._look_up is not None:
            return self._look_up(values), {}
        get = values.__getitem__
        return map_arg(self._node.args, get), map_arg(self._node.kwargs, get)


class Operator:
    """What is known of a node before it is run."""

    def __init__(self, node: Node):
        target = node.target
        packet = getattr(target, "overloadpacket", target)
        public = getattr(packet, "__name__", str(packet))
        kind = function_type(packet)
        self.kind = _KINDS.get(kind, kind)
        self.is_in_place = public.endswith("_") and not public.endswith("__")
        self.name = _assigned(node) or self.kind
        if self.kind == "convolution":
            transposed = "_transpose" if arguments_of(node).get("transposed") else ""
            self.kind = f"conv{transposed}{len(arguments_of(node)['stride'])}d"
        self._is_aten = getattr(target, "namespace", "") == "aten"
        self.place = place_text("function", self.kind)

    def as_function(self, args: tuple) -> tuple:
        """The arguments in the order of torch.nn.functional's."""
        if self._is_aten and self.kind == "embedding" and len(args) > 1:
            return (args[1], args[0], *args[2:])
        if self.kind.startswith("conv") and len(args) == 9:  # aten.convolution
            order = (0, 1, 2, 3, 4, 7, 8, 5) if self.kind.startswith("conv_transpose") else (0, 1, 2, 3, 4, 5, 8)
            return tuple(args[at] for at in order)
        return args


class _Run(Interpreter):
    def __init__(self, run: ProgramRun, module: torch.fx.GraphModule):
        super().__init__(module)
        self.extra_traceback = False
        self._program_run = run
        self._begun: Callable[[Any, int], None] | None = None

    def run_node(self, n: Node) -> Any:  # noqa: N803 - PyTorch's name
        args, kwargs = self._program_run.arguments(n, self.env)
        if n.op != "call_function":
            return getattr(self, n.op)(n.target, args, kwargs)
        recorder = self._program_run.recorder
        called = self._program_run.call_of(n)
        if called is None:
            inner = next((value for value in args if isinstance(value, torch.fx.GraphModule)), None)
            if inner is not None:
                return self._run_inner(n, args)
            operator = self._program_run.operator(n)
            return recorder.run_operator(operator, n.target, args, kwargs)
        if n is called.first:
            values = [self.env[node] for node in called.inputs]
            self._begun = recorder.begin_layer(called.layer, values)
        result = n.target(*args, **kwargs)
        if n is called.last and self._begun is not None:
            end = time.perf_counter_ns()
            given = [result if node is n else self.env.get(node) for node in called.outputs]
            self._begun(given, end)
            self._begun = None
        return result

    def _run_inner(self, node: Node, args: tuple) -> Any:
        """Operators that run a part of the program."""
        kind = getattr(node.target, "_name", getattr(node.target, "__name__", ""))

        def run(module: Any, *inputs: Any) -> Any:
            return self._program_run.run(module, inputs)
        if kind == "wrap_with_set_grad_enabled":
            with torch.set_grad_enabled(args[0]):
                return run(args[1], *args[2:])
        if kind == "wrap_with_autocast":
            device, dtype, enabled, cached, module, *inputs = args
            with torch.autocast(device, dtype, enabled, cached):
                return run(module, *inputs)
        if kind == "cond":
            return run(args[1] if bool(args[0]) else args[2], *args[3])
        return node.target(*args, **dict(node.kwargs))


def _inputs(node: Node) -> Iterator[Node]:
    yield from _nodes_in((node.args, node.kwargs))


def _nodes_in(value: Any) -> list[Node]:
    found: list[Node] = []
    map_arg(value, lambda given: found.append(given) or given)
    return found


def _assigned(node: Node) -> str:
    """What the statement assigns that called it, as the file says."""
    lines = (node.meta.get("stack_trace") or "").splitlines()
    places = [at for at, line in enumerate(lines) if line.lstrip().startswith('File "')]
    for at in reversed(places):
        if "/torch/nn/functional.py" in lines[at] or at + 1 >= len(lines):
            continue
        try:
            statement = ast.parse(lines[at + 1].strip()).body[0]
        except (SyntaxError, ValueError, IndexError):
            return ""
        if isinstance(statement, ast.Return):
            return "return"
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        while isinstance(target, (ast.Subscript, ast.Starred)):
            target = target.value
        if isinstance(target, (ast.Tuple, ast.List)) and target.elts:
            target = target.elts[0]
        return getattr(target, "id", getattr(target, "attr", ""))
    return ""
