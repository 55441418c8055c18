"""How many operations an operator of ONNX takes, 2 for a multiply-add: formulas over shapes, no files, no onnx.

Only linear algebra is counted: convolutions, matrix products, recurrent cells, attention. What else a graph does
moves data. `skippable` operations multiply zeros that are known before anything runs; a bound may not count on
them. A formula gives `None` where a shape is unknown or does not fit.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int, ...]
LARGEST_OPERATIONS = 10**17  # of one node: hours at any rate there is, so the file is not to be believed
_LONGEST_KERNEL = 10**5
_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A node as the formulas see it; a shape is `None` where it is unknown or the operand is left out."""

    kind: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def input(self, place: int) -> Shape | None:
        """The shape of an operand."""
        return self.inputs[place] if place < len(self.inputs) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What a node takes by the usual convention, and how much of it multiplies zeros known beforehand."""

    total: int
    skippable: int = 0


def operations_of(one: Operator) -> Operations | None:
    """The operations of a node of a kind in `COUNTED`; `None` where its shapes do not tell them.

    Raises:
        KeyError: the kind has no formula.
    """
    formula = _FORMULAS[one.kind]
    try:
        found = formula(one)
    except (LookupError, TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError):
        return None  # a foreign file: attributes and ranks that do not belong together
    if found is None or not 0 <= found.skippable <= found.total <= LARGEST_OPERATIONS:
        return None
    return found


def taps(count: int, *, size: int, kernel: int, stride: int = 1, pad: int = 0, dilation: int = 1) -> int:
    """On one axis: how many products of a kernel's tap with an element that is there, not padding.

    Args:
        count: places the kernel is put to.
        size: elements of the axis.
        kernel: taps.
        stride: elements between places.
        pad: elements before the first.
        dilation: elements between taps.
    """
    found = 0
    for tap in range(kernel):
        first = max(0, -((tap * dilation - pad) // stride))  # the least place whose tap is not before the axis
        last = min(count - 1, (size - 1 + pad - tap * dilation) // stride)
        found += max(0, last - first + 1)
    return found


def _convolution(x: Shape | None, w: Shape | None, y: Shape | None, attributes: Mapping[str, Any]) -> Operations | None:
    if x is None or w is None or y is None or not len(x) == len(w) == len(y) > 2:  # noqa: PLR2004 - samples and channels
        return None
    if x[1] != w[1] * attributes.get("group", 1) or y[1] != w[0] or max(w[2:]) > _LONGEST_KERNEL:
        return None
    total = 2 * math.prod(y) * math.prod(w[1:])
    axes = zip(y[2:], x[2:], w[2:], _geometry(attributes, x[2:], y[2:], w[2:]), strict=True)
    inside = math.prod(taps(count, size=size, kernel=kernel, **how) for count, size, kernel, how in axes)
    return Operations(total=total, skippable=total - 2 * y[0] * y[1] * w[1] * inside)


def _transposed(x: Shape | None, w: Shape | None, y: Shape | None, attributes: Mapping[str, Any]) -> Operations | None:
    """Every input element meets every tap; what falls beside the output is cut off."""
    if x is None or w is None or y is None or not len(x) == len(w) == len(y) > 2:  # noqa: PLR2004 - see above
        return None
    if x[1] != w[0] or y[1] != w[1] * attributes.get("group", 1) or max(w[2:]) > _LONGEST_KERNEL:
        return None
    total = 2 * math.prod(x) * math.prod(w[1:])
    axes = zip(x[2:], y[2:], w[2:], _geometry(attributes, y[2:], x[2:], w[2:]), strict=True)
    inside = math.prod(taps(count, size=size, kernel=kernel, **how) for count, size, kernel, how in axes)
    return Operations(total=total, skippable=total - 2 * x[0] * x[1] * w[1] * inside)


def _geometry(
    attributes: Mapping[str, Any], sizes: Sequence[int], counts: Sequence[int], kernel: Sequence[int]
) -> Iterable[dict[str, int]]:
    """Stride, dilation and padding in front of each axis; `sizes` are of the larger side, which is padded."""
    ones = [1] * len(sizes)
    strides, dilations = attributes.get("strides") or ones, attributes.get("dilations") or ones
    pads = list(attributes.get("pads") or [0] * (2 * len(sizes)))
    kind = attributes.get("auto_pad", b"NOTSET")
    for place, size in enumerate(sizes):
        pad = pads[place]
        if kind in {b"SAME_UPPER", b"SAME_LOWER"}:
            both = max(0, (counts[place] - 1) * strides[place] + (kernel[place] - 1) * dilations[place] + 1 - size)
            pad = both // 2 if kind == b"SAME_UPPER" else both - both // 2
        yield {"stride": strides[place], "dilation": dilations[place], "pad": pad}


def _product(a: Shape | None, b: Shape | None, *, flips: tuple[bool, bool] = (False, False)) -> Operations | None:
    """Of matrices, as numpy's matmul has it: vectors, batches, broadcasting."""
    if not a or not b:
        return None
    left = (*a[:-2], a[-1], a[-2]) if flips[0] and len(a) > 1 else a
    right = (*b[:-2], b[-1], b[-2]) if flips[1] and len(b) > 1 else b
    rows, inner = (left[-2] if len(left) > 1 else 1), left[-1]
    columns = right[-1] if len(right) > 1 else 1
    if inner != right[-2 if len(right) > 1 else -1]:
        return None
    batches = _broadcast(left[:-2], right[:-2])
    return None if batches is None else Operations(total=2 * math.prod(batches) * rows * inner * columns)


def _broadcast(a: Shape, b: Shape) -> Shape | None:
    width = max(len(a), len(b))
    pairs = list(zip((1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b, strict=True))
    if any(one != other and 1 not in {one, other} for one, other in pairs):
        return None
    return tuple(other if one == 1 else one for one, other in pairs)


def _flipped(one: Operator) -> tuple[bool, bool]:
    return bool(one.attributes.get("transA", 0)), bool(one.attributes.get("transB", 0))


def _packed_product(one: Operator) -> Operations | None:
    """MatMulNBits: weights are packed, so that only attributes tell their shape."""
    a, inner = one.input(0), int(one.attributes["K"])
    if not a or a[-1] != inner:
        return None
    return Operations(total=2 * math.prod(a) * int(one.attributes["N"]))


def _recurrent(one: Operator) -> Operations | None:
    """Every step multiplies the input and the state with all gates' weights; a first state may be known to be 0."""
    x, w, r = (one.input(place) for place in range(3))
    if x is None or w is None or r is None or not len(x) == len(w) == len(r) == 3:  # noqa: PLR2004 - steps, samples, features
        return None
    is_dynamic = one.kind == "DynamicQuantizeLSTM"
    steps, samples = (x[1], x[0]) if one.attributes.get("layout", 0) else (x[0], x[1])
    hidden = r[1] if is_dynamic else r[2]
    gates = _GATES["LSTM" if is_dynamic else one.kind]
    if math.prod(r) != r[0] * gates * hidden * hidden or math.prod(w) != w[0] * gates * hidden * x[2]:
        return None
    total = 2 * steps * samples * (math.prod(w) + math.prod(r))
    if one.input(4) is not None:  # sequences that end earlier, by lengths that only a call tells
        return Operations(total=total, skippable=total)
    return Operations(total=total, skippable=2 * samples * math.prod(r) if one.input(5) is None and steps else 0)


def _einsum(one: Operator) -> Operations | None:
    """Of two operands; more could be contracted in any order."""
    text = one.attributes["equation"].decode().replace(" ", "")
    left, arrow, answer = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(one.inputs) or len(terms) > 2 or "." in text or None in one.inputs:  # noqa: PLR2004 - a pair
        return None
    if len(terms) == 1:
        return Operations(total=0)
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, one.inputs, strict=True):
        sizes.update(zip(term, shape or (), strict=True))
    kept = set(answer) if arrow else {label for label in sizes if left.count(label) == 1}
    shared = set(terms[0]) & set(terms[1])
    if not shared - kept:
        return Operations(total=0)  # nothing is summed over: element by element
    return Operations(total=2 * math.prod(size for label, size in sizes.items() if label in shared | kept))


def _attention_of_microsoft(one: Operator) -> Operations | None:
    """One operator for projections and attention; `Attention` and `QAttention` of ONNX Runtime."""
    x, w = one.input(0), one.input(1)
    past = one.input(8 if one.kind == "QAttention" else 4)
    if x is None or w is None or len(x) != 3 or len(w) != 2 or past is not None:  # noqa: PLR2004 - batch, sequence, features
        return None
    widths = one.attributes.get("qkv_hidden_sizes") or [w[1] // 3] * 3
    scores = 2 * x[0] * x[1] * x[1] * (widths[0] + widths[2])
    may_skip = (
        bool(one.attributes.get("unidirectional", 0)) or one.input(5 if one.kind == "QAttention" else 3) is not None
    )
    return Operations(total=2 * x[0] * x[1] * math.prod(w) + scores, skippable=scores if may_skip else 0)


def _attention_of_heads(one: Operator) -> Operations | None:
    """ONNX's `Attention` and ONNX Runtime's `MultiHeadAttention`: queries, keys and values are given."""
    q, k, v = (one.input(place) for place in range(3))
    if q is None or k is None or v is None or not len(q) == len(k) == len(v):
        return None
    has_more = any(one.input(place) is not None for place in range(3, len(one.inputs)))  # masks, biases, a past
    if len(q) == 4:  # noqa: PLR2004 - batch, heads, sequence, features
        total = 2 * q[0] * q[1] * q[2] * k[2] * (q[3] + v[3])
    elif len(q) == 3:  # noqa: PLR2004 - heads side by side
        shared = int(one.attributes.get("kv_num_heads") or 1), int(one.attributes.get("q_num_heads") or 1)
        total = 2 * q[0] * q[1] * k[1] * (q[2] + v[2] // shared[0] * shared[1])
    else:
        return None
    may_skip = has_more or bool(one.attributes.get("is_causal", 0)) or bool(one.attributes.get("unidirectional", 0))
    return Operations(total=total, skippable=total if may_skip else 0)


def _on(formula: Callable[..., Operations | None], first: int, second: int) -> Callable[[Operator], Operations | None]:
    """A convolution's formula on the operands at these places."""
    return lambda one: formula(one.input(first), one.input(second), one.outputs[0], one.attributes)


_FORMULAS: Mapping[str, Callable[[Operator], Operations | None]] = {
    "Conv": _on(_convolution, 0, 1),
    "FusedConv": _on(_convolution, 0, 1),
    "ConvInteger": _on(_convolution, 0, 1),
    "QLinearConv": _on(_convolution, 0, 3),
    "ConvTranspose": _on(_transposed, 0, 1),
    "Gemm": lambda one: _product(one.input(0), one.input(1), flips=_flipped(one)),
    "FusedGemm": lambda one: _product(one.input(0), one.input(1), flips=_flipped(one)),
    "QGemm": lambda one: _product(one.input(0), one.input(3), flips=_flipped(one)),
    "MatMul": lambda one: _product(one.input(0), one.input(1)),
    "FusedMatMul": lambda one: _product(one.input(0), one.input(1), flips=_flipped(one)),
    "MatMulInteger": lambda one: _product(one.input(0), one.input(1)),
    "MatMulIntegerToFloat": lambda one: _product(one.input(0), one.input(1)),
    "DynamicQuantizeMatMul": lambda one: _product(one.input(0), one.input(1)),
    "QLinearMatMul": lambda one: _product(one.input(0), one.input(3)),
    "MatMulNBits": _packed_product,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "RNN": _recurrent,
    "DynamicQuantizeLSTM": _recurrent,
    "Einsum": _einsum,
    "com.microsoft.Attention": _attention_of_microsoft,
    "QAttention": _attention_of_microsoft,
    "Attention": _attention_of_heads,
    "MultiHeadAttention": _attention_of_heads,
}
COUNTED = frozenset(_FORMULAS)
"""Kinds with a formula, without the domain, but for `Attention`, which two domains have."""
