"""Did what ran deserve its name? By count and by time of the compute layers, from the runtime's profile.

Layers whose precision the profile does not tell count neither for nor against: where they could
turn the judgement, there is none.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.verdict.wording import percent, some_of
from harness.vocabulary import KernelProof, LayerRun, Method, Precision, ProofState, ProofVerdict, Recipe

LEAST_BY_COUNT = 0.5
"""NNCF's ONNX output ran 1 of 11 convolutions in INT8 inside ONNX Runtime, 3.3 times slower than FP32:
a name that holds for the smaller part of the layers misleads."""

LEAST_BY_TIME = 0.5
"""S8S8 on x86 leaves 20 of 53 convolutions of ResNet-50 in FP32: most by count, but 25 % of the time
in INT8. U8S8 reaches 98 %."""

LEAST_BY_TIME_MIXED = 0.1
"""int8-mixed leaves its most sensitive layers in FP32 on purpose, often the largest, and what is left in
INT8 runs the faster; below a tenth of the time, INT8 is not what was measured."""

_KINDS_SHOWN = 4
_TARGETS = {Method.TF32: Precision.TF32, Method.BF16: Precision.BF16, Method.FP16: Precision.FP16}
# The kernels that carry out an ONNX operator: ONNX Runtime's, then OpenVINO's. Both make products of matrices of
# Gemm and MatMul alike, so that a kernel does not tell which of the two it was.
_PRODUCTS = frozenset({
    "FullyConnected",
    "FusedGemm",
    "FusedMatMul",
    "Gemm",
    "MatMul",
    "MatMulInteger",
    "MatMulIntegerToFloat",
    "MHA",
    "QGemm",
    "QLinearMatMul",
})  # fmt: skip
_KINDS_OF = {
    "Conv": frozenset({"Conv", "FusedConv", "ConvInteger", "QLinearConv", "Convolution", "GroupConvolution"}),
    "ConvTranspose": frozenset({"ConvTranspose", "Deconvolution"}),
    "Gemm": _PRODUCTS,
    "MatMul": _PRODUCTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """Shares of compute layers: by count, and by time where the profile tells times."""

    by_count: float
    by_time: float | None

    def reach(self, method: Method, *, unknown_time: float) -> bool:
        """Whether they suffice for the name of a lower precision, with this share of time where none is told."""
        least = LEAST_BY_TIME_MIXED if method is Method.INT8_MIXED else LEAST_BY_TIME
        by_time = unknown_time if self.by_time is None else self.by_time
        return self.by_count >= LEAST_BY_COUNT and by_time >= least


def judge_proof(proof: KernelProof | None, recipe: Recipe) -> ProofVerdict:
    """Whether the layers ran in the precision that the variant is named for.

    FP32 asks for every compute layer in fp32. INT8 and the 16-bit precisions ask for at least the shares
    above; layers that the recipe leaves out, by name or by operator type, are not missed by count, and must
    not run in INT8. Without evidence the answer is unverified.

    Args:
        proof: what the runtime's profile says; `None` where none could be had.
        recipe: what was asked for, with every left-out node named.
    """
    layers = tuple(layer for layer in proof.layers if layer.is_compute) if proof else ()
    if proof is None or not layers:
        return _unverified(proof)
    return _judge_fp32(layers) if recipe.method is Method.FP32 else _judge_lower(layers, recipe)


def _unverified(proof: KernelProof | None) -> ProofVerdict:
    if proof is None:
        reason = "no profile was read: which precision ran is not known"
    else:
        reason = proof.reason or f"{proof.source} shows no compute layer: which precision ran is not known"
    return ProofVerdict(
        state=ProofState.UNVERIFIED, ran="unknown", share_by_count=None, share_by_time=None, reason=reason
    )


def _judge_fp32(layers: Sequence[LayerRun]) -> ProofVerdict:
    others = [layer for layer in layers if layer.precision is not Precision.FP32]
    if not others:
        state, reason = ProofState.AS_NAMED, f"all {len(layers)} compute layers ran in fp32"
        reason += f" (100 % by count, {_time_text(1.0 if _seconds(layers) else None)})"
    elif all(layer.precision is Precision.UNKNOWN for layer in others):
        state, reason = ProofState.UNVERIFIED, f"the profile tells no precision for {_kinds(others)}"
        reason += f": {len(layers) - len(others)} of {len(layers)} compute layers are proved to be fp32"
    else:
        state, reason = ProofState.NOT_AS_NAMED, _other_precisions(layers)
    shares = _shares(layers, counted={Precision.FP32}, expected=len(layers))
    return ProofVerdict(
        state=state,
        ran=_ran(layers),
        share_by_count=shares.by_count,
        share_by_time=shares.by_time,
        reason=reason,
    )


def _other_precisions(layers: Sequence[LayerRun]) -> str:
    """What ran instead of fp32, largest first: `95 % of the time of its compute layers ran in bf16 (52 of 53 …)`."""
    clauses = []
    for precision, _ in _by_precision(layers):
        if precision is Precision.FP32:
            continue
        shares = _shares(layers, counted={precision}, expected=len(layers))
        count = sum(layer.precision is precision for layer in layers)
        share = f"{percent(shares.by_time)} of the time" if shares.by_time is not None else percent(shares.by_count)
        verb = "ran in an unknown precision" if precision is Precision.UNKNOWN else f"ran in {precision}"
        clauses.append(
            f"{share} of its compute layers {verb} ({count} of {len(layers)}, {percent(shares.by_count)} by count)"
        )
    return "; ".join(clauses)


def _judge_lower(layers: Sequence[LayerRun], recipe: Recipe) -> ProofVerdict:
    target = _TARGETS.get(recipe.method, Precision.INT8)
    by_type = [layer for layer in layers if layer.precision is not target and _is_of(layer, recipe.left_out_types)]
    expected = max(1, len(layers) - len(recipe.left_out) - len(by_type))
    proved = _shares(layers, counted={target}, expected=expected)
    possible = _shares(layers, counted={target, Precision.UNKNOWN}, expected=expected)
    if _disobeyed(layers, recipe):
        state = ProofState.NOT_AS_NAMED
    elif proved.reach(recipe.method, unknown_time=0.0):
        state = ProofState.AS_NAMED
    else:
        is_open = possible.reach(recipe.method, unknown_time=1.0)
        state = ProofState.UNVERIFIED if is_open else ProofState.NOT_AS_NAMED
    return ProofVerdict(
        state=state,
        ran=_ran(layers),
        share_by_count=proved.by_count,
        share_by_time=proved.by_time,
        reason=_reason(layers, recipe, proved, target=target, by_type=len(by_type)),
    )


def _reason(layers: Sequence[LayerRun], recipe: Recipe, proved: _Shares, *, target: Precision, by_type: int) -> str:
    count = sum(layer.precision is target for layer in layers)
    if not count:
        return f"no layer ran in {target}: the {len(layers)} compute layers are {_kinds(layers)}"
    text = f"{count} of {len(layers)} compute layers ran in {target}"
    left_out = len(recipe.left_out) + by_type
    if left_out:
        text += f", {left_out} left out on purpose"
    text += f" ({percent(proved.by_count)} by count, {_time_text(proved.by_time)})"
    return "; ".join((text, *_unasked(layers, recipe, target), *_disobeyed(layers, recipe)))


def _unasked(layers: Sequence[LayerRun], recipe: Recipe, target: Precision) -> tuple[str, ...]:
    """Which layers ran in another precision though no one left them out.

    A runtime may rename a node beyond recognition: each node found under no layer may be any of them.
    """
    others = [
        layer
        for layer in layers
        if layer.precision is not target
        and not any(_is_node(layer, node) for node in recipe.left_out)
        and not _is_of(layer, recipe.left_out_types)
    ]
    unplaced = sum(not any(_is_node(layer, node) for layer in layers) for node in recipe.left_out)
    certain = len(others) - unplaced
    if certain <= 0:
        return ()
    least = f" at least {certain} of" if unplaced else ""
    return (f"without being asked:{least} {_kinds(others)}",)


def _disobeyed(layers: Sequence[LayerRun], recipe: Recipe) -> tuple[str, ...]:
    """Which nodes or operators ran in INT8 though the recipe leaves them out: runtimes and quantizers do that."""
    in_int8 = [layer for layer in layers if layer.precision is Precision.INT8]
    names = tuple(node for node in recipe.left_out if any(_is_node(layer, node) for layer in in_int8))
    certain = [kind for kind in recipe.left_out_types if _KINDS_OF.get(kind) is not _PRODUCTS]
    kinds = tuple(kind for kind in certain if any(_is_of(layer, (kind,)) for layer in in_int8))
    found = (*names, *kinds)
    return (f"left out, yet in int8: {some_of(found, shown=_KINDS_SHOWN)}",) if found else ()


def _is_of(layer: LayerRun, types: Sequence[str]) -> bool:
    """Whether a layer carries out one of these ONNX operators, by the runtimes' own words for them."""
    words = set(layer.kind.split())
    return any(not words.isdisjoint(_KINDS_OF.get(kind, {kind})) for kind in types)


def _is_node(layer: LayerRun, node: str) -> bool:
    """Whether a runtime's layer is this graph node: they append to names, `…/Conv_token_15`, but not digits."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(node)}(?!_?\d|[A-Za-z])", layer.name) is not None


def _kinds(layers: Sequence[LayerRun]) -> str:
    found = Counter((layer.kind, layer.precision) for layer in layers)
    texts = tuple(f"{count} {kind} in {precision}" for (kind, precision), count in found.most_common())
    return some_of(texts, shown=_KINDS_SHOWN)


def _shares(layers: Sequence[LayerRun], *, counted: set[Precision], expected: int) -> _Shares:
    """Shares of the layers of these precisions, by count of those expected and by time of all."""
    chosen = [layer for layer in layers if layer.precision in counted]
    total = _seconds(layers)
    return _Shares(
        by_count=min(1.0, len(chosen) / expected),
        by_time=min(1.0, _seconds(chosen) / total) if total > 0.0 else None,
    )


def _by_precision(layers: Sequence[LayerRun]) -> list[tuple[Precision, float]]:
    """Precisions with their share, by time where it is known, else by count; largest first."""
    weights = [layer.time_s for layer in layers] if _seconds(layers) > 0.0 else [1.0] * len(layers)
    total: dict[Precision, float] = {}
    for layer, weight in zip(layers, weights, strict=True):
        total[layer.precision] = total.get(layer.precision, 0.0) + weight
    whole = sum(weights)
    return sorted(((precision, part / whole) for precision, part in total.items()), key=lambda one: -one[1])


def _ran(layers: Sequence[LayerRun]) -> str:
    """What ran, in short: `fp32`, or `int8 74 % + fp32 26 % (by time)`."""
    found = _by_precision(layers)
    if len(found) == 1:
        return str(found[0][0])
    basis = "by time" if _seconds(layers) > 0.0 else "by count"
    return f"{' + '.join(f'{precision} {percent(share)}' for precision, share in found)} ({basis})"


def _seconds(layers: Iterable[LayerRun]) -> float:
    return sum(layer.time_s for layer in layers)


def _time_text(share: float | None) -> str:
    return "time not told" if share is None else f"{percent(share)} by time"
