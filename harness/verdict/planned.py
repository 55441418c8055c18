"""Does an engine deserve its name, by the builder's own plan of its layers? By count alone: nothing has run."""

from collections import Counter

from harness.verdict.precision import LEAST_BY_COUNT
from harness.verdict.wording import percent
from harness.vocabulary import KernelProof, Precision, ProofState, ProofVerdict


def judge_plan(proof: KernelProof, precision: Precision) -> ProofVerdict:
    """Whether the layers are planned in the precision that the engine is named for.

    FP32 asks for every compute layer, others for half of them, as `judge_proof` does by count. A layer whose
    precision is not told counts neither for nor against: where such layers could turn it, nothing is verified.

    Args:
        proof: what the builder says of its layers.
        precision: what was asked for.
    """
    layers = [layer for layer in proof.layers if layer.is_compute]
    if not layers:
        reason = proof.reason or f"{proof.source} shows no compute layer"
        return ProofVerdict(
            state=ProofState.UNVERIFIED, ran="unknown", share_by_count=None, share_by_time=None, reason=reason
        )
    counts = Counter(layer.precision for layer in layers)
    proved = counts[precision] / len(layers)
    possible = (counts[precision] + counts[Precision.UNKNOWN]) / len(layers)
    least = 1.0 if precision is Precision.FP32 else LEAST_BY_COUNT
    state = ProofState.AS_NAMED if proved >= least else ProofState.UNVERIFIED
    if possible < least:
        state = ProofState.NOT_AS_NAMED
    told = " + ".join(f"{count} {kind}" for kind, count in counts.most_common())
    return ProofVerdict(
        state=state,
        ran=str(next(iter(counts))) if len(counts) == 1 else told,
        share_by_count=proved,
        share_by_time=None,
        reason=f"{counts[precision]} of {len(layers)} compute layers are planned in {precision} "
        f"({percent(proved)} by count): {told}",
    )
