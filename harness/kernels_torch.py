"""Reads PyTorch's profile: which precision did each layer's arithmetic run in, for how long.

Pure parsing of what a profile says. An operator is compute by its name, and runs in the precision of the
tensors it was given, unless its name says more: weights in INT8 alone (`_weight_int8pack_mm`, or unpacked
to floats before `mm`) are arithmetic in floats, and are told so.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from harness.vocabulary import LayerRun, Precision

# Linear algebra, by the names of ATen's, oneDNN's and the quantised operators: `aten::addmm`, `aten::_int_mm`,
# `aten::mkldnn_convolution`, `mkldnn::_linear_pointwise`, `quantized::conv2d_relu`, `onednn::qlinear_pointwise`.
_COMPUTE = re.compile(
    r"::\w*?((?<![a-z])q?conv(?!ert)|(?<![a-z])q?linear|(?<![a-z])(add|badd|b|baddb)?m[mv](?![a-z])|(?<![a-z])addbmm"
    r"|matmul|einsum|attention|bilinear(?!\w*2d)|(?<![a-z])(lstm|gru|rnn)(?![a-z]))"
)
_NOT_COMPUTE = re.compile(r"prepack|unpack|upsample|grid_sample|_convert|cdist")
_INT8 = re.compile(r"^quantized::|^onednn::q|^aten::quantized_|::_int_mm|^torchao::\w*int8")
_FLOAT_WEIGHTS = re.compile(r"fp16")  # quantized::linear_dynamic_fp16
_TYPES = {
    "float": Precision.FP32,
    "c10::BFloat16": Precision.BF16,
    "c10::Half": Precision.FP16,
    "c10::quint8": Precision.INT8,
    "c10::qint8": Precision.INT8,
    "signed char": Precision.INT8,
    "unsigned char": Precision.INT8,
}
_INTEGERS = frozenset({"long int", "int", "short int", "bool"})
_KINDS_KEPT = 20  # of operators that are no compute, those that took longest


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchOperation:
    """One event of a profile. `parent` is the place of the one it happened in; `scope` the module it belongs to.

    `total_us` includes the operations inside, `own_us` does not.
    """

    name: str
    dtypes: tuple[str, ...]
    shapes: str
    total_us: float
    own_us: float
    parent: int | None
    scope: str


def layers_of_torch(
    calls: Sequence[Sequence[TorchOperation]], *, scopes: Sequence[tuple[str, str]] = ()
) -> tuple[LayerRun, ...]:
    """The layers of a model from several profiled calls of it, with mean times.

    Args:
        calls: the operations of each call, parents before what is in them.
        scopes: the operator and module of every compute layer, in order, where the profile does not tell
            modules; not believed when its operators are others than those that ran.
    """
    if not calls:
        return ()
    computed = [compute_of(call) for call in calls]
    first = computed[0]
    alike = [call for call in computed if [one.name for one in call] == [one.name for one in first]]
    told = [scope for _, scope in scopes] if [name for name, _ in scopes] == [one.name for one in first] else []
    names = _names([one.scope or (told[place] if told else "") for place, one in enumerate(first)], first)
    layers = [
        LayerRun(
            name=names[place],
            kind=one.name,
            precision=_precision(one),
            is_compute=True,
            time_s=fmean(call[place].total_us for call in alike) / 1e6,
        )
        for place, one in enumerate(first)
    ]
    return (*layers, *_others(calls))


def compute_of(call: Sequence[TorchOperation]) -> list[TorchOperation]:
    """The operations that do the arithmetic: `aten::addmm`, but not the `aten::linear` around it."""
    around = {parent for one in call if _is_compute(one) for parent in _ancestors(one, call)}
    return [one for place, one in enumerate(call) if _is_compute(one) and place not in around]


def _ancestors(operation: TorchOperation, call: Sequence[TorchOperation]) -> Iterable[int]:
    place = operation.parent
    while place is not None:
        yield place
        place = call[place].parent


def _is_compute(operation: TorchOperation) -> bool:
    name = operation.name
    if not _COMPUTE.search(name) or _NOT_COMPUTE.search(name):
        return False
    return not _INTEGERS.intersection(_tensor_types(operation)[:1])  # masks and positions are no layers


def _precision(operation: TorchOperation) -> Precision:
    if _INT8.search(operation.name) and not _FLOAT_WEIGHTS.search(operation.name):
        return Precision.INT8
    found = {_TYPES.get(one, Precision.UNKNOWN) for one in _tensor_types(operation)[:2]}
    if operation.name.startswith("aten::_weight_int"):  # the first tensor is the activation, the second the weights
        found = {_TYPES.get(one, Precision.UNKNOWN) for one in _tensor_types(operation)[:1]}
    return found.pop() if len(found) == 1 else Precision.UNKNOWN


def _tensor_types(operation: TorchOperation) -> list[str]:
    return [one for one in operation.dtypes if one and not one.startswith(("Scalar", "Tensor"))]


def _names(scopes: Sequence[str], operations: Sequence[TorchOperation]) -> list[str]:
    """A name for each layer: its module's, else its operator and shapes; numbered where it is not the only one."""
    bare = [scope or f"{one.name} {one.shapes}" for scope, one in zip(scopes, operations, strict=True)]
    counts, seen = Counter(bare), Counter[str]()
    names = []
    for name in bare:
        seen[name] += 1
        names.append(name if counts[name] == 1 else f"{name} #{seen[name]}")
    return names


def _others(calls: Sequence[Sequence[TorchOperation]]) -> list[LayerRun]:
    """Everything else, by operator and precision: what quantising and copying cost."""
    own_us: dict[tuple[str, Precision], float] = defaultdict(float)
    for call in calls:
        compute = {id(one) for one in compute_of(call)}
        for one in call:
            inside = id(one) in compute or any(id(call[place]) in compute for place in _ancestors(one, call))
            if "::" in one.name and not inside:
                own_us[one.name, _precision_of_others(one)] += one.own_us
    longest = sorted(own_us.items(), key=lambda entry: -entry[1])[:_KINDS_KEPT]
    return [
        LayerRun(name=kind, kind=kind, precision=precision, is_compute=False, time_s=spent / len(calls) / 1e6)
        for (kind, precision), spent in longest
    ]


def _precision_of_others(operation: TorchOperation) -> Precision:
    types = _tensor_types(operation)
    return _TYPES.get(types[0], Precision.UNKNOWN) if types else Precision.UNKNOWN
