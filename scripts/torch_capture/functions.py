"""Which functions of PyTorch are recorded, under which type and which name."""

from __future__ import annotations

import ast
import linecache
import sys
from types import CodeType, FrameType
from typing import Any, Callable

# Functions that do the work of a layer: products, convolutions, attention, normalisation, activations, pooling, tables.
HEAVY = frozenset("""
    matmul mm bmm mv addmm addmv baddbmm addbmm einsum tensordot linear bilinear
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
    scaled_dot_product_attention multi_head_attention_forward flex_attention softmax log_softmax softmin gumbel_softmax
    layer_norm rms_norm group_norm batch_norm instance_norm local_response_norm normalize
    relu relu6 leaky_relu prelu rrelu elu celu selu gelu silu mish glu sigmoid logsigmoid tanh softplus softsign
    hardswish hardsigmoid hardtanh hardshrink softshrink tanhshrink threshold
    max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d fractional_max_pool2d
    fractional_max_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d adaptive_avg_pool1d
    adaptive_avg_pool2d adaptive_avg_pool3d interpolate grid_sample embedding embedding_bag
    fft ifft fft2 ifft2 fftn ifftn rfft irfft rfft2 irfft2 rfftn irfftn stft istft
    rnn_tanh rnn_relu lstm gru rnn_tanh_cell rnn_relu_cell lstm_cell gru_cell grouped_mm scaled_mm
    """.split())

# Functions that compute nothing: other views of the same elements, copies, new tensors, questions about a tensor.
BOOKKEEPING = frozenset("""
    get set delitem getitem setitem len repr str format hash iter contains bool int float complex index array
    array_wrap dir reversed deepcopy reduce_ex setstate dlpack dlpack_device
    view view_as view_as_real view_as_complex reshape reshape_as transpose t adjoint permute movedim moveaxis swapaxes
    swapdims expand expand_as broadcast_to broadcast_tensors squeeze unsqueeze flatten unflatten ravel unfold select
    narrow split split_with_sizes chunk unbind tensor_split hsplit vsplit dsplit diagonal as_strided real imag
    resolve_conj resolve_neg conj atleast_1d atleast_2d atleast_3d values indices unsafe_chunk unsafe_split
    detach requires_grad contiguous clone copy to cpu cuda type type_as half bfloat16 double long short byte char
    pin_memory data alias lift_fresh is_pinned record_stream share_memory resize resize_as
    empty_like zeros_like ones_like full_like rand_like randn_like randint_like new_tensor new_empty new_zeros new_ones
    new_full new_empty_strided fill zero tensor as_tensor from_numpy scalar_tensor empty zeros ones full arange eye
    size shape dim ndim ndimension numel nelement stride storage storage_offset data_ptr element_size get_device
    is_floating_point is_complex is_contiguous is_nonzero item tolist numpy equal allclose result_type
    untyped_storage backward register_hook retain_grad can_cast
    """.split())

# Of these, those whose result has nothing of a tensor that they are given but its size.
FRESH = frozenset("""
    empty_like zeros_like ones_like full_like rand_like randn_like randint_like new_tensor new_empty new_zeros new_ones
    new_full new_empty_strided empty zeros ones full arange eye
    """.split())

_ALIASES = {"true_divide": "div", "truediv": "div", "divide": "div", "multiply": "mul", "subtract": "sub",
            "special_softmax": "softmax", "special_log_softmax": "log_softmax", "itruediv": "div", "rtruediv": "div",
            "radd": "add", "iadd": "add", "rsub": "sub", "isub": "sub", "rmul": "mul", "imul": "mul", "rdiv": "div",
            "idiv": "div", "rmatmul": "matmul", "imatmul": "matmul", "rpow": "pow", "ipow": "pow"}

# Frames between a call of a function and its caller.
_PASSAGE = frozenset(["torch", "torch._C", "torch._jit_internal", "torch._tensor", "torch.functional",
                      "torch.nn.functional", "torch.overrides", "torch.special", "torch.linalg", "torch.fft"])


def function_type(function: Callable) -> str:
    """The public name: `matmul` for torch.matmul, Tensor.matmul and `@`, `add` for torch.add, add_ and `+`."""
    name = getattr(function, "__name__", None) or type(function).__name__
    name = name.strip("_") or name
    return _ALIASES.get(name, name)


def function_name(frame: FrameType | None, otherwise: str) -> str:
    """What the function called from `frame` is known by: the variable that its statement assigns, "return" in a return
    statement, `otherwise` in any other and where the source cannot be read."""
    while frame is not None and frame.f_globals.get("__name__") in _PASSAGE:
        frame = frame.f_back
    if frame is None:
        return otherwise
    place = id(frame.f_code), frame.f_lasti  # a code object's own hash is slow
    if place not in _names:
        if len(_names) >= _MAX_NAMES:
            _names.clear()
        _names[place] = _name_at(frame), frame.f_code
    return _names[place][0] or otherwise


_names: dict[tuple[int, int], tuple[str, CodeType]] = {}  # with the code, so that its id stays its own
_MAX_NAMES = 100_000  # a notebook makes new code with every cell
_trees: dict[str, tuple[list[str], list[ast.stmt]]] = {}


def _name_at(frame: FrameType) -> str:
    if frame.f_code.co_name == "<lambda>":
        return ""
    statements = _statements(frame)
    if sys.version_info >= (3, 11):
        positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        first = positions[0] or frame.f_lineno, positions[2] or 0
        last = positions[1] or first[0], positions[3] or first[1]
    else:
        first, last = (frame.f_lineno, 1 << 30), (frame.f_lineno, 0)
    around = [s for s in statements
              if (s.lineno, s.col_offset) <= first and last <= (s.end_lineno, s.end_col_offset)]
    # Statements lie one in another, so the last to begin is the innermost.
    statement = max(around, key=lambda s: (s.lineno, s.col_offset), default=None)
    if isinstance(statement, ast.Return):
        return "return"
    if isinstance(statement, ast.Assign):
        return _target_name(statement.targets[0])
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        return _target_name(statement.target)
    return ""


def _statements(frame: FrameType) -> list[ast.stmt]:
    """All statements of the frame's file; none where it is not there or is no Python."""
    path = frame.f_code.co_filename
    lines = linecache.getlines(path, frame.f_globals)
    known = _trees.get(path)
    if known is None or known[0] is not lines:  # linecache reads a changed file anew
        try:
            tree = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError):
            tree = ast.Module(body=[], type_ignores=[])
        known = _trees[path] = lines, [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    return known[1]


def _target_name(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, (ast.Subscript, ast.Starred)):
        return _target_name(target.value)
    if isinstance(target, (ast.Tuple, ast.List)) and target.elts:
        return _target_name(target.elts[0])
    return ""


def attention_details(args: tuple, kwargs: dict, private: bool) -> tuple[list[int] | None, bool | None]:
    """Of scaled_dot_product_attention: the key's shape with the query's heads, and False where a row sees the rows
    after it too (else None). `private` is the function of PyTorch 1.13, which has one more argument."""
    def argument(at: int, name: str) -> Any:
        return args[at] if len(args) > at else kwargs.get(name)
    query, key, mask = argument(0, "query"), argument(1, "key"), argument(3, "attn_mask")
    if query is None or key is None:
        return None, None
    shape, rows = list(key.shape), list(query.shape)
    if kwargs.get("enable_gqa") and len(shape) == len(rows) and len(rows) >= 3:
        shape[-3] = rows[-3]
    shape = [1] * (len(rows) - len(shape)) + shape
    if argument(6 if private else 5, "is_causal") or len(rows) < 2 or rows[-2] < 2:
        return shape, None
    return shape, False if mask is None or _sees_later_rows(mask) else None


def _sees_later_rows(mask: Any) -> bool:
    """Does a row of any mask see rows after its own? Rows of padding do not count: a mask lets them see all or none,
    while others do not."""
    if mask.device.type == "meta" or 0 in mask.shape:
        return False
    seen = mask if str(mask.dtype) == "torch.bool" else mask > -1e4
    rows, columns = seen.shape[-2:]
    counts = seen.sum(-1)
    if bool((counts == counts[..., :1]).all()):  # all rows see as many, as without an order, or each its window
        counts = counts.new_zeros(counts.shape)
    padding = (counts == columns) | ~seen.any(-1)
    later = seen & ~seen.new_ones(rows, columns).tril(columns - rows)
    return bool((later.any(-1) & ~padding).any())
