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

LEAST_INT8_BY_COUNT = 0.5
"""NNCF's ONNX output ran 1 of 11 convolutions in INT8 inside ONNX Runtime, 3.3 times slower than FP32:
a name that holds for the smaller part of the layers misleads."""

LEAST_INT8_BY_TIME = 0.5
"""S8S8 on x86 leaves 20 of 53 convolutions of ResNet-50 in FP32: most by count, but 25 % of the time
in INT8. U8S8 reaches 98 %."""

LEAST_INT8_BY_TIME_MIXED = 0.1
"""int8-mixed leaves its most sensitive layers in FP32 on purpose, often the largest, and what is left in
INT8 runs the faster; below a tenth of the time, INT8 is not what was measured."""

_KINDS_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """Shares of compute layers: by count, and by time where the profile tells times."""

    by_count: float
    by_time: float | None

    def reach(self, method: Method, *, unknown_time: float) -> bool:
        """Whether they suffice for the name of an INT8 method, with this share of time where none is told."""
        least = LEAST_INT8_BY_TIME_MIXED if method is Method.INT8_MIXED else LEAST_INT8_BY_TIME
        by_time = unknown_time if self.by_time is None else self.by_time
        return self.by_count >= LEAST_INT8_BY_COUNT and by_time >= least


def judge_proof(proof: KernelProof | None, recipe: Recipe) -> ProofVerdict:
    """Whether the layers ran in the precision that the variant is named for.

    FP32 asks for every compute layer in fp32. INT8 asks for at least the shares above; layers that
    the recipe leaves out are not missed by count, and must not run in INT8. Without evidence the
    answer is unverified.

    Args:
        proof: what the runtime's profile says; `None` where none could be had.
        recipe: what was asked for, with every left-out node named.
    """
    layers = tuple(layer for layer in proof.layers if layer.is_compute) if proof else ()
    if proof is None or not layers:
        return _unverified(proof)
    return _judge_int8(layers, recipe) if recipe.method.is_int8 else _judge_fp32(layers)


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


def _judge_int8(layers: Sequence[LayerRun], recipe: Recipe) -> ProofVerdict:
    expected = max(1, len(layers) - len(recipe.left_out))
    proved = _shares(layers, counted={Precision.INT8}, expected=expected)
    possible = _shares(layers, counted={Precision.INT8, Precision.UNKNOWN}, expected=expected)
    if _disobeyed(layers, recipe.left_out):
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
        reason=_int8_reason(layers, recipe, proved),
    )


def _int8_reason(layers: Sequence[LayerRun], recipe: Recipe, proved: _Shares) -> str:
    count = sum(layer.precision is Precision.INT8 for layer in layers)
    text = f"{count} of {len(layers)} compute layers ran in int8"
    if recipe.left_out:
        text += f", {len(recipe.left_out)} left out on purpose"
    text += f" ({percent(proved.by_count)} by count, {_time_text(proved.by_time)})"
    return "; ".join((text, *_unasked(layers, recipe.left_out), *_disobeyed(layers, recipe.left_out)))


def _unasked(layers: Sequence[LayerRun], left_out: Sequence[str]) -> tuple[str, ...]:
    """Which layers ran in another precision though no one left them out.

    A runtime may rename a node beyond recognition: each node found under no layer may be any of them.
    """
    others = [
        layer
        for layer in layers
        if layer.precision is not Precision.INT8 and not any(_is_node(layer, node) for node in left_out)
    ]
    unplaced = sum(not any(_is_node(layer, node) for layer in layers) for node in left_out)
    certain = len(others) - unplaced
    if certain <= 0:
        return ()
    least = f" at least {certain} of" if unplaced else ""
    return (f"without being asked:{least} {_kinds(others)}",)


def _disobeyed(layers: Sequence[LayerRun], left_out: Sequence[str]) -> tuple[str, ...]:
    """Which nodes ran in INT8 though the recipe leaves them out: runtimes and quantizers do that."""
    nodes = tuple(
        node
        for node in left_out
        if any(layer.precision is Precision.INT8 and _is_node(layer, node) for layer in layers)
    )
    return (f"left out, yet in int8: {some_of(nodes, shown=_KINDS_SHOWN)}",) if nodes else ()


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
